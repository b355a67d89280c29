"""Which words carry a prediction: by leaving each out, and by integrated gradients (Sundararajan and others, 2017), from captum."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch

from llmviz.experiments.classification.question import LEFT_OUT, METHODS, Attribute, Reasons
from llmviz.inspect import classification, snapshots
from llmviz.models.classifiers import class_logits, framed
from llmviz.text.special import MASK, PAD
from llmviz.text.words import in_words, spelt

STEPS = 64  # points on the way from all words hidden to all words there
ROWS = 2_000  # inputs in one pass of captum
Groups = Sequence[Sequence[int]]  # for each word of a text the ids of its pieces
FloatArray = npt.NDArray[np.float32]


def answer(folders: Mapping[int, Path], question: Attribute) -> list[Reasons]:
    """The weight of every word for each snapshot, in the order of the steps.

    Raises ValueError, in a sentence, for an unknown method, a text that cannot be read, or a model without a head to classify with.
    """
    if question.method not in METHODS:
        raise ValueError(f"words are weighed by {' or by '.join(METHODS)}, not by {question.method!r}")
    if not folders:
        return []
    steps = sorted(folders)
    labels = classification.labels(folders[steps[0]])
    words = in_words(classification.read(folders[steps[0]], question.text))
    groups = [[piece.id for piece in word] for word in words]
    if question.method == LEFT_OUT:
        found = left_out([folders[step] for step in steps], groups)
    else:
        found = [gradients(folders[step], [groups])[0] for step in steps]
    return [Reasons(step, tuple(map(spelt, words)), labels, *each) for step, each in zip(steps, found, strict=True)]


def left_out(folders: Sequence[Path], groups: Groups) -> list[tuple[FloatArray, float, float]]:
    """For each snapshot what the log-odds lose when a word is left out; those of the whole text; those of no text."""
    whole = [id for word in groups for id in word]
    fewer = [[id for other in (*groups[:place], *groups[place + 1 :]) for id in other] for place in range(len(groups))]
    scores = _odds(classification.logits(folders, [whole, [], *fewer]))  # (snapshot, text)
    return [((row[0] - row[2:]).numpy(), float(row[0]), float(row[1])) for row in scores]


def gradients(folder: Path, texts: Sequence[Groups]) -> list[tuple[FloatArray, float, float]]:
    """For each text the integrated gradients of its words, from all of them hidden to all of them there; both ends' log-odds."""
    from captum.attr import LayerIntegratedGradients  # type: ignore[import-untyped] # here: it takes a second to import, and few ask

    model = snapshots.model(folder)
    config = snapshots.config(folder)
    lengths = [sum(map(len, words)) for words in texts]
    read = [framed([id for word in words for id in word], config) for words in texts]
    ids = torch.full((len(texts), max(map(len, read))), PAD)
    hidden = ids.clone()
    for row, (text, length) in enumerate(zip(read, lengths, strict=True)):
        ids[row, : len(text)] = torch.tensor(text)
        hidden[row, : len(text)] = torch.tensor([text[0], *[MASK] * length, *text[1 + length :]])
    mask = (ids != PAD).long()

    def odds(input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        return _odds(class_logits(model(input_ids=input_ids, attention_mask=attention_mask).logits, input_ids, config))

    way = LayerIntegratedGradients(odds, model.get_input_embeddings())
    batch = max(len(texts), ROWS // ids.shape[1])
    parts = way.attribute(ids, hidden, additional_forward_args=(mask,), n_steps=STEPS, internal_batch_size=batch)
    weights = parts.detach().sum(-1).numpy().astype(np.float32)  # (text, token)
    with torch.no_grad():
        whole, without = odds(ids, mask), odds(hidden, mask)
    return [
        (_by_word(weights[row, 1 : length + 1], words), float(whole[row]), float(without[row]))
        for row, (words, length) in enumerate(zip(texts, lengths, strict=True))
    ]


def _by_word(weights: FloatArray, words: Groups) -> FloatArray:
    starts = np.cumsum([0, *map(len, words)])[:-1]
    return np.add.reduceat(weights, starts)


def _odds(logits: torch.Tensor) -> torch.Tensor:
    """Log-odds of the last label against all others, from logits (…, class)."""
    return logits[..., -1] - logits[..., :-1].logsumexp(-1)
