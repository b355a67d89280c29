"""What a person sees of a batch: each stage says it of its own batches, and it is what the model is asked."""

from typing import Any

import pytest

from llmviz.core.questions.onestep import OneStep
from llmviz.core.settings import LabelsSpec, ModelSpec, TextSpec, TrainSpec
from llmviz.core.spec import RunSpec
from llmviz.core.update import Step
from llmviz.experiments.building import build
from llmviz.text.labelled import CLASSES
from llmviz.text.masks import IGNORED
from llmviz.text.special import PAD
from llmviz.training import microscope
from llmviz.training.loop import Training
from llmviz.training.stage import Stage

TRAIN = TrainSpec(steps=3, batch_size=4)
SPECS = {
    "roformer": RunSpec("mlm", train=TRAIN),
    "neox": RunSpec("clm", model=ModelSpec("neox"), train=TRAIN),
    "gpt2 on bytes": RunSpec("clm", text=TextSpec("sotu"), model=ModelSpec("gpt2"), train=TRAIN),
    "sentiment, BERT": RunSpec("sentiment", train=TRAIN, objective=LabelsSpec(16)),
    "sentiment, GPT": RunSpec("sentiment", model=ModelSpec("neox"), train=TRAIN, objective=LabelsSpec(16)),
}


@pytest.mark.parametrize("name", SPECS)
def test_every_target_of_the_batch_belongs_to_one_text(name: str) -> None:
    made: Stage[Any] = build(SPECS[name], None)
    batch = made.batch(1)
    logits, right = made.guess(batch)
    texts = made.exercises(batch)
    assert [row for text in texts for row in text.rows] == list(range(len(right)))
    assert len(made.choices) == logits.shape[1]
    assert sum(len(text.read) for text in texts) == batch.tokens
    for text in texts:
        assert len(text.places) == len(text.rows)
        assert all(0 <= place < len(text.read) for place in text.places)


@pytest.mark.parametrize("name", SPECS)
def test_the_step_taken_apart_is_the_loops(name: str) -> None:
    said = [update.loss for update in Training(build(SPECS[name], None), TRAIN).updates() if isinstance(update, Step)]
    training = Training(build(SPECS[name], None), TRAIN)
    opened = [microscope.answer(training, OneStep(step)) for step in (1, 2, 3)]  # each moves the training by a step
    assert [each.loss for each in opened] == said
    assert all(each.nats.min() >= 0 and each.moved.max() > 0 for each in opened)


def test_a_masked_text_is_spelt_as_the_model_reads_it() -> None:
    made = build(SPECS["roformer"], None)
    batch = made.batch(2)
    _, right = made.guess(batch)
    fates = set()
    for row, text in enumerate(made.exercises(batch)):
        ids = [id for id in batch.input_ids[row].tolist() if id != PAD]
        assert text.read == tuple(made.choices[id] for id in ids)
        assert [place for place, label in enumerate(batch.labels[row].tolist()) if label != IGNORED] == list(text.places)
        truths = [made.choices[place] for place in right[text.rows.start : text.rows.stop].tolist()]
        fates |= {
            "hidden" if text.read[place] == "[MASK]" else "left" if text.read[place] == truth else "swapped"
            for place, truth in zip(text.places, truths, strict=True)
        }
    assert "hidden" in fates


def test_a_gpts_targets_are_the_tokens_themselves_and_the_end_is_one() -> None:
    made = build(SPECS["neox"], None)
    batch = made.batch(3)
    _, right = made.guess(batch)
    for text in made.exercises(batch):
        truths = tuple(made.choices[place] for place in right[text.rows.start : text.rows.stop].tolist())
        assert tuple(text.read[place] for place in text.places) == truths
        assert 0 not in text.places
        assert text.read[-1] == truths[-1] == "(end)"


@pytest.mark.parametrize("name", ["sentiment, BERT", "sentiment, GPT"])
def test_a_label_is_asked_for_after_the_whole_text(name: str) -> None:
    made = build(SPECS[name], None)
    assert tuple(made.choices) == CLASSES
    for text in made.exercises(made.batch(1)):
        (place,) = text.places
        assert place == len(text.read) - 1
