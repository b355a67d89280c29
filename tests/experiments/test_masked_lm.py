import math
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from transformers import AutoModelForMaskedLM, AutoTokenizer

from llmviz.core.settings import MaskingSpec
from llmviz.core.spec import RunSpec
from llmviz.core.texts import TEXTS
from llmviz.core.update import Score
from llmviz.experiments import masked_lm
from llmviz.experiments.building import build
from llmviz.experiments.masked_lm import stage as mlm
from llmviz.experiments.masked_lm.stage import MaskedTokens
from llmviz.models import fast
from llmviz.text.masks import IGNORED, hide_at
from llmviz.text.special import CLS, FIRST, MASK, PAD, SEP
from llmviz.training import masking
from llmviz.training.loop import Training
from llmviz.training.masking import MaskedBatch
from tests.evaluation.oracle import Oracle
from tests.small import digest, spec, stage

ARCHITECTURES = pytest.mark.parametrize("architecture", ["roformer", "bert"])


def batches(made: MaskedTokens, count: int) -> list[MaskedBatch]:
    return [made.batch(step) for step in range(1, count + 1)]


def originals(batch: MaskedBatch) -> torch.Tensor:
    """What the texts said before they were corrupted."""
    return torch.where(batch.labels != IGNORED, batch.labels, batch.input_ids)


def tensors(batch: MaskedBatch) -> list[list[list[int]]]:
    return [tensor.tolist() for tensor in (batch.input_ids, batch.attention_mask, batch.labels)]


def test_a_batch_is_a_function_of_seed_and_step() -> None:
    first, again, other = stage(spec()), stage(spec()), stage(spec(seed=1))
    forward = [tensors(first.batch(step)) for step in (1, 2, 3)]
    assert [tensors(again.batch(step)) for step in (3, 2, 1)] == forward[::-1]
    assert forward[0] != forward[1] != forward[2]
    assert tensors(other.batch(1)) != forward[0]


def test_targets_are_hidden_swapped_and_left_as_in_bert() -> None:
    given = RunSpec("mlm", objective=MaskingSpec(mask_rate=0.2))
    fates: Counter[str] = Counter()
    for batch in batches(stage(given), 150):
        truth, targets, ordinary = originals(batch), batch.labels != IGNORED, originals(batch) >= FIRST
        assert not (targets & ~ordinary).any()  # [PAD], [UNK], [CLS], [SEP] are never asked for
        assert torch.equal(batch.attention_mask == 0, truth == PAD)
        assert torch.equal(batch.input_ids[~targets], truth[~targets])
        assert (truth[:, 0] == CLS).all() and ((truth == SEP).sum(1) == 1).all()
        assert targets.any(1).all()
        assert batch.tokens == int((truth != PAD).sum())
        fates.update(
            hidden=int((batch.input_ids[targets] == MASK).sum()),
            left=int((batch.input_ids[targets] == truth[targets]).sum()),
            all=int(targets.sum()),
            ordinary=int(ordinary.sum()),
            wanted=sum(0.2 * n + 0.8**n for n in ordinary.sum(1).tolist()),  # a text has one target at least
        )
    assert fates["hidden"] / fates["all"] == pytest.approx(0.8, abs=0.01)
    assert fates["left"] / fates["all"] == pytest.approx(0.1, abs=0.01)
    assert fates["all"] / fates["ordinary"] == pytest.approx(fates["wanted"] / fates["ordinary"], abs=0.005)


@ARCHITECTURES
def test_the_loss_is_that_of_transformers(architecture: str) -> None:
    made = stage(spec(architecture))
    for batch in batches(made, 5):
        theirs = made.model(input_ids=batch.input_ids, attention_mask=batch.attention_mask, labels=batch.labels)
        assert made.loss(batch).item() == pytest.approx(theirs.loss.item(), rel=1e-5)


def test_who_knows_the_grammar_reaches_exactly_the_floor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mlm, "VALIDATION", 96)
    monkeypatch.setattr(mlm, "TEST", 150)
    made = stage(spec())
    trained_to_nothing = made.evaluate()["loss"]
    monkeypatch.setattr(fast, "masked_logits", Oracle(made.text).logits_at)
    for found in (made.evaluate() | dict(made.references), made.test()):
        assert found["loss"] == pytest.approx(found["floor"], rel=1e-5)
        assert found["accuracy"] == pytest.approx(found["accuracy_ceiling"], abs=0.05)
        assert 0 < found["floor"] < trained_to_nothing
        assert found["random_guess"] == math.log(made.text.vocabulary)


def test_it_learns(monkeypatch: pytest.MonkeyPatch) -> None:
    """In a hundred steps the loss on held-out texts falls below what the words' frequencies alone allow, and stays above the floor."""
    monkeypatch.setattr(mlm, "VALIDATION", 64)
    given = replace(spec(steps=100, batch_size=24), objective=MaskingSpec())  # whole texts from the first step on
    made = stage(given)
    counts = np.bincount(np.concatenate(made.text.train))[FIRST:]
    shares = counts[counts > 0] / counts.sum()
    entropy = float(-(shares * np.log(shares)).sum())
    scores = [update.metrics for update in Training(made, given.train).updates() if isinstance(update, Score)]
    assert scores[0]["loss"] == pytest.approx(made.references["random_guess"], rel=0.1)
    assert scores[-1]["loss"] < entropy - 0.3
    assert scores[-1]["accuracy"] > scores[0]["accuracy"] + 0.2
    assert all(found["loss"] > made.references["floor"] for found in scores)


def test_metrics_are_those_of_the_catalogue() -> None:
    made = stage(spec())
    named = {metric.name for metric in masked_lm.EXPERIMENT.metrics}
    assert set(made.evaluate()) == named
    assert set(made.test()) == named | {metric.bound for metric in masked_lm.EXPERIMENT.metrics if metric.bound} | {"random_guess"}


def test_evaluation_is_the_same_for_every_run() -> None:
    """Other seeds, rates and recipes are asked for the same hidden words, so that their losses compare."""
    first = stage(spec())
    other = stage(RunSpec("mlm", objective=MaskingSpec(mask_rate=0.5), seed=9))
    assert first.references == other.references
    other.model = first.model
    assert first.evaluate() == other.evaluate() == first.evaluate()


def test_looking_changes_no_weight() -> None:
    made = stage(spec())
    before = digest(made.model)
    made.evaluate(), made.test()
    assert digest(made.model) == before


def test_a_snapshot_names_hidden_words_in_transformers_as_here(tmp_path: Path) -> None:
    made = stage(spec())
    made.model.eval()
    text = TEXTS["tinyland"]
    ids = np.array([made.text.tokenizer.encode(text.sentence).ids])
    with torch.no_grad():
        asked = hide_at(ids, np.arange(ids.shape[1]) == text.hidden[0] + 1)  # [CLS] stands first
        logits, truth = made.guess(masking.tensors(made.model, *asked))
    assert [made.text.pieces[id] for id in truth.tolist()] == [text.sentence.split()[text.hidden[0]]]
    ours = logits[0].softmax(-1).topk(5)

    made.save(tmp_path)
    reader, model = AutoTokenizer.from_pretrained(tmp_path), AutoModelForMaskedLM.from_pretrained(tmp_path, dtype=torch.float32).eval()
    hidden = text.sentence.split()
    hidden[text.hidden[0]] = "[MASK]"
    with torch.no_grad():
        logits = model(**reader(" ".join(hidden), return_tensors="pt")).logits[0, text.hidden[0] + 1]
    theirs = logits.softmax(-1)[[reader.convert_tokens_to_ids(made.text.pieces[id]) for id in ours.indices.tolist()]]
    assert theirs.tolist() == pytest.approx(ours.values.tolist(), rel=0.02)


@ARCHITECTURES
def test_texts_longer_than_the_model_reads_are_refused(architecture: str) -> None:
    with pytest.raises(ValueError, match=r"Context: Tinyland's texts have up to \d+ tokens"):
        build(spec(architecture, context=16), None)
    longest = max(len(ids) for part in (stage(spec()).text.train,) for ids in part)
    assert stage(spec(architecture, context=longest + 2)).model.config.max_position_embeddings == longest + 2
