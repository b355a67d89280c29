"""What several models reply to one request, as the payload of its part. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from llmviz.core.questions.replies import Replied
from llmviz.parts.replies import payload as parts
from llmviz.parts.replies.payload import Replies, Text
from llmviz.parts.shared.payload import Origin
from llmviz.views import words
from llmviz.views.sides import Side

Judged = tuple[str, bool | None]
"""What a reply comes to, and whether that is as wanted; None where nobody knows."""


@dataclass(frozen=True)
class Row:
    """One model before a request: who it is, and by step what it replies."""

    side: Side
    found: Mapping[int, Replied] = field(default_factory=dict)


def replies(
    given: Sequence[str], rows: Sequence[Row], judged: Callable[[str], Judged], begun: Callable[[str], Origin], note: str
) -> Replies:
    """The payload: after the words given, what each model writes, and what that comes to. `begun` says what a model is at its step 0."""
    return {"rows": [_row(row, given, judged, begun) for row in rows], "note": note}


def _row(row: Row, given: Sequence[str], judged: Callable[[str], Judged], begun: Callable[[str], Origin]) -> parts.Reply:
    side = row.side.written(row.found)
    return {**side, "start": begun(row.side.phase), "texts": [_text(row.found[step], given, judged) for step in side["steps"]]}


def _text(found: Replied, given: Sequence[str], judged: Callable[[str], Judged]) -> Text:
    verdict, good = judged(found.text)
    chances = [round(float(chance), 4) for chance in found.chances]
    return {
        "words": [*given, *found.words],
        "given": len(given),
        "shares": chances,
        "figures": [],
        "told": [f"{word}: the model gave it {chance:.2%}" for word, chance in zip(found.words, chances, strict=True)],
        "verdict": verdict if found.ended else f"{verdict}; cut off after {words.counted(len(found.words), 'token')}",
        "good": good,
    }
