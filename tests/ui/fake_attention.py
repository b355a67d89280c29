"""Attention that nobody computed: each head goes from looking everywhere to looking at its own target as training goes on."""

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer

from llmviz.core.questions.attention import FULL, MOST_TOKENS, Attend, Attention
from llmviz.core.questions.base import Answer
from llmviz.core.questions.heads import Heads, HeadScores
from llmviz.core.settings import SIZES
from llmviz.core.spec import RunSpec
from llmviz.experiments.attention_maps.question import Bertviz, Page
from llmviz.text.tokenizers import pieces

TARGETS = ("previous token", "next token", "[CLS]", "rest of a fact")  # of the heads in turn
BEGINS = (0.1, 0.2, 0.9, 0.5)  # share of the training after which a head of each kind turns to its target
CHANCE = 0.03
DRAWN = "<!doctype html><title>drawn</title><p>{view} view of layer {layer}, head {head}: {count} tokens</p>"

Question = Attend | Heads | Bertviz


def answer(step: int, spec: RunSpec, question: Question, tokenizer: Tokenizer) -> Answer:
    """The answer of the snapshot after so many steps."""
    size, share = SIZES[spec.model.size], step / spec.train.steps
    if isinstance(question, Heads):
        mass = np.full((size.layers, size.heads, len(TARGETS)), CHANCE, np.float32)
        for layer, head in np.ndindex(size.layers, size.heads):
            mass[layer, head, _kind(layer, head)] += 0.8 * _turned(layer, head, share)
        return HeadScores(step, TARGETS, mass, np.full(len(TARGETS), CHANCE, np.float32), np.full(len(TARGETS), 90), 32)
    found = pieces(tokenizer, question.text)
    if not found:
        raise ValueError("there is no word to read")
    if isinstance(question, Bertviz):
        html = DRAWN.format(view=question.view, layer=question.layer, head=question.head, count=len(found))
        return Page(step, html, len(found), len(found))
    causal = spec.stage == "clm"
    shown = found[:MOST_TOKENS]
    tokens = ("[CLS]", *(piece.source for piece in shown), *(() if causal else ("[SEP]",)))
    weights = np.stack(
        [np.stack([_head(len(tokens), layer, head, share, causal) for head in range(size.heads)]) for layer in range(size.layers)]
    )
    return Attention(
        step,
        tokens,
        np.zeros(len(tokens), bool),
        len(tokens) - len(shown),
        len(found),
        causal,
        (weights * FULL).round().astype(np.uint8),
    )


def _kind(layer: int, head: int) -> int:
    return (layer + head) % len(TARGETS)


def _turned(layer: int, head: int, share: float) -> float:
    return float(share >= BEGINS[_kind(layer, head)])


def _head(n: int, layer: int, head: int, share: float, causal: bool) -> npt.NDArray[np.float64]:
    """(query, key) of one head; rows sum to 1."""
    weights = np.ones((n, n))
    for query in range(n):
        target = (query - 1, query + 1, 0, n - 1 - query)[_kind(layer, head)]
        if 0 <= target < n:
            weights[query, target] += 4 * n * _turned(layer, head, share)
    if causal:
        weights = np.tril(weights)
    return np.asarray(weights / weights.sum(-1, keepdims=True))
