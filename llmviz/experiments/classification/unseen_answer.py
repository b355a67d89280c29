"""The held-out examples of a labelled text through snapshots: how each is classified."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import torch

from llmviz.core.settings import TextSpec
from llmviz.experiments.classification.question import Marked, Unseen
from llmviz.inspect import classification, snapshots
from llmviz.models.classifiers import room
from llmviz.text.labelled import Example, labelled
from llmviz.text.tokenizers import load_tokenizer

AT_ONCE = 200  # texts in one pass


def answer(folders: Mapping[int, Path], question: Unseen) -> list[Marked]:
    """The predictions of each snapshot, in the order of the steps.

    Raises ValueError, in a sentence, for a text without labels, or a model without a head to classify with.
    """
    if not folders:
        return []
    steps = sorted(folders)
    first = folders[steps[0]]
    names = classification.labels(first)
    chosen = examples(question.text, question.count)
    texts = encoded(first, chosen)
    shortest_first = np.argsort([len(ids) for ids in texts], kind="stable")
    logits = torch.empty(len(steps), len(texts), len(names))
    for start in range(0, len(texts), AT_ONCE):
        some = shortest_first[start : start + AT_ONCE]
        logits[:, some] = classification.logits([folders[step] for step in steps], [texts[place] for place in some])
    told, truth = tuple(text for text, _ in chosen), np.array([label for _, label in chosen])
    return [Marked(step, told, truth, names, row.softmax(-1).numpy()) for step, row in zip(steps, logits, strict=True)]


def examples(text: str, count: int) -> list[Example]:
    """The first test examples of a labelled text; the split is by hash, so these are any."""
    return list(labelled(TextSpec(text))["test"][:count])


def encoded(folder: Path, chosen: list[Example]) -> list[list[int]]:
    """The examples as ids of this model's vocabulary, special tokens left out; a longer one is cut, as it is in training."""
    tokenizer = load_tokenizer(folder / "tokenizer.json")
    most = room(snapshots.config(folder))
    return [found.ids[:most] for found in tokenizer.encode_batch_fast([text for text, _ in chosen], add_special_tokens=False)]
