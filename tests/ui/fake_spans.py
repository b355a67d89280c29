"""What the fake engine writes into gaps: at the end of training what stood there, and nothing before."""

import numpy as np
from tokenizers import Tokenizer

from llmviz.core.questions.attention import FULL
from llmviz.experiments.span_corruption.question import Fill, Filled
from llmviz.text import spans
from llmviz.text.tokenizers import pieces

KNOWN = 0.5  # share of the training after which it answers
LONGEST = 64


def answer(step: int, share: float, question: Fill, tokenizer: Tokenizer) -> Filled:
    """The true spans, the surer the later, among candidates that nobody would say."""
    words = [piece.text for piece in pieces(tokenizer, question.text)]
    if len(words) > LONGEST - 2:
        raise ValueError(f"this sentence has {len(words)} tokens; this model learnt from {LONGEST - 2}")
    cut = spans.gaps(np.isin(np.arange(len(words)), question.hidden))
    truth = tuple(" ".join(words[first:behind]) for first, behind in cut)
    given, sentinels, before = ["[CLS]"], [-1], 0
    for number, (first, behind) in enumerate(cut):
        given += [*words[before:first], spans.SENTINELS[number]]
        sentinels += [*(-1 for _ in words[before:first]), number]
        before = behind
    given += [*words[before:], "(end)"]
    sentinels += [-1] * (len(words) - before + 1)
    written, numbers = [], []
    for number, span in enumerate(truth):
        said = span.split() if share > KNOWN else []
        written += [spans.SENTINELS[number], *said]
        numbers += [number, *(-1 for _ in said)]
    written += [spans.SENTINELS[len(truth)], "(end)"]
    numbers += [len(truth), -1]
    sure = np.float32(0.1 + 0.8 * share)
    return Filled(
        step=step,
        given=tuple(given),
        sentinels=np.array(sentinels),
        written=tuple(written),
        numbers=np.array(numbers),
        chances=np.full(len(written), sure, np.float32),
        ended=True,
        cross=np.full((len(written), len(given)), FULL // len(given), np.uint8),
        spans=truth if share > KNOWN else ("",) * len(truth),
        truth=truth,
        candidates=tuple((span, "owl owl") if share > KNOWN else ("owl owl", span) for span in truth),
        candidate_chances=np.tile(np.array([[max(sure, 1 - sure), min(sure, 1 - sure)]], np.float32), (len(truth), 1)),
        truth_chances=np.array([sure / (number + 1) for number in range(len(truth))], np.float32),
    )
