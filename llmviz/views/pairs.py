"""Two parts of a text as the payload of their component; the question of the page, and what asking it costs."""

import base64
import html
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from llmviz.core.history import History
from llmviz.core.questions.follows import Sequel
from llmviz.core.update import Done
from llmviz.views.reveal import Reveal, Riddle
from llmviz.views.tokens import Token

CLEAR = 0.02  # nats a word; two seeds of one recipe differ by less
HELP = Riddle("does being asked about pairs help it name hidden words?", ("it helps", "it hurts", "hardly a difference"))


def pair(first: Sequence[Token], second: Sequence[Token], answers: Mapping[int, Sequel], empty: str, note: str = "") -> dict[str, Any]:
    """The payload. Without answers the parts stand alone and `empty` says why."""
    steps = sorted(answers)
    return {
        "first": [_token(token) for token in first],
        "second": [_token(token) for token in second],
        "steps": steps,
        "shares": [round(answers[step].probability, 4) for step in steps],
        "back": _bytes([answers[step].back for step in steps]),
        "ahead": _bytes([answers[step].ahead for step in steps]),
        "empty": empty,
        "note": note,
    }


def _token(token: Token) -> dict[str, Any]:
    return {"text": token.source or token.text, "known": token.known}


def _bytes(stack: Sequence[np.ndarray[tuple[int, ...], np.dtype[np.uint8]]]) -> str:
    return base64.b64encode(b"".join(each.tobytes() for each in stack)).decode()


def beside(asked: History, unasked: History, withheld: str = "") -> str:
    """Both ways to train side by side, on test pairs, as HTML. What is `withheld`, if anything, stands in place of the word loss."""
    rows = [
        ("hidden words: loss", "word_loss", "word_floor", "{:.2f}", "floor {:.2f}"),
        ("pairs told apart", "nsp_accuracy", "nsp_ceiling", "{:.0%}", "best possible {:.0%}"),
    ]
    told = []
    for title, name, bound, form, about in rows:
        ends = [_figure(history, name) for history in (asked, unasked)]
        limit = _figure(asked, bound) or _figure(unasked, bound)
        head = html.escape(title) + (f"<br><span class='soft'>{about.format(limit)}</span>" if limit is not None else "")
        cells = "".join(f"<td>{form.format(end) if end is not None else '–'}</td>" for end in ends)
        if withheld and name == "word_loss":
            cells = f"<td colspan='2'><span class='withheld'>{withheld}</span></td>"
        told.append(f"<tr><th>{head}</th>{cells}</tr>")
    head = "<tr><td>on test pairs</td><td>asked about pairs too</td><td>words only</td></tr>"
    return f"<div class='asked'><table>{head}{''.join(told)}</table></div>"


def outcome(asked: History, unasked: History) -> Reveal | None:
    """What the question does to the loss on hidden words of test texts; None where one of the two has not been measured."""
    with_it, without = _figure(asked, "word_loss"), _figure(unasked, "word_loss")
    if with_it is None or without is None:
        return None
    right = 2 if abs(with_it - without) < CLEAR else int(with_it > without)
    story = (
        f"After as many steps the loss on hidden words is {with_it:.2f} nats where pairs are asked about too, and {without:.2f} where they "
        "are not. RoBERTa left the question out and lost nothing by it (Liu et al. 2019, section 4.2)."
    )
    return Reveal(right, story)


def _figure(history: History, name: str) -> float | None:
    return history.end.metrics.get(name) if isinstance(history.end, Done) else None
