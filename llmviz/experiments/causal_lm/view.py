"""What the snapshots of a run wrote, as the payloads of the continuation and of the choices for one of its tokens."""

import html
from collections.abc import Mapping, Sequence

from llmviz.core.questions.generation import COUNTED, ENDED, FILTERS, FULL, Generate, Generation
from llmviz.parts.choices.payload import Choice, Choices
from llmviz.parts.continuation.payload import Continuation, Written
from llmviz.parts.table.payload import Table
from llmviz.views.reveal import Quiz, Reveal
from llmviz.views.tables import cell, row, table
from llmviz.views.tokens import Token, typed

WHY = {
    ENDED: "",
    COUNTED: "… {count} tokens are the most written here",
    FULL: "… there is no room: the model reads no more",
}


def continuation(
    given: Sequence[Token], answers: Mapping[int, Generation], question: Generate, shown: int, at: int, note: str, withheld: str = ""
) -> Continuation:
    """The payload of the continuation: the beginning, and after it what each snapshot wrote. `shown` tokens of it are to be seen.

    Where something is `withheld`, it is how probable the model found each token.
    """
    steps = sorted(answers)
    return {
        "given": typed(given),
        "steps": steps,
        "withheld": withheld,
        "texts": [_text(answers[step], question) | ({"chances": []} if withheld else {}) for step in steps],
        "shown": shown,
        "at": at,
        "chosen": len(question.chosen),
        "note": note,
    }


def _text(answer: Generation, question: Generate) -> Written:
    return {
        "words": list(answer.words),
        "joined": [bool(joined) for joined in answer.joined],
        "chances": [round(float(chance), 4) for chance in answer.chances[:, 0, -1]],
        "ended": answer.why == ENDED,
        "why": WHY[answer.why].format(count=question.tokens),
    }


def choices(answers: Mapping[int, Generation], question: Generate, shown: int, at: int, empty: str) -> Choices:
    """The payload of the choices for the token at the place `at`: its candidates before and after each filter that changes anything.

    Where only the tokens before it are `shown`, the page does not tell yet on which the draw falls.
    """
    steps = sorted(answers)
    active = filters(question)
    return {
        "steps": steps,
        "at": at,
        "open": at >= shown,
        "filters": [name for _, name in active],
        "places": [_place(answers[step], question, at, [index for index, _ in active], drawn=at < shown) for step in steps],
        "empty": empty,
    }


def _place(answer: Generation, question: Generate, at: int, active: Sequence[int], drawn: bool) -> Choice | None:
    """The choices of one snapshot for one place; None where its text has ended before. One that was `drawn` is always among them."""
    if at >= len(answer.ids):
        return None
    chances = answer.chances[at][list(active)]  # (filter, candidate)
    top = answer.candidates.shape[1] - 1
    ids = answer.candidates[at, :top].tolist()
    listed = list(range(top))
    if drawn and answer.ids[at] not in ids:
        listed[-1] = top
    return {
        "before": answer.ids[:at].tolist(),
        "candidates": [
            {
                "word": answer.candidate_words[at][place],
                "id": int(answer.candidates[at, place]),
                "chances": [_digits(chance) for chance in chances[:, place]],
                "start": round(float(answer.starts[at, place]), 4),
            }
            for place in listed
        ],
        "others": [_digits(max(0.0, 1.0 - float(row[listed].sum()))) for row in chances],
        "picked": [int(answer.candidates[at, place]) for place in listed].index(int(answer.ids[at])) if drawn else -1,
        "left": int(answer.left[at]),
        "draw": round(float(answer.draws[at]), 4),
        "chosen": at < len(question.chosen),
    }


def expected(models: Mapping[str, Generation], visit: int) -> Table:
    """What each of some models expects next, before any filter: the likeliest in rows."""
    most = min(answer.candidates.shape[1] for answer in models.values()) - 1
    rows = []
    for rank in range(most):
        found = [(answer.candidate_words[0][rank], float(answer.chances[0, 0, rank])) for answer in models.values()]
        rows.append(row(f"{rank + 1}", [cell(word, more=[f"{chance:.0%}"], tint=chance) for word, chance in found]))
    return table("The likeliest next tokens in rows, models in columns", "next token", [(name, "") for name in models], rows, visit)


def running(beginning: str, answer: Generation) -> str:
    """The beginning and what was written after it as a paragraph of HTML."""
    space = "" if not beginning or answer.text[:1] in (" ", ".", ",", "!", "?") else " "
    ending = "" if answer.why == ENDED else " …"
    return f"<p class='running'><span>{html.escape(beginning)}</span>{html.escape(space + answer.text + ending)}</p>"


def _digits(chance: float) -> float:
    """Three digits that count: what is left in ever so small a part is still not taken away."""
    return float(f"{chance:.3g}")


def filters(question: Generate) -> list[tuple[int, str]]:
    """The distributions to show, by their place in FILTERS, each with its name: the model's own, then after each filter that is on."""
    named = {
        "model": "model",
        "repetition_penalty": "penalty" if question.repetition_penalty != 1 else "",
        "temperature": "temp." if question.temperature != 1 else "",
        "top_k": "top-k" if question.top_k else "",
        "top_p": "top-p" if question.top_p < 1 else "",
    }
    return [(index, named[name]) for index, name in enumerate(FILTERS) if named[name]]


FORCED = Quiz("of how many of its own words was it sure, at over 90 %?", ("fewer than a third", "about half", "more than two thirds"))
SURE = 0.9  # probability above which a word was hardly a choice


def forced(written: Generation) -> Reveal:
    """How many of the tokens that a model wrote it had expected with near certainty."""
    chances = [float(chance) for chance in written.chances[:, 0, -1]]
    sure = sum(chance > SURE for chance in chances)
    share = sure / len(chances)
    openest = ", ".join(f"“{word}” ({chance:.0%})" for chance, word in sorted(zip(chances, written.words, strict=True))[:3])
    story = f"{sure} of {len(chances)} tokens had more than {SURE:.0%}. The least certain were {openest}."
    return Reveal(0 if share < 1 / 3 else 2 if share > 2 / 3 else 1, story)
