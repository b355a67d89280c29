"""Texts through every snapshot of a model with a classification head: how probable it finds each label."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import torch

from llmviz.core.questions.classification import Classification, Classify, Marked
from llmviz.core.tagging import tags_words
from llmviz.inspect import snapshots
from llmviz.models import classifiers
from llmviz.text.special import PAD
from llmviz.text.tokenizers import Piece, pieces

AT_ONCE = 200  # texts in one pass
NO_WORD = "there is no word to read"
NO_HEAD = "this model has no head that classifies; it only reads"
TAGS = "this model tags each word; it gives a text as a whole no class"


def answer(folders: Mapping[int, Path], question: Classify) -> list[Classification]:
    """The prediction of each snapshot, given as step -> folder, in the order of the steps.

    Raises ValueError, in a sentence, where there is nothing to read, too much, or no head to classify with.
    """
    if not folders:
        return []
    steps = sorted(folders)
    names = labels(folders[steps[0]])
    found = read(folders[steps[0]], question.text)
    scores = logits([folders[step] for step in steps], [[piece.id for piece in found]])
    tokens = tuple(piece.text for piece in found)
    return [Classification(step, tokens, names, row[0].softmax(-1).numpy()) for step, row in zip(steps, scores, strict=True)]


def marked(folders: Mapping[int, Path], examples: Sequence[tuple[str, int]]) -> list[Marked]:
    """How each snapshot, in the order of the steps, classifies texts whose class is known by its place among the model's.

    Raises ValueError, in a sentence, for a model without a head to classify with.
    """
    if not folders:
        return []
    steps = sorted(folders)
    first = folders[steps[0]]
    names, texts = labels(first), encoded(first, [text for text, _ in examples])
    shortest_first = np.argsort([len(ids) for ids in texts], kind="stable")
    scores = torch.empty(len(steps), len(texts), len(names))
    for start in range(0, len(texts), AT_ONCE):
        some = shortest_first[start : start + AT_ONCE]
        scores[:, some] = logits([folders[step] for step in steps], [texts[place] for place in some])
    told, truth = tuple(text for text, _ in examples), np.array([label for _, label in examples])
    return [Marked(step, told, truth, names, row.softmax(-1).numpy()) for step, row in zip(steps, scores, strict=True)]


def encoded(folder: Path, texts: Sequence[str]) -> list[list[int]]:
    """The texts as ids of this model's vocabulary, special tokens left out; a longer one is cut, as it is in training."""
    tokenizer = snapshots.tokenizer(folder)
    most = classifiers.room(snapshots.config(folder))
    return [found.ids[:most] for found in tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)]


def labels(folder: Path) -> tuple[str, ...]:
    """The names of the classes, in the order of the head. Raises ValueError where the model has none, or tags words."""
    if not str((snapshots.config(folder).architectures or [""])[0]).endswith("Classification"):
        raise ValueError(NO_HEAD)
    found = outputs(folder)
    if tags_words(found):
        raise ValueError(TAGS)
    return found


def outputs(folder: Path) -> tuple[str, ...]:
    """The names of what a model's head tells apart, in its order, as its configuration has them."""
    names: dict[int, str] = snapshots.config(folder).id2label or {}  # type: ignore[assignment] # declared wider than it is read
    return tuple(names[place] for place in sorted(names))


def read(folder: Path, text: str) -> list[Piece]:
    """The tokens of a text. Raises ValueError, in a sentence, where there is none, or more than the model reads."""
    found = pieces(snapshots.tokenizer(folder), text)
    if not found:
        raise ValueError(NO_WORD)
    check_length(folder, len(found))
    return found


def check_length(folder: Path, tokens: int) -> None:
    """Raise ValueError, in a sentence, where these are more than the model reads."""
    most = classifiers.room(snapshots.config(folder))
    if tokens > most:
        raise ValueError(f"this sentence has {tokens} tokens; this model reads {most}")


def logits(folders: Sequence[Path], texts: Sequence[Sequence[int]]) -> torch.Tensor:
    """Logits (snapshot, text, class) of texts given as ids, special tokens left out; a text may be empty."""
    found, inputs = head_logits(folders, texts)
    return classifiers.class_logits(found, inputs, snapshots.config(folders[0]))


def head_logits(folders: Sequence[Path], texts: Sequence[Sequence[int]]) -> tuple[torch.Tensor, torch.Tensor]:
    """What the head gives for such texts, (snapshot, text, …), and what was read, (text, n): framed, and padded on the right."""
    config = snapshots.config(folders[0])
    read = [classifiers.framed(text, config) for text in texts]
    inputs = torch.full((len(read), max(map(len, read))), PAD)
    for row, ids in zip(inputs, read, strict=True):
        row[: len(ids)] = torch.tensor(ids)
    return snapshots.logits(folders, inputs, (inputs != PAD).long()), inputs
