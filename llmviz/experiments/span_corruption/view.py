"""What a T5 reads and writes, as the payloads of its component and of the probability bars; and the page's question."""

from collections.abc import Mapping, Sequence

from llmviz.core.questions.attention import FULL
from llmviz.experiments.span_corruption.question import Filled
from llmviz.parts.bars.payload import Bars
from llmviz.parts.written.payload import Answer, ReadAndWritten, Sentinel
from llmviz.views.reveal import Quiz, Reveal
from llmviz.views.tokens import sentinel

NOTHING = "(nothing)"  # a span without a word


def written(answers: Mapping[int, Filled], empty: str, withheld: str = "") -> ReadAndWritten:
    """The payload: the text with its gaps once, and for each step what was written. Without answers `empty` is said.

    Where something is `withheld`, it is how probable the model found what it wrote.
    """
    steps = sorted(answers)
    if not steps:
        return {"steps": [], "given": [], "texts": [], "withheld": withheld, "empty": empty}
    first = answers[steps[0]]
    return {
        "steps": steps,
        "given": [_token(text, number) for text, number in zip(first.given, first.sentinels.tolist(), strict=True)],
        "texts": [_text(answers[step]) | ({"chances": [], "confidence": []} if withheld else {}) for step in steps],
        "withheld": withheld,
        "empty": empty,
    }


def _text(found: Filled) -> Answer:
    tokens = [_token(text, number) for text, number in zip(found.written, found.numbers.tolist(), strict=True)]
    return {
        "tokens": tokens,
        "chances": [round(float(chance), 4) for chance in found.chances],
        "cross": (found.cross / FULL).round(3).tolist(),
        "spans": [span or NOTHING for span in found.spans],
        "confidence": [round(share, 4) for share in confidence(found)],
        "ended": found.ended,
    }


def _token(text: str, number: int) -> Sentinel:
    return {"text": sentinel(number) if number >= 0 else text, "gap": number}


def confidence(found: Filled) -> list[float]:
    """For each gap, how probable the model found the span it wrote there: its words and the token that ends it; 0 where it wrote none."""
    numbers, shares = found.numbers.tolist(), []
    for gap in range(len(found.spans)):
        if gap not in numbers:
            shares.append(0.0)
            continue
        start = numbers.index(gap) + 1
        end = next((place for place in range(start, len(numbers)) if numbers[place] >= 0), len(numbers) - 1)
        shares.append(float(found.chances[start : end + 1].prod()))
    return shares


def bars(answers: Mapping[int, Filled], empty: str, withheld: str = "") -> Bars:
    """The payload of the probability bars: a group for each gap, whole spans as candidates; of no step where they are `withheld`."""
    truth = next(iter(answers.values())).truth if answers else ()
    steps = [] if withheld else sorted(answers)
    found = [answers[step] for step in steps]
    return {
        "empty": empty,
        "mark": "what stood there",
        "low": True,
        "withheld": withheld,
        "steps": steps,
        "groups": [
            {
                "place": gap,
                "truth": "" if "[UNK]" in span else span,
                "source": sentinel(gap),
                "candidates": [_candidates(each, gap) for each in found],
                "probability": [round(float(each.truth_chances[gap]), 4) for each in found],
            }
            for gap, span in enumerate(truth)
        ],
    }


def _candidates(found: Filled, gap: int) -> list[tuple[str, float]]:
    chances = found.candidate_chances[gap].tolist()
    return [(span or NOTHING, round(chance, 4)) for span, chance in zip(found.candidates[gap], chances, strict=False)]


def quiz(truth: Sequence[str]) -> Quiz:
    """Which of the spans cut out of the page's own sentence the model finds hardest, when it has learnt all it will."""
    return Quiz("of which gap's words is it least sure at the end?", tuple(truth))


def guessed(last: Filled) -> Reveal:
    """The gap whose true span the trained model finds least probable, with all their probabilities."""
    chances = [float(chance) for chance in last.truth_chances]
    told = ", ".join(f"“{span}” {chance:.0%}" for span, chance in zip(last.truth, chances, strict=True))
    least = chances.index(min(chances))
    return Reveal(least, f"At step {last.step:,} it gives {told}. For “{last.truth[least]}” it says “{last.spans[least] or NOTHING}”.")
