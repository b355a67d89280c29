"""Which class a model takes for which, over held-out examples, with texts to each cell: the payload of the confusion matrix."""

from llmviz.core.questions.classification import Marked
from llmviz.parts.confusion.payload import ConfusedExample, Confusion
from llmviz.views.words import counted

SHOWN = 8  # texts to a cell
CUT = 300  # letters of a text that are shown; one of a table may have thousands


def confusion(found: Marked) -> Confusion:
    """The payload: how often each true class is called each, and the first texts of which that is so."""
    size = range(len(found.labels))
    counts = [[0 for _ in size] for _ in size]
    examples: list[list[list[ConfusedExample]]] = [[[] for _ in size] for _ in size]
    for text, truth, given in zip(found.texts, found.truth.tolist(), found.prediction.tolist(), strict=True):
        counts[truth][given] += 1
        if len(examples[truth][given]) < SHOWN:
            examples[truth][given].append({"bits": [(_short(text), False)]})
    return {
        "labels": list(found.labels),
        "counts": counts,
        "examples": examples,
        "of": f"{counted(len(found.texts), 'test text')}. A click on a cell shows some of them.",
        "noun": "text",
    }


def said(found: Marked) -> str:
    """What is counted, and how many are right, in a sentence."""
    right = int((found.prediction == found.truth).sum())
    told = counted(found.step, "step")
    return f"What the model of {told} calls texts that no training has seen: {right:,} of {len(found.texts):,} right."


def _short(text: str) -> str:
    return text if len(text) <= CUT else f"{text[:CUT].rstrip()} …"
