"""Attention as the payload of its component: the maps of all heads at all steps in bytes, and what to say of a sentence that is cut."""

import base64
from collections.abc import Mapping, Sequence

import numpy as np

from llmviz.core.questions.attention import MOST_TOKENS, Attention
from llmviz.core.questions.heads import HeadScores
from llmviz.core.settings import SIZES, ModelSpec
from llmviz.parts.attention.payload import Maps
from llmviz.views.curve import thin
from llmviz.views.heads import names
from llmviz.views.tokens import Token

MOST_BYTES = 500_000  # of weights in a browser: more take longer to send than a reader waits
AROUND = 2  # special tokens around a sentence, at most


def affordable(steps: Sequence[int], model: ModelSpec, tokens: int) -> list[int]:
    """The steps whose maps can be shown together: all where they fit, otherwise evenly chosen, the first and the last among them."""
    size = SIZES[model.size]
    each = size.layers * size.heads * (min(tokens, MOST_TOKENS) + AROUND) ** 2
    return thin(steps, max(2, MOST_BYTES // each))


def maps(tokens: Sequence[Token], model: ModelSpec, answers: Mapping[int, Attention], scores: Mapping[int, HeadScores], empty: str) -> Maps:
    """The payload. Without answers the sentence stands alone and `empty` says why."""
    steps = sorted(answers)
    layers, heads = answers[steps[0]].weights.shape[:2] if steps else (SIZES[model.size].layers, SIZES[model.size].heads)
    shown: Maps = {
        "layers": layers,
        "heads": heads,
        "first": 0,
        "steps": steps,
        "empty": empty,
        "tokens": [{"text": token.shown or token.source or token.text, "special": False} for token in tokens[:MOST_TOKENS]],
        "weights": "",
        "causal": False,
        "note": "",
        **names(scores),
    }
    if not steps:
        return shown
    first = answers[steps[0]]
    stack = np.stack([answers[step].weights for step in steps])  # (step, layer, head, query, key)
    ends = len(first.tokens) - first.special + 1  # the place after the last token of the sentence
    return {
        **shown,
        "tokens": [{"text": text, "special": not 0 < place < ends} for place, text in enumerate(first.tokens)],
        "weights": base64.b64encode(stack.tobytes()).decode(),
        "causal": first.causal,
        "note": cut(first),
    }


def cut(found: Attention) -> str:
    """A sentence on what is not read of a text that is too long; empty where all is."""
    read = len(found.tokens) - found.special
    if read == found.count:
        return ""
    why = "more arcs could not be told apart" if read == MOST_TOKENS else "this model takes no more"
    return f"The text has {found.count:,} tokens; the model was given the first {read}, for {why}."
