"""Text to text: the real stage on random and on saved parents, and what a page shows of it."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from transformers import AutoModelForSeq2SeqLM

from llmviz.core.history import History, fold
from llmviz.core.settings import TextSpec
from llmviz.core.spec import RunSpec, preset, starting_from
from llmviz.core.update import Begin, Done
from llmviz.experiments.building import build
from llmviz.experiments.text_to_text import TextToTextSpec, answer, view
from llmviz.experiments.text_to_text.question import Write, Written
from llmviz.experiments.text_to_text.stage import TextToText
from llmviz.models import files, t5
from llmviz.text.special import PAD, SEP
from llmviz.text.text_to_text import LONGEST, TASKS, WORDS, pairs
from llmviz.training.loop import Training
from llmviz.training.texts import tokenizer_of


def spec(labels: int = 24, parent: bool = False, **train: Any) -> RunSpec:
    bare = RunSpec("text2text", starting_from(RunSpec("span") if parent else None), objective=TextToTextSpec(labels))
    return replace(bare, train=replace(bare.train, **{"steps": 4, "batch_size": 12, **train}))


@pytest.fixture(scope="module")
def made() -> TextToText:
    found = build(spec(), None)
    assert isinstance(found, TextToText)
    return found


def test_a_batch_has_as_many_of_each_task_and_is_a_function_of_seed_and_step(made: TextToText) -> None:
    batch, again = made.batch(3), made.batch(3)
    assert torch.equal(batch.input_ids, again.input_ids) and not torch.equal(batch.input_ids, made.batch(4).input_ids)
    tasks = [made.tokenizer.id_to_token(ids[0]) for ids in batch.input_ids.tolist()]
    assert tasks == ["sentiment"] * 4 + ["entities"] * 4 + ["question"] * 4
    assert all(ids[-1] in (SEP, PAD) and SEP in ids for ids in batch.target.tolist())
    assert batch.tokens == int((batch.input_ids != PAD).sum()) + int((batch.target != PAD).sum())


def test_every_token_of_an_answer_is_asked_for_from_what_stands_before_it(made: TextToText) -> None:
    batch = made.batch(1)
    logits, truth = made.guess(batch)
    assert logits.shape == (len(truth), made.tokenizer.get_vocab_size())
    wanted = [id for ids in batch.target.tolist() for id in ids if id != PAD]
    assert truth.tolist() == wanted
    for each in made.exercises(batch):
        assert each.read[-1] == "(end)" and len(each.places) == len(each.rows)


def test_all_but_the_new_words_is_the_parents(tmp_path: Path) -> None:
    given = spec(parent=True)
    tokenizer = tokenizer_of(given)
    start = t5.random_start(given.model, tokenizer.get_vocab_size(), 64, seed=5)
    files.save(start, tokenizer, tmp_path / "9")
    found = build(given, tmp_path / "9")
    assert isinstance(found, TextToText)
    (shared,) = found.origin.extended
    assert shared.name == "shared.weight" and not found.origin.new and not found.origin.left
    fresh = [word for word in dict.fromkeys(WORDS) if tokenizer.token_to_id(word) is None]
    assert shared.shape[0] == tokenizer.get_vocab_size() + len(fresh)
    embeddings = found.model.get_input_embeddings().get_parameter("weight")
    assert torch.equal(embeddings[: tokenizer.get_vocab_size()].half(), start.get_input_embeddings().get_parameter("weight").half())
    assert found.model.get_output_embeddings().get_parameter("weight") is embeddings  # tied, as in T5


def test_the_figures_are_those_of_what_it_writes(made: TextToText, monkeypatch: pytest.MonkeyPatch) -> None:
    told = {pair.source: pair.target for task in TASKS for pair in pairs(made.spec.text, task, "validation")}
    monkeypatch.setattr(made, "_written", lambda some: [told[pair.source] for pair in some])
    found = made.evaluate()
    assert (found["accuracy"], found["f1"], found["exact_match"], found["no_answer"]) == (1.0, 1.0, 1.0, 1.0)
    monkeypatch.setattr(made, "_written", lambda some: ["Anna : person" for _ in some])
    found = made.evaluate()
    assert found["accuracy"] == found["exact_match"] == found["no_answer"] == 0.0 and found["f1"] < 0.5


def test_it_learns_and_goes_on_after_a_break_to_the_same_weights(tmp_path: Path) -> None:
    whole, broken = (Training(build(spec(steps=6, learning_rate=1e-2), None), spec(steps=6, learning_rate=1e-2).train) for _ in range(2))
    losses = [step.loss for step in whole.steps()]
    assert np.mean(losses[-2:]) < np.mean(losses[:2])
    for _ in range(3):
        broken.learn()
    broken.save_checkpoint(tmp_path / "checkpoint.safetensors", {})
    again = Training(build(spec(steps=6, learning_rate=1e-2), None), spec(steps=6, learning_rate=1e-2).train)
    again.load_checkpoint(tmp_path / "checkpoint.safetensors")
    for _ in again.steps():
        pass
    for name, weight in whole.stage.model.state_dict().items():
        assert torch.equal(weight, again.stage.model.state_dict()[name]), name


def test_a_snapshot_writes_what_transformers_own_greedy_search_writes(made: TextToText, tmp_path: Path) -> None:
    folder = tmp_path / "snapshots" / "0"
    made.save(folder)
    source = pairs(TextSpec("tinyland"), "entities", "test")[0].source
    [found] = answer.answer({0: folder}, Write(source))
    model = AutoModelForSeq2SeqLM.from_pretrained(folder, local_files_only=True)
    ids = torch.tensor([[*made.tokenizer.encode(source, add_special_tokens=False).ids, SEP]])
    bad = [[id] for id in range(SEP) if id != SEP]  # a special token is no answer
    written = model.generate(ids, max_new_tokens=LONGEST, do_sample=False, num_beams=1, bad_words_ids=bad)[0, 1:].tolist()
    said = written[: written.index(SEP)] if SEP in written else written
    assert found.answer.split() == [made.tokenizer.id_to_token(id) for id in said]
    assert found.given[0] == "entities" and found.cross.shape == (len(found.written), len(found.given))
    assert ((found.chances > 0) & (found.chances <= 1)).all()


def test_nothing_and_too_much_are_refused_in_a_sentence(made: TextToText, tmp_path: Path) -> None:
    folder = tmp_path / "snapshots" / "0"
    made.save(folder)
    with pytest.raises(ValueError, match="no word to read"):
        answer.answer({0: folder}, Write("  "))
    with pytest.raises(ValueError, match="has 100 tokens"):
        answer.answer({0: folder}, Write("owl " * 100))
    assert Write("a").refusal("span") and not Write("a").refusal("text2text")


def ended(**metrics: float) -> History:
    return fold([Begin(0, 1, 1, 1, {}), Done(1, {"accuracy": 0.99, "f1": 0.8, "exact_match": 0.95, **metrics}, 1.0)])


def test_the_page_claims_what_the_run_says() -> None:
    assert view.claim(History()) == "One model, three tasks: text in, text out"
    assert view.claim(ended()) == "One T5: opinions 99%, names 80%, answers 95%"
    reveal = view.outcome(ended())
    assert reveal and view.WORST.choices[reveal.right or 0] == "names" and view.outcome(History()) is None


def test_the_table_has_both_starts_and_the_models_of_one_task() -> None:
    table = view.table(ended(), History(), 2_000, [view.Alone(16, 0.9), None, view.Alone(1_000, 0.99)])
    assert table.count("not trained") == 4 and "one T5, 2,000 labels each" in table
    assert "<td>99 %</td><td>not trained</td><td>90 %, 16 labels</td>" in table.replace("&nbsp;", " ")


def test_what_it_wrote_is_marked_where_the_truth_is_known() -> None:
    said = Written(
        0, ("entities", ":", "(end)"), ("Leo", ":", "person", "(end)"), np.full(4, 0.5, np.float32), True, np.zeros((4, 3), np.uint8)
    )
    for truth, mark in (("Leo : person", "(end) ✓"), ("none", "(end) ✗"), ("", "(end)")):
        assert view.written({0: said}, "", truth)["texts"][0]["tokens"][-1]["text"] == mark
    line = view.beside("From <scratch>", {0: said}, "none")
    assert "From &lt;scratch&gt;" in line and line.endswith("at step 0: Leo : person ✗</p>") and view.beside("x", {}) == ""
    assert said.answer == "Leo : person" and view.written({}, "wait")["empty"] == "wait"


def test_the_recipe_is_that_of_the_page() -> None:
    assert preset("text2text").parent == preset("span") and preset("text2text").objective.labels == 2_000
