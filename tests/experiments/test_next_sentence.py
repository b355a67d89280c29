"""Next sentence prediction: the real stage on few pairs."""

import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import BertForPreTraining

from llmviz.core.questions.attention import FULL
from llmviz.core.settings import ModelSpec, PairsSpec, TrainSpec
from llmviz.core.spec import RunSpec
from llmviz.core.texts import TEXTS
from llmviz.core.update import Score, Step
from llmviz.experiments import next_sentence
from llmviz.experiments.building import build
from llmviz.experiments.next_sentence import answer as follows
from llmviz.experiments.next_sentence import stage as nsp
from llmviz.experiments.next_sentence.question import Follows
from llmviz.experiments.next_sentence.stage import ANSWERS, NextSentence, PairBatch
from llmviz.models import pairs
from llmviz.text.masks import IGNORED
from llmviz.text.special import CLS, FIRST, MASK, PAD, SEP
from llmviz.training.loop import Training
from tests.small import digest

CONTEXT = 96


def spec(seed: int = 0, objective: PairsSpec | None = None, **train: Any) -> RunSpec:
    settings = {"steps": 6, "batch_size": 4, "context": CONTEXT, **train}
    return RunSpec("nsp", train=TrainSpec(**settings), objective=objective or PairsSpec(), seed=seed)


def stage(given: RunSpec) -> NextSentence:
    made = build(given, None)
    assert isinstance(made, NextSentence)
    return made


def tensors(batch: PairBatch) -> list[Any]:
    return [batch.input_ids.tolist(), batch.token_type_ids.tolist(), batch.labels.tolist(), batch.answers.tolist()]


def test_a_batch_is_a_function_of_seed_and_step() -> None:
    first, again, other = stage(spec()), stage(spec()), stage(spec(seed=1))
    forward = [tensors(first.batch(step)) for step in (1, 2, 5)]
    assert [tensors(again.batch(step)) for step in (5, 2, 1)] == forward[::-1]
    assert tensors(other.batch(1)) != forward[0]


def test_a_batch_reads_as_bert_does_and_half_of_it_follows() -> None:
    made = stage(spec())
    batch = made.batch(1)
    for ids, types, follows_not in zip(batch.input_ids.tolist(), batch.token_type_ids.tolist(), batch.answers.tolist(), strict=True):
        read = [id for id in ids if id != PAD]
        cut = read.index(SEP)
        assert (read[0], read[-1], read.count(SEP)) == (CLS, SEP, 2)
        assert types == [0] * (cut + 1) + [1] * (len(read) - cut - 1) + [0] * (len(ids) - len(read))
        assert follows_not in (0, 1)
    assert batch.answers.tolist() == [0, 1] * 2
    hidden = batch.labels != IGNORED
    assert hidden.any(dim=1).all()
    assert not hidden[(batch.input_ids == SEP) | (batch.input_ids == CLS) | (batch.input_ids == PAD)].any()


def test_the_ablation_is_the_same_but_for_what_it_says() -> None:
    """Without the question: the same start, the same kind of batches, the loss on words alone."""
    with_it, without = (stage(spec(objective=PairsSpec(asked))) for asked in (True, False))
    assert all(torch.equal(one, other) for one, other in zip(with_it.model.parameters(), without.model.parameters(), strict=True))
    asked, unasked = with_it.batch(1), without.batch(1)
    assert asked.input_ids.shape[0] == unasked.input_ids.shape[0]
    found = with_it.evaluate(), without.evaluate()
    assert found[0]["word_loss"] == found[1]["word_loss"] == found[1]["loss"]
    assert found[0]["loss"] == pytest.approx(found[0]["word_loss"] + found[0]["pair_loss"])
    without.loss(unasked).backward()
    assert without.model.get_parameter("cls.seq_relationship.weight").grad is None


def test_a_random_start_knows_nothing_and_lies_between_its_lines() -> None:
    made = stage(spec())
    found, lines = made.evaluate(), made.references
    assert lines["random_guess"] == pytest.approx(math.log(made.text.vocabulary) + math.log(2))
    assert found["loss"] == pytest.approx(lines["random_guess"], abs=1.0)
    assert lines["word_floor"] < lines["floor"] < found["loss"]
    assert 0.5 < lines["nsp_order"] < lines["nsp_ceiling"] <= 1.0


def test_it_learns_to_tell_pairs_it_has_seen_apart() -> None:
    made = stage(spec(steps=60, batch_size=8))
    drawn = made.batch(1)
    batch = replace(drawn, labels=torch.full_like(drawn.labels, IGNORED))  # the loss on pairs alone
    made.batch = lambda step: batch  # type: ignore[method-assign] # one batch over and over
    losses = [update.loss for update in Training(made, made.spec.train).updates() if isinstance(update, Step)]
    assert losses[0] == pytest.approx(math.log(2), abs=0.2)
    assert losses[-1] < 0.1


def test_a_token_begins_by_looking_at_one_like_itself() -> None:
    model = pairs.random_start(ModelSpec("bert"), 335, CONTEXT, seed=0)
    model.set_attn_implementation("eager")
    ids = torch.randint(FIRST, 335, (64, 24), generator=torch.Generator().manual_seed(0))
    ids[:, 18] = ids[:, 4]
    weights = model(input_ids=ids, output_attentions=True).attentions[0].mean((0, 1))  # (query, key), over texts and heads
    others = [place for place in range(24) if place not in (4, 18)]
    assert weights[18, 4] > 2 * weights[18, others].mean()


def test_what_the_microscope_sees_is_the_loss() -> None:
    made = stage(spec())
    batch = made.batch(1)
    logits, truth = made.guess(batch)
    nats = torch.nn.functional.cross_entropy(logits, truth, reduction="none")
    shown = made.exercises(batch)
    answers = torch.stack([nats[text.rows.start] for text in shown])
    words = torch.cat([nats[text.rows.start + 1 : text.rows.stop] for text in shown])
    assert (answers.mean() + words.mean()).item() == pytest.approx(made.loss(batch).item(), rel=1e-5)
    for text, follows_not in zip(shown, batch.answers.tolist(), strict=True):
        assert text.places[0] == 0 and text.read[0] == "[CLS]"
        assert made.choices[int(truth[text.rows.start])] == ANSWERS[follows_not]


def test_training_is_the_same_each_time_and_transformers_reads_it(tmp_path: Path) -> None:
    made = [stage(spec()) for _ in range(2)]
    for one in made:
        scores = [update for update in Training(one, one.spec.train).updates() if isinstance(update, Score)]
        assert set(scores[0].metrics) == {metric.name for metric in next_sentence.EXPERIMENT.metrics}
    assert digest(made[0].model) == digest(made[1].model)
    folder = tmp_path / "6"
    made[0].save(folder)
    loaded = BertForPreTraining.from_pretrained(folder)
    ids = torch.tensor([made[0].text.tokenizer.encode(*TEXTS["tinyland"].pair).ids])
    types = torch.from_numpy(nsp.parts(ids.numpy()))
    with torch.no_grad():
        judged, _ = pairs.states_at(made[0].model, ids, types, torch.zeros_like(ids, dtype=torch.bool))
        here = pairs.pair_logits(made[0].model, judged)[0].softmax(-1)
        there = loaded.eval()(input_ids=ids, token_type_ids=types).seq_relationship_logits[0].softmax(-1)
    assert there.tolist() == pytest.approx(here.tolist(), abs=1e-3)

    first, second = TEXTS["tinyland"].pair
    sequel = follows.answer({6: folder}, Follows(first, second))[0]
    assert sequel.probability == pytest.approx(there[0].item(), abs=1e-3)
    assert sequel.back.shape == (len(second.split()), len(first.split())) == sequel.ahead.shape[::-1]
    assert 0 < sequel.back.max() <= FULL
    for asked, said in (
        (Follows("", second), "first part has no word"),
        (Follows(first, " "), "second part has no word"),
        (Follows(f"{first} " * 6, second), "together"),
    ):
        with pytest.raises(ValueError, match=said):
            follows.answer({6: folder}, asked)


def test_a_context_too_small_for_two_parts_is_refused() -> None:
    with pytest.raises(ValueError, match="Context: two parts"):
        build(spec(context=40), None)


def test_no_hidden_word_is_one_of_the_special_ones() -> None:
    made = stage(spec(objective=PairsSpec(mask_rate=0.9)))
    labels = made.batch(2).labels
    assert (labels[labels != IGNORED] > MASK).all()
