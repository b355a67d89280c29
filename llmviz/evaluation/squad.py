"""How answers are marked in SQuAD 2: exact match and F1 of the words, and none where the passage gives no answer.

Rajpurkar et al. 2016 (https://arxiv.org/abs/1606.05250), section 6.1, and 2018 (https://arxiv.org/abs/1806.03822), section 4: capitals,
punctuation and articles do not count; a question without an answer is marked right for no answer alone. "" stands for no answer.
"""

import re
import string
from collections import Counter
from collections.abc import Iterable, Sequence

ARTICLES = re.compile(r"\b(a|an|the)\b")
PUNCTUATION = str.maketrans("", "", string.punctuation)


def normalised(answer: str) -> list[str]:
    """The words that count: in small letters, without punctuation and articles."""
    return ARTICLES.sub(" ", answer.lower().translate(PUNCTUATION)).split()


def exact_match(prediction: str, truth: str) -> float:
    """1 where both have the same words in the same order, otherwise 0."""
    return float(normalised(prediction) == normalised(truth))


def f1(prediction: str, truth: str) -> float:
    """The harmonic mean of precision and recall over words; where one of both has none, 1 if the other has none either."""
    told, wanted = normalised(prediction), normalised(truth)
    if not told or not wanted:
        return float(told == wanted)
    shared = (Counter(told) & Counter(wanted)).total()
    return 2 * shared / (len(told) + len(wanted))


def marks(predictions: Sequence[str], truths: Sequence[str]) -> dict[str, float]:
    """Means over questions: exact_match and f1 over all; no_answer, the share of those without an answer that are given none."""
    pairs = list(zip(predictions, truths, strict=True))
    found = {"exact_match": _mean(exact_match(*pair) for pair in pairs), "f1": _mean(f1(*pair) for pair in pairs)}
    open_ones = [told for told, truth in pairs if not truth]
    return found | ({"no_answer": _mean(float(not told) for told in open_ones)} if open_ones else {})


def by_position(candidates: Sequence[Sequence[str]], truths: Sequence[str]) -> float:
    """The exact match of the best reader who always says the first span of the right type, or always the second, and so on, or the last.

    `candidates` are, for each question, all such spans of its passage in their order.
    """
    most = max(map(len, candidates), default=0)
    return max(
        (
            _mean(
                exact_match(spans[place], truth) if -len(spans) <= place < len(spans) else 0.0
                for spans, truth in zip(candidates, truths, strict=True)
            )
            for place in range(-most, most)
        ),
        default=0.0,
    )


def _mean(values: Iterable[float]) -> float:
    found = list(values)
    return sum(found) / len(found)
