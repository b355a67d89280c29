"""What each layer of a model holds of labelled texts: linear CKA with what it was (Kornblith et al. 2019), and linear probes.

A probe is a multinomial logistic regression on the states of one layer: what it reads off is linearly there (Alain and Bengio 2016,
https://arxiv.org/abs/1610.01644; of BERT's layers, Tenney et al. 2019, https://arxiv.org/abs/1905.05950). It learns on training examples
and is asked on validation ones.
"""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped] # it has no types

from llmviz.core.cka import linear_cka
from llmviz.core.questions.layers import HiddenStates, LayerReport, Layers, States
from llmviz.inspect import snapshots
from llmviz.inspect.examples import Example, Examples, examples

LEARNT, ASKED = "train", "validation"
AT_ONCE = 50  # inputs in one pass: of like length, and few enough for their states to stay in the cache
TOKENS = 1_000  # held-out tokens over which CKA is taken: of independent states it is some 0.06 then, at a width of 64
FloatArray = npt.NDArray[np.float32]


def answer(folders: Mapping[int, Path], question: Layers) -> list[LayerReport]:
    """The report on each snapshot, in the order of the steps.

    Raises ValueError, in a sentence, where the text has no such labels, or a snapshot, or the one to compare with, cannot be read.
    """
    if not folders:
        return []
    steps = sorted(folders)
    first = folders[steps[0]]
    began = first.parent / str(question.since)
    read = list(dict.fromkeys([began, *(folders[step] for step in steps)]))
    known, asked = (examples(first, question.text, question.labelled, split) for split in (LEARNT, ASKED))
    truth, labels = ([example.label for example in each.examples] for each in (asked, known))
    to_learn = features(read, known, known.examples)
    held_out = features(read, asked, [*asked.examples, *asked.tokens(TOKENS)])
    to_ask, tokens = held_out[:, :, : len(truth)], held_out[:, :, len(truth) :]
    names, before = layer_names(first), tokens[0]
    chance, found = float(max(np.bincount(truth)) / len(truth)), []
    with threadpool_limits(1):  # two threads of BLAS on two busy cores wait for each other: 15 s where one takes 3
        for step in steps:
            place = read.index(folders[step])
            cka = [linear_cka(now, then) for now, then in zip(tokens[place], before, strict=True)]
            right = [probe(learnt, labels, new, truth) for learnt, new in zip(to_learn[place], to_ask[place], strict=True)]
            figures = np.array([cka, right], np.float32)
            found.append(LayerReport(step, names, figures[0], tokens.shape[2], figures[1], chance, len(labels), len(truth)))
    return found


def states(folders: Mapping[int, Path], question: HiddenStates) -> list[States]:
    """The states of held-out tokens in each snapshot, in the order of the steps. Raises ValueError as `answer` does."""
    if not folders:
        return []
    steps = sorted(folders)
    first = folders[steps[0]]
    asked = examples(first, question.text, question.labelled, ASKED)
    chosen = asked.tokens(TOKENS)
    found = features([folders[step] for step in steps], asked, chosen)
    ids = np.array([asked.ids[token.input][token.tokens[0]] for token in chosen])
    return [States(step, layer_names(first), each.astype(np.float16), ids) for step, each in zip(steps, found, strict=True)]


@torch.no_grad()
def features(folders: Sequence[Path], read: Examples, wanted: Sequence[Example]) -> FloatArray:
    """The hidden states of these examples, the embeddings' first: (snapshot, layer, example, width)."""
    by_input: dict[int, list[int]] = {}
    for place, example in enumerate(wanted):
        by_input.setdefault(example.input, []).append(place)
    shortest_first = sorted(by_input, key=lambda row: len(read.ids[row]))
    parts, order = list[torch.Tensor](), list[int]()
    for begin in range(0, len(shortest_first), AT_ONCE):
        rows = shortest_first[begin : begin + AT_ONCE]
        places = [place for row in rows for place in by_input[row]]
        parts.append(
            _means(folders, read.model_inputs(rows), [(rows.index(wanted[place].input), wanted[place].tokens) for place in places])
        )
        order += places
    states = torch.cat(parts, 2).numpy()
    return np.ascontiguousarray(states[:, :, np.argsort(order)])


def _means(folders: Sequence[Path], inputs: Mapping[str, torch.Tensor], of: Sequence[tuple[int, Sequence[int]]]) -> torch.Tensor:
    """The mean of the states of some tokens of one input each, (snapshot, layer, mean, width)."""
    tokens = [(owner, row, token) for owner, (row, tokens) in enumerate(of) for token in tokens]
    owner, row, token = torch.tensor(tokens).T
    counts = owner.bincount()[:, None]

    def wanted(found: Any) -> tuple[torch.Tensor, ...]:
        hidden = torch.stack(found.hidden_states)  # (layer, row, n, width)
        sums = hidden.new_zeros(len(hidden), len(of), hidden.shape[-1]).index_add(1, owner, hidden[:, row, token])
        return (sums / counts,)

    return snapshots.read(folders, {**inputs, "output_hidden_states": True}, wanted)[0]


def layer_names(folder: Path) -> tuple[str, ...]:
    """What the hidden states of a model are called, as the layers of its network are. A GPT's last ones have passed its last norm."""
    count = snapshots.config(folder).num_hidden_layers
    last = " and last norm" if snapshots.looks_back(folder) else ""
    return ("embeddings", *(f"layer {place}" for place in range(1, count)), f"layer {count}{last}")


def probe(learnt: FloatArray, labels: Sequence[int], asked: FloatArray, truth: Sequence[int]) -> float:
    """The share that a linear probe, fitted to states (examples, width) with labels, labels rightly; nan where states are no numbers."""
    from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped] # here: it loads for a second
    from sklearn.pipeline import make_pipeline  # type: ignore[import-untyped] # as above
    from sklearn.preprocessing import StandardScaler  # type: ignore[import-untyped] # as above

    if not (np.isfinite(learnt).all() and np.isfinite(asked).all()):
        return math.nan
    # Layers differ in scale, and the penalty would weigh on the smaller ones; 300 steps are more than any of these has needed.
    fitted = make_pipeline(StandardScaler(), LogisticRegression(max_iter=300)).fit(learnt, labels)
    return float(fitted.score(asked, truth))
