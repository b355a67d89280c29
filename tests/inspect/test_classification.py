"""Verdicts of all snapshots in one pass, against each model alone as transformers loads it; and on examples nobody has seen."""

from pathlib import Path

import numpy as np
import pytest
import torch
from transformers import AutoModelForSequenceClassification, AutoModelForTokenClassification

from llmviz.core.questions.classification import Classify
from llmviz.core.settings import TextSpec
from llmviz.experiments.classification import unseen_answer as unseen
from llmviz.experiments.classification.question import Unseen
from llmviz.inspect import classification, snapshots
from llmviz.models import files
from llmviz.models.classifiers import framed, room
from llmviz.text.labelled import CLASSES, labelled
from llmviz.text.tinyland.corpus import words
from llmviz.text.tokenizers import word_level
from tests.inspect.judges import ARCHITECTURES, CONTEXT, keep, language_model, plant

TEXT = "the start was boring but the film was superb ."
STEPS = (0, 1, 3, 7, 20, 50, 90, 150, 200)  # more than go through at once


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_every_snapshot_judges_as_it_does_alone(architecture: str, tmp_path: Path) -> None:
    folders = keep(architecture, tmp_path, STEPS)
    both_ways = architecture in ("roformer", "bert")
    kind = AutoModelForTokenClassification if both_ways else AutoModelForSequenceClassification
    whole = word_level(words()).encode(TEXT).ids
    ids = torch.tensor([whole if both_ways else whole[:-1]])
    found = classification.answer(folders, Classify(TEXT))
    assert tuple(prediction.step for prediction in found) == STEPS
    for prediction in found:
        model = kind.from_pretrained(folders[prediction.step], dtype=torch.float32).eval()
        with torch.no_grad():
            logits = model(input_ids=ids, attention_mask=torch.ones_like(ids)).logits[0]
        alone = (logits.mean(0) if both_ways else logits).softmax(-1).numpy()
        np.testing.assert_allclose(prediction.probability, alone, rtol=0, atol=1e-5)
        assert prediction.tokens == tuple(TEXT.split()) and prediction.labels == CLASSES
        assert prediction.label == CLASSES[int(alone.argmax())]
    assert len({prediction.probability.tobytes() for prediction in found}) == len(STEPS)


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_a_text_is_judged_alike_alone_and_beside_longer_ones(architecture: str, tmp_path: Path) -> None:
    folders = list(keep(architecture, tmp_path, (0, 1)).values())
    texts = [[9], [], [12, 30, 7], list(range(10, 40))]
    together = classification.logits(folders, texts)
    for place, text in enumerate(texts):
        torch.testing.assert_close(together[:, place], classification.logits(folders, [text])[:, 0], rtol=0, atol=1e-5)


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_as_many_snapshots_as_texts_as_tokens(architecture: str, tmp_path: Path) -> None:
    """Nothing is told apart by the sizes of arrays alone: here they are all the same."""
    n = len(framed([9, 30], snapshots.config(keep(architecture, tmp_path / "one", (0,))[0])))
    folders = list(keep(architecture, tmp_path / "many", tuple(range(n))).values())
    texts = [[9 + place, 30] for place in range(n)]
    together = classification.logits(folders, texts)
    assert together.shape == (n, n, len(CLASSES))
    for place, text in enumerate(texts):
        torch.testing.assert_close(together[:, place], classification.logits(folders, [text])[:, 0], rtol=0, atol=1e-5)


def test_what_cannot_be_judged_is_a_sentence(tmp_path: Path) -> None:
    folders = keep("roformer", tmp_path, (0,))
    with pytest.raises(ValueError, match="there is no word to read"):
        classification.answer(folders, Classify("  "))
    most = room(snapshots.config(folders[0]))
    assert most == CONTEXT - 2 and classification.answer(folders, Classify("dog " * most))
    with pytest.raises(ValueError, match=f"this sentence has {most + 1} tokens; this model reads {most}"):
        classification.answer(folders, Classify("dog " * (most + 1)))
    reads = tmp_path / "other" / "snapshots" / "0"
    files.save(language_model("roformer", 0), word_level(words()), reads)
    for question, module in ((Classify(TEXT), classification), (Unseen("tinyland"), unseen)):
        with pytest.raises(ValueError, match="no head that classifies"):
            module.answer({0: reads}, question)
    with pytest.raises(ValueError, match="nobody has labelled this text"):
        unseen.answer(folders, Unseen("wiki"))
    assert classification.answer({}, Classify(TEXT)) == []
    assert unseen.answer({}, Unseen("tinyland")) == []


def test_examples_come_from_the_test_alone(tmp_path: Path) -> None:
    [marked] = unseen.answer(keep("roformer", tmp_path, (0,)), Unseen("tinyland", 300))
    parts = labelled(TextSpec("tinyland"))
    truth = dict(parts["test"])
    assert len(set(marked.texts)) == 300
    assert [truth[text] for text in marked.texts] == marked.truth.tolist()
    assert not {text for part in ("train", "validation") for text, _ in parts[part]} & set(marked.texts)


def test_examples_are_judged_as_one_by_one(tmp_path: Path) -> None:
    folders = plant(tmp_path)
    [marked] = unseen.answer(folders, Unseen("tinyland", 30))
    for text, probability in zip(marked.texts, marked.probability, strict=True):
        if len(text.split()) <= room(snapshots.config(folders[0])):
            [alone] = classification.answer(folders, Classify(text))
            np.testing.assert_allclose(probability, alone.probability, rtol=0, atol=1e-5)
    assert 0 < (marked.prediction == marked.truth).mean() < 1


def test_a_long_example_is_cut_as_in_training(tmp_path: Path) -> None:
    first = next(iter(keep("roformer", tmp_path, (0,)).values()))
    long = [example for example in labelled(TextSpec("reviews"))["test"] if len(example.text.split()) > CONTEXT][:3]
    assert long and all(len(ids) == room(snapshots.config(first)) for ids in classification.encoded(first, [text for text, _ in long]))
