"""A walk as the picture draws it: every box with what it does in a sentence, and its numbers as bytes."""

import base64
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from llmviz.core.questions.tensors import Inventory
from llmviz.experiments.architecture.question import Walked
from llmviz.parts.walk import payload as payloads
from llmviz.views import words

UNKNOWN = -1.0  # how far something has moved that has no weights, or whose start is not known

_STAGES = {
    "embeddings": "Each token becomes a vector of its own, the same wherever it stands.",
    "block": "Attention lets tokens take in one another, then a feed-forward part works on each alone. Both add to the stream.",
    "reader": "Attention lets the tokens of the text take in one another; a feed-forward part works on each alone.",
    "writer": "As the reader, but it looks back only at what it has written, and then at the text that was read.",
    "writer: embeddings": "What is written so far, behind a first [PAD], becomes vectors out of the same table.",
    "head": "What the stream holds at the end is read off as a prediction.",
}
_KINDS = {
    "lookup": "A row of a table for each token.",
    "add": "A sum, number by number: nothing that was in the stream is lost.",
    "layer_norm": "Each token's numbers are brought to mean 0 and deviation 1, then each has a gain and a bias.",
    "rms_norm": "Each token's numbers are brought to mean square 1, then each has a gain.",
    "linear": "A matrix: each number is a sum of all numbers of its token, each times a weight.",
    "turn": "Pairs of numbers are turned by an angle that grows with the place: so attention can tell how far apart two tokens stand.",
    "scores": "How well each token's query fits each token's key: the sum of their products.",
    "softmax": "The scores of a row as shares that sum to 100 %.",
    "mix": "The values of all tokens, each times its share.",
    "relu": "What is below zero becomes zero.",
    "silu": "Each number times its own sigmoid: what is far below zero goes to zero.",
    "multiply": "Two boxes, number by number.",
    "scale": "All numbers times one and the same.",
    "mean": "The mean over all tokens.",
    "last": "Of all tokens the last one alone: only it has seen all the others.",
    "probabilities": "The logits of a row as shares that sum to 100 % over the whole vocabulary.",
}
_NAMES = {
    "query": "What each token asks for.",
    "key": "What each token can be found by.",
    "value": "What each token hands over when it is looked at.",
    "output": "The heads, put side by side, are mixed into one vector that is added to the stream.",
    "wider": "Four times as many numbers as the stream has.",
    "gate": "How much of each number goes through.",
    "gated": "What goes through.",
    "narrower": "Back to the width of the stream.",
    "logits": "A score for every word: how well the vector fits the word's row of the embedding table.",
    "logits of each token": "A score for each label, read off every token.",
    "position embedding": "A vector for each place, learnt like those of tokens.",
    "segment embedding": "A vector for the first text and one for the second; here all is the first.",
}
_CAUSAL = "A token sees only what stands before it: every share above the diagonal is exactly 0."


def walk(found: Walked | None, moved: Inventory | None, at: tuple[int, int, int, int], note: str, empty: str) -> payloads.Walk:
    """The payload of a walk, or of none; `moved` says how far the tensors are from where they began."""
    if found is None:
        return {
            "model": "",
            "stages": [],
            "opened": 0,
            "boxes": [],
            "sequences": [],
            "words": [],
            "vocabulary": 0,
            "at": [*at],
            "note": note,
            "empty": empty,
        }
    far = dict(zip(moved.names, moved.moved.tolist(), strict=True)) if moved else {}
    cut = f"The sentence has {words.counted(found.cut, 'token')} more than the picture has room for." if found.cut else ""
    return {
        "model": found.model,
        "stages": [{"name": name, "says": _said_of(name)} for name in found.stages],
        "opened": found.opened,
        "boxes": [_box(found, place, far) for place in range(len(found.names))],
        "sequences": [
            {
                "tokens": [{"text": text, "special": special} for text, special in zip(texts, specials, strict=True)],
                "ids": ids.tolist(),
            }
            for texts, specials, ids in zip(found.sequences, found.special, found.ids, strict=True)
        ],
        "words": list(found.words),
        "vocabulary": found.vocabulary,
        "at": [*at],
        "note": " ".join(filter(None, (note, cut))),
        "empty": "",
    }


def _said_of(stage: str) -> str:
    return _STAGES.get(stage) or _STAGES[stage.split(" ")[0].rstrip(":")]


def _box(found: Walked, place: int, far: Mapping[str, float]) -> payloads.Box:
    name, kind = found.names[place], found.kinds[place]
    causal = _CAUSAL if kind == "softmax" and found.constants[place] else ""
    lead = _NAMES.get(name.removesuffix(" at the text"), "")
    tensors = found.tensors[place]
    return {
        "name": name,
        "kind": kind,
        "stage": int(found.stage[place]),
        "reads": [*found.reads[place]],
        "shape": found.shapes[place].tolist(),
        "rows": int(found.rows[place]),
        "columns": int(found.columns[place]),
        "says": " ".join(filter(None, (lead, _KINDS.get(kind, "A function of each number by itself."), causal))),
        "parameters": int(found.parameters[place]),
        "multiplications": int(found.multiplications[place]),
        "tensors": list(tensors),
        "moved": max((far.get(tensor, UNKNOWN) for tensor in tensors), default=UNKNOWN),
        "values": _bytes(found.values[place]),
        "weight": _bytes(found.weights[place]),
        "bias": _bytes(found.biases[place]),
        "constant": float(found.constants[place]),
    }


def _bytes(numbers: npt.NDArray[np.float32]) -> str:
    """Numbers as little-endian float32 in base64."""
    return base64.b64encode(numbers.astype("<f4").tobytes()).decode()
