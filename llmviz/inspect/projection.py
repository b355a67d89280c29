"""The last hidden states of labelled examples in the two dimensions in which those of the first and the last snapshot vary most (PCA)."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt

from llmviz.core.questions.layers import Project, Projection
from llmviz.inspect.examples import examples, own
from llmviz.inspect.layers import ASKED, features

FloatArray = npt.NDArray[np.float32]


def answer(folders: Mapping[int, Path], question: Project) -> list[Projection]:
    """The examples of each snapshot along the same two axes, in the order of the steps.

    Raises ValueError, in a sentence, where the text has no such labels or a snapshot cannot be read.
    """
    if not folders:
        return []
    steps = sorted(folders)
    first = folders[steps[0]]
    ends = [first.parent / str(step) for step in (question.first, question.last)]
    read = list(dict.fromkeys([*ends, *(folders[step] for step in steps)]))
    asked = examples(first, question.text, question.labelled, ASKED)
    mine = own(first, question.labelled, question.own, question.question, range(question.begin, question.end))
    last_states = features(read, asked, asked.examples)[:, -1]  # (snapshot, example, width)
    my_states = features(read, mine, mine.examples)[:, -1] if mine.examples else last_states[:, :0]
    centre, axes, variance = principal(np.concatenate([last_states[read.index(end)] for end in ends]))
    truth = np.array([example.label for example in asked.examples])
    shown = [tuple(example.shown for example in each.examples) for each in (asked, mine)]
    return [
        Projection(step, points, truth, asked.labels, shown[0], my_points, shown[1], variance)
        for step in steps
        for place in [read.index(folders[step])]
        for points, my_points in [[(each[place] - centre) @ axes for each in (last_states, my_states)]]
    ]


def principal(states: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Of states (examples, width) their mean, their first two principal axes (width, 2), and the share of the variance along each.

    The sign of an axis is no matter of the states; here the largest of its entries is positive.
    """
    centre = states.mean(0)
    _, lengths, directions = np.linalg.svd(states - centre, full_matrices=False)
    axes = directions[:2]
    axes = axes * np.sign(axes[[0, 1], np.abs(axes).argmax(1)])[:, None]
    variance = lengths**2 / max(float((lengths**2).sum()), np.finfo(np.float32).tiny)
    return centre, np.ascontiguousarray(axes.T), variance[:2].astype(np.float32)
