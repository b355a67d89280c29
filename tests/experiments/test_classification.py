"""Fine-tuning on labels: the real stage on random and on saved parents of each family."""

import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from torch.nn.functional import cross_entropy
from transformers import AutoModelForSequenceClassification, AutoModelForTokenClassification, AutoTokenizer

from llmviz.core.experiment import BERTS, GPTS
from llmviz.core.settings import LabelsSpec, ModelSpec, TextSpec, TrainSpec
from llmviz.core.spec import RunSpec, starting_from
from llmviz.core.texts import TEXTS
from llmviz.core.update import Score
from llmviz.experiments import classification
from llmviz.experiments.building import build
from llmviz.experiments.classification.stage import Sentiment
from llmviz.models import causal, files, masked, transfer
from llmviz.models.classifiers import class_logits
from llmviz.text.labelled import CLASSES, labelled
from llmviz.text.special import CLS, PAD
from llmviz.training.loop import Training
from llmviz.training.texts import tokenizer_of
from tests.small import digest

ARCHITECTURES = pytest.mark.parametrize("architecture", ["roformer", "bert", "neox", "gpt2"])


def spec(architecture: str = "roformer", labels: int = 16, seed: int = 0, parent: bool = False, **train: Any) -> RunSpec:
    model = ModelSpec(architecture)
    start = RunSpec("clm" if architecture in GPTS else "mlm", model=model, seed=seed) if parent else None
    settings = replace(classification.EXPERIMENT.train_defaults("tinyland"), **{"steps": 4, **train})
    return RunSpec("sentiment", starting_from(start), model=model, train=settings, objective=LabelsSpec(labels), seed=seed)


def stage(given: RunSpec, parent: Path | None = None) -> Sentiment:
    made = build(given, parent)
    assert isinstance(made, Sentiment)
    return made


def kept(architecture: str, folder: Path) -> Path:
    """The last snapshot of a parent that has learnt nothing."""
    given = spec(architecture, parent=True)
    family = causal if architecture in GPTS else masked
    tokenizer = tokenizer_of(given)
    files.save(family.random_start(given.model, tokenizer.get_vocab_size(), 64, seed=7), tokenizer, folder)
    return folder


def test_a_batch_is_a_function_of_seed_and_step() -> None:
    first, again, other = stage(spec(labels=40)), stage(spec(labels=40)), stage(spec(labels=40, seed=1))
    forward = [first.batch(step).input_ids.tolist() for step in (1, 2, 3)]
    assert [again.batch(step).input_ids.tolist() for step in (3, 2, 1)] == forward[::-1]
    assert forward[0] != forward[1] != forward[2]
    assert other.batch(1).input_ids.tolist() != forward[0]


@pytest.mark.parametrize(("labels", "size"), [(2, 16), (16, 16), (40, 16), (17, 5)])
def test_every_example_comes_equally_often(labels: int, size: int) -> None:
    made = stage(spec(labels=labels, batch_size=size))
    wanted = {tuple(made._encoded(example.text).tolist()): example.label for example in made.learnt}
    counts = dict.fromkeys(wanted, 0)
    taken = min(size, labels)
    for step in range(1, labels + 1):  # labels × taken examples: each comes `taken` times
        batch = made.batch(step)
        assert len(batch.labels) == taken
        for ids, label in zip(batch.input_ids.tolist(), batch.labels.tolist(), strict=True):
            read = tuple(id for id in ids if id != PAD)
            assert wanted[read] == label
            counts[read] += 1
    assert set(counts.values()) == {taken}


def test_held_out_examples_are_never_learnt_from() -> None:
    made = stage(spec(labels=512))
    examples = labelled(TextSpec("tinyland"))
    assert len(made.learnt) == 512
    assert set(made.learnt) <= set(examples["train"])
    assert not {example.text for example in made.learnt} & {example.text for part in ("validation", "test") for example in examples[part]}


@ARCHITECTURES
def test_the_loss_is_that_of_transformers(architecture: str) -> None:
    made = stage(spec(architecture))
    batch = made.batch(1)
    theirs = made.model(input_ids=batch.input_ids, attention_mask=batch.attention_mask, labels=None, output_hidden_states=True)
    if architecture in BERTS:  # the new layer on the mean of the last hidden states
        states, there = theirs.hidden_states[-1], batch.attention_mask.bool()
        means = torch.stack([row[read].mean(0) for row, read in zip(states, there, strict=True)])  # (batch, width)
        logits = made.model.get_submodule("classifier")(means)
    else:
        logits = theirs.logits
    assert made.loss(batch).item() == pytest.approx(cross_entropy(logits, batch.labels).item(), rel=1e-5)


def test_a_text_is_read_alone_and_closed_for_a_bert() -> None:
    text = labelled(TextSpec("tinyland"))["train"][0].text
    whole = tokenizer_of(spec()).encode(text).ids
    assert stage(spec())._encoded(text).tolist() == whole
    assert stage(spec("neox"))._encoded(text).tolist() == whole[:-1]  # what stands last is read, and so has seen all the text


@ARCHITECTURES
def test_padding_changes_no_verdict(architecture: str) -> None:
    """A GPT's prediction comes from the last token that is none, wherever the batch ends."""
    made = stage(spec(architecture))
    made.model.eval()
    batch = made.batch(1)
    assert (batch.attention_mask == 0).any() and (batch.input_ids[:, 0] == CLS).all()
    with torch.no_grad():
        together = made._predictions(batch)
        for row, ids, mask in zip(together, batch.input_ids, batch.attention_mask, strict=True):
            alone = class_logits(made.model(input_ids=ids[None, mask == 1]).logits, ids[None, mask == 1], made.model.config)[0]
            assert torch.allclose(row, alone, atol=1e-5)


@ARCHITECTURES
def test_a_snapshot_is_read_by_transformers(architecture: str, tmp_path: Path) -> None:
    made = stage(spec(architecture, parent=True), kept(architecture, tmp_path / "parent"))
    made.save(tmp_path / "child")
    bert = architecture in BERTS
    kind = AutoModelForTokenClassification if bert else AutoModelForSequenceClassification
    theirs = kind.from_pretrained(tmp_path / "child", dtype=torch.float32).eval()
    reader = AutoTokenizer.from_pretrained(tmp_path / "child")
    made.model.eval()
    opinion = TEXTS["tinyland"].opinion
    with torch.no_grad():
        ours = made._predictions(made._tensors([made._encoded(opinion)], [0]))[0].softmax(-1)
        ids = reader(opinion, return_tensors="pt").input_ids
        logits = theirs(input_ids=ids).logits[0].mean(0) if bert else theirs(input_ids=ids[:, :-1]).logits[0]
    assert ours.tolist() == pytest.approx(logits.softmax(-1).tolist(), abs=2e-3)
    assert tuple(theirs.config.id2label.values()) == CLASSES
    assert transfer.read(tmp_path / "child") == made.origin


@ARCHITECTURES
def test_it_starts_from_its_parents_body(architecture: str, tmp_path: Path) -> None:
    parent = kept(architecture, tmp_path / "parent")
    made = stage(spec(architecture, parent=True), parent)
    theirs, ours = files.load(parent).base_model.state_dict(), made.model.base_model.state_dict()
    assert all(torch.equal(ours[name], tensor) for name, tensor in theirs.items())
    assert {tensor.name for tensor in made.origin.copied} == {f"{made.model.base_model_prefix}.{name}" for name in theirs}
    trained = digest(made.model)
    list(Training(made, made.spec.train).updates())
    assert digest(made.model) != trained
    assert made.origin == transfer.report(parent, transfer.classifier(files.load(parent), CLASSES))  # as it began


def test_from_scratch_it_starts_where_its_parent_once_did() -> None:
    made, root = stage(spec(seed=3)), build(RunSpec("mlm", seed=3), None)
    theirs, ours = root.model.base_model.state_dict(), made.model.base_model.state_dict()
    assert all(torch.equal(ours[name], tensor) for name, tensor in theirs.items())
    assert made.origin.parent == "" and not made.origin.copied


def test_metrics_are_those_of_the_catalogue() -> None:
    made = stage(spec())
    named = {metric.name for metric in classification.EXPERIMENT.metrics}
    assert set(made.evaluate()) == named
    lines = {"random_guess", "chance", "ngram", "accuracy_ceiling"}
    assert set(made.references) == lines and set(made.test()) == named | lines
    assert made.references["random_guess"] == math.log(2)


def test_looking_changes_no_weight() -> None:
    made = stage(spec())
    before = digest(made.model)
    made.evaluate(), made.test()
    assert digest(made.model) == before


@ARCHITECTURES
def test_it_learns_what_it_is_shown(architecture: str) -> None:
    """From random weights forty steps are enough to know sixteen examples by heart."""
    made = stage(spec(architecture, steps=40, learning_rate=1e-3))
    losses = [made.loss(made.batch(1)).item()]
    list(Training(made, made.spec.train).updates())
    losses.append(made.loss(made.batch(1)).item())
    assert losses[0] > 0.5 and losses[1] < 0.2


def test_reviews_have_no_ceiling() -> None:
    made = stage(replace(spec(), text=TextSpec("reviews"), train=TrainSpec(steps=2, batch_size=4)))
    assert set(made.references) == {"random_guess", "chance", "ngram"}
    assert max(made.batch(1).input_ids.shape) <= made.spec.train.context
    scores = [update for update in Training(made, made.spec.train).updates() if isinstance(update, Score)]
    assert all(0 <= score.metrics["accuracy"] <= 1 for score in scores)


def test_what_cannot_be_trained_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="Labels: 20,000 are more than there are"):
        stage(spec(labels=20_000))
    with pytest.raises(ValueError, match="Labels: 1 is outside 2"):
        spec(labels=1)
    with pytest.raises(ValueError, match=r"starts from a run of Masked tokens .* or random weights, not from a run of Before"):
        RunSpec("sentiment", starting_from(spec()))
    with pytest.raises(ValueError, match="there is no model in nowhere"):
        stage(spec(parent=True), tmp_path / "nowhere")
    stage(spec()).save(tmp_path / "classifier")
    with pytest.raises(ValueError, match="starts from a language model, not from a RoFormerForTokenClassification"):
        stage(spec(parent=True), tmp_path / "classifier")
    with pytest.raises(ValueError, match="Context: the model it starts from reads 64 tokens"):
        stage(spec(parent=True, context=128), kept("roformer", tmp_path / "parent"))
