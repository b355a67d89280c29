"""The four exercises as payloads of their component; the page's question, and how many targets a text gives."""

import html
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from llmviz.core import catalogue
from llmviz.core.drawn import GAP, LEFT, SWAPPED, UNKNOWN, Cell, Drawn
from llmviz.core.questions.exercise import FOLLOWS, Solved
from llmviz.parts.lane import payload as parts
from llmviz.views import words
from llmviz.views.reveal import Quiz, Reveal
from llmviz.views.tokens import sentinel

SENTINEL = "<extra_id_"
MASK_RATE = catalogue.experiment("mlm").objective.mask_rate
SPANS = catalogue.experiment("span").objective
WAYS = {"roll": "as rolled", **dict(zip(("follows", "other"), FOLLOWS, strict=True))}
GAINED = Quiz(
    "from the same texts, how many times as many targets does GPT get as BERT's MLM?",
    ("about as many", "2 to 5 times", "5 to 10 times", "over 10 times"),
)
COMPARED = ("clm", "mlm")  # whose targets GAINED compares
BOUNDS = (2, 5, 10)  # from which ratio on the next choice of GAINED is right
DIFFERENCE = (
    "**Unsupervised** means that nobody labelled this text. **Self-supervised** is more exact: each exercise is supervised learning, with "
    "inputs, targets and a loss, and its targets are taken from the text itself."
)
NOTES = (
    "**The four models** are the recordings that *Masked tokens*, *Next token*, *Next sentence* and *Spans* open on; each learnt from its "
    "own exercise alone, but for NSP, whose BERT also named hidden words. The losses are means over exactly the targets drawn above, from "
    "the probabilities of the whole vocabulary.",
    "**MLM** chooses each token with the mask rate, at least one; of these 80 % are hidden by [MASK], 10 % swapped for another word, 10 % "
    f"left as they were (Devlin et al. 2019, section 3.1). The rate is at first that of the recorded training: {MASK_RATE:.0%}, "
    "where BERT took 15 %.",
    "**NSP** cuts the text after one of its sentences. The second part that does not follow is the rest of another story of Tinyland; in "
    "training that story is of the same kind, and in half the pairs it tells of the same name, which is harder to tell apart.",
    "**Spans** are cut so that all ways to hide so many tokens in so many spans are equally likely (Raffel et al. 2020, section 3.1.4). "
    "The answer repeats each sentinel, ⟨0⟩, ⟨1⟩ …, says what stood there, then a last sentinel and the end: each of these is a target.",
    "**Unknown words**, underlined by a wave, cannot be named: on them no exercise takes a loss. The model reads [UNK] in their place, "
    "which its training never showed, so the loss on the tokens around them says less of what it has learnt.",
)


@dataclass(frozen=True)
class Control:
    """One thing to set of an exercise: a number in a range, or one of some `choices` by value and title."""

    name: str
    label: str
    value: float | str
    low: float = 0.0
    high: float = 0.0
    step: float = 0.0
    percent: bool = False
    choices: Mapping[str, str] | None = None


def lane(
    kind: str, drawn: Drawn | None, answers: Mapping[int, Solved], steps: int, controls: Sequence[Control], empty: str = "", waits: str = ""
) -> parts.Lane:
    """The payload of one exercise. `steps` are those of the whole training: answers are told by the share of it, in percent.

    Where a text allows no such exercise, `empty` says why; beside an exercise, why it has no answer, and `waits`, that one is awaited.
    """
    known = [answers[step] for step in sorted(answers)] if drawn else []
    alien = strange(drawn) if drawn else ""
    experiment = catalogue.experiment(kind)
    return {
        "kind": kind,
        "withheld": "",
        "name": experiment.short,
        "model": experiment.family,
        "about": experiment.exercise,
        "controls": [_control(each) for each in controls],
        "cells": [_cell(each) for each in drawn.cells] if drawn else [],
        "targets": drawn.targets if drawn else 0,
        "of": counted(kind, drawn),
        "steps": [percent(each.step, steps) for each in known],
        "trained": [each.step for each in known],
        "losses": [round(each.loss, 4) for each in known],
        "chances": [[round(float(chance), 4) for chance in each.chances] for each in known],
        "right": [each.right.tolist() for each in known],
        "guesses": [_guesses(each) for each in known],
        "note": " ".join(filter(None, (drawn.note if drawn else "", alien, empty))),
        "waits": waits,
        "compared": not alien,
    }


def strange(drawn: Drawn) -> str:
    """What to say of a loss where at least half of what is read is unknown to the model: a better one had learnt nothing more."""
    cells = sum(cell.sort == UNKNOWN for cell in drawn.cells)
    unknown = cells + sum(said.target < 0 for cell in drawn.cells if cell.sort == GAP for said in cell.says)
    if 2 * unknown < drawn.tokens:
        return ""
    return (
        f"{unknown} of {drawn.tokens} tokens are unknown to this model. It reads [UNK] in their place, which its training never showed, "
        "and was never asked for them: this loss says nothing of what it has learnt, and is not set beside that before training."
    )


def _named(kind: str) -> str:
    experiment = catalogue.experiment(kind)
    return f"{experiment.short} · {experiment.family}"


def counted(kind: str, drawn: Drawn | None) -> str:
    """What the targets are, beside their number."""
    if drawn is None:
        return "no target"
    hidden = sum(len(cell.says) - 1 for cell in drawn.cells[:-1] if cell.says)
    count = words.counted(drawn.tokens, "token")
    return {
        "mlm": f"of {count}",
        "clm": f"{count} and the end",
        "nsp": f"for {count}",
        "span": f"for {hidden} of {count}",
    }[kind]


def _control(control: Control) -> parts.Control:
    return {
        "name": control.name,
        "label": control.label,
        "value": control.value,
        "low": control.low,
        "high": control.high,
        "step": control.step,
        "percent": control.percent,
        "choices": [{"value": value, "title": title} for value, title in (control.choices or {}).items()],
    }


def _cell(cell: Cell) -> parts.Cell:
    tag = {SWAPPED: "swapped", LEFT: "left"}.get(cell.sort, "")
    says: list[parts.Asked] = [{"text": told(each.text), "target": each.target} for each in cell.says]
    return {"text": told(cell.text), "sort": cell.sort, "tag": tag, "part": cell.part, "says": says}


def told(text: str) -> str:
    """A token as the page writes it: sentinels have short names."""
    return sentinel(int(text.removeprefix(SENTINEL).rstrip(">"))) if text.startswith(SENTINEL) else text


def _guesses(solved: Solved) -> list[list[tuple[str, float]]]:
    return [
        [(told(word), round(float(chance), 4)) for word, chance in zip(words, chances, strict=True)]
        for words, chances in zip(solved.guesses, solved.guess_chances, strict=True)
    ]


def legend(vocabulary: int) -> str:
    """What the rows of the exercises mean, for models of so many tokens."""
    return (
        "Above, what the model reads; framed, the targets: only there a loss is taken. Then the probability it gives the target, and after "
        f"× what it finds likelier. A blind guess costs ln 2 = 0.69 nats in NSP, "
        f"about ln {vocabulary} = {math.log(vocabulary):.1f} elsewhere."
    )


def percent(step: int, steps: int) -> int:
    """How far a model is trained; 0 and 100 are the very start and the very end."""
    return 100 * (step > 0) if step in (0, steps) else min(99, max(1, round(100 * step / steps)))


def trained(shares: Sequence[Sequence[int]]) -> list[int]:
    """The shares of training, in percent, at which any of the models was kept."""
    return sorted({share for some in shares for share in some})


def gained(targets: Mapping[str, float], count: int) -> Reveal:
    """How many times as many targets one exercise gets as the other out of the same texts: by kind the targets of a text, on average."""
    more, fewer = COMPARED
    ratio = targets[more] / targets[fewer]
    right = sum(ratio >= bound for bound in BOUNDS)
    story = (
        f"Of {count:,} Tinyland texts GPT gets {targets['clm']:.1f} targets a text and MLM {targets['mlm']:.1f}: {ratio:.1f} times as "
        "many. In return MLM sees both sides of each."
    )
    return Reveal(right, story)


def table(tokens: float, targets: Mapping[str, float], count: int, withheld: str = "") -> str:
    """What each exercise gets out of a text on average, as HTML. What is `withheld`, if anything, stands in place of those COMPARED."""
    about = {
        "mlm": "a hidden word",
        "clm": "every token, and the end",
        "nsp": "one answer a pair",
        "span": "sentinels and what stood there",
    }
    head = f"<tr><td>mean of {count:,} Tinyland texts</td><td>targets a text</td><td>per 100 tokens</td></tr>"
    rows = "".join(
        f"<tr><th>{html.escape(_named(kind))}<br><span class='soft'>{about[kind]}</span></th>"
        + (
            f"<td colspan='2'><span class='withheld'>{withheld}</span></td></tr>"
            if withheld and kind in COMPARED
            else f"<td>{mean:.1f}</td><td>{100 * mean / tokens:.0f}</td></tr>"
        )
        for kind, mean in targets.items()
    )
    return f"<div class='asked'><table>{head}{rows}</table></div>"
