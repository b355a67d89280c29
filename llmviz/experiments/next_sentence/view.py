"""Two parts of a text as the payload of their component; the question of the page, and what asking it costs."""

import base64
import html
import math
from collections.abc import Mapping, Sequence

import numpy as np

from llmviz.core.history import History
from llmviz.core.spec import RunSpec
from llmviz.core.update import Done
from llmviz.experiments.next_sentence.question import Sequel
from llmviz.parts.pair.payload import Pair
from llmviz.parts.shared.payload import Word
from llmviz.views import words
from llmviz.views.reveal import Quiz, Reveal
from llmviz.views.tokens import Token

AROUND = 3  # [CLS], and [SEP] after each part, which are never hidden
EQUAL = 0.03  # two counts of hidden words that differ by less are as many
CLEAR = 0.02  # nats a word; two seeds of one recipe differ by less
COMPARED = (  # of the way from the order alone to the best possible, the least share, and what it says of a run
    (0.8, "compares"),
    (0.2, "compares in part"),
    (-0.2, "has learnt the order, and not to compare"),
    (-math.inf, "has not learnt the order either"),
)
HELP = Quiz("does being asked about pairs help it name hidden words?", ("it helps", "it hurts", "hardly a difference"))


def pair(
    first: Sequence[Token],
    second: Sequence[Token],
    answers: Mapping[int, Sequel],
    empty: str,
    note: str = "",
    best: float | None = None,
) -> Pair:
    """The payload. Without answers the parts stand alone and `empty` says why. `best` is p(follows) for who knows the grammar."""
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
        "best": None if best is None else round(best, 4),
    }


def _token(token: Token) -> Word:
    return {"text": token.shown or token.source or token.text, "known": token.known}


def _bytes(stack: Sequence[np.ndarray[tuple[int, ...], np.dtype[np.uint8]]]) -> str:
    return base64.b64encode(b"".join(each.tobytes() for each in stack)).decode()


def targets(spec: RunSpec, history: History) -> int:
    """About how many hidden words a run has learnt from: in every step, the mask rate of all it read but [CLS] and the two [SEP]."""
    pairs = 2 * max(1, spec.train.batch_size // 2) * history.step
    rate: float = spec.objective.mask_rate
    return max(0, round(rate * (history.tokens - AROUND * pairs)))


def beside(asked: History, unasked: History, spec: RunSpec, withheld: str = "") -> str:
    """Both ways to train side by side, on test pairs, as HTML; and how many hidden words each has learnt from.

    What is `withheld`, if anything, stands in place of the word loss.
    """
    rows = [
        ("hidden words: loss", "word_loss", "word_floor", "", "floor"),
        ("pairs told apart", "nsp_accuracy", "nsp_ceiling", "%", "best possible"),
    ]
    told = []
    for title, name, bound, unit, about in rows:
        ends = [_figure(history, name) for history in (asked, unasked)]
        limit = _figure(asked, bound) or _figure(unasked, bound)
        head = html.escape(title) + (f"<br><span class='soft'>{about} {words.figure(limit, unit)}</span>" if limit is not None else "")
        cells = "".join(f"<td>{words.figure(end, unit) if end is not None else '–'}</td>" for end in ends)
        if withheld and name == "word_loss":
            cells = f"<td colspan='2'><span class='withheld'>{withheld}</span></td>"
        told.append(f"<tr><th>{head}</th>{cells}</tr>")
    learnt = [targets(spec, history) for history in (asked, unasked)]
    cells = "".join(f"<td>{words.about(count) if count else '–'}</td>" for count in learnt)
    told.append(f"<tr><th>hidden words<br><span class='soft'>learnt from, about</span></th>{cells}</tr>")
    head = "<tr><td>on test pairs</td><td>asked about pairs too</td><td>words only</td></tr>"
    return f"<div class='asked'><table>{head}{''.join(told)}</table></div>"


def compared(asked: History) -> str:
    """Whether a run tells pairs apart by the order in which stories are told alone, or compares what both parts tell of, as HTML.

    Nothing before it is measured.
    """
    share, order, best = (_figure(asked, name) for name in ("nsp_accuracy", "nsp_order", "nsp_ceiling"))
    if share is None or order is None or best is None or best <= order or not math.isfinite(share):
        return ""
    gained = (share - order) / (best - order)
    found = next(said for least, said in COMPARED if gained >= least)
    return (
        f"<p class='by-order'>The <b>order</b> of a story alone tells {words.figure(order, '%')} apart; <b>comparing</b> both parts as "
        f"well, {words.figure(best, '%')}. The run that was asked {found}.</p>"
    )


def outcome(asked: History, unasked: History, spec: RunSpec) -> Reveal | None:
    """What the question does to the loss on hidden words of test texts; None where one of the two has not been measured.

    Only two that have learnt from as many hidden words tell it: fewer exercises would be worse without any question.
    """
    with_it, without = _figure(asked, "word_loss"), _figure(unasked, "word_loss")
    if with_it is None or without is None:
        return None
    here, there = (targets(spec, history) for history in (asked, unasked))
    figures = (
        f"the loss on hidden words is {with_it:.2f} nats where pairs are asked about too, after about {words.about(here)} of them, and "
        f"{without:.2f} after about {words.about(there)} where they are not."
    )
    if abs(here - there) > EQUAL * max(here, there):
        return Reveal(
            None, f"On test texts {figures} They have not learnt from equally many, so this does not tell what the question does."
        )
    right = 2 if abs(with_it - without) < CLEAR else int(with_it > without)
    paper = "RoBERTa left the question out and lost nothing by it (Liu et al. 2019, section 4.2)."
    return Reveal(right, f"On test texts {figures} {paper}")


def _figure(history: History, name: str) -> float | None:
    return history.end.metrics.get(name) if isinstance(history.end, Done) else None
