"""The same bill on paper, for models that no laptop trains: what was published beside what the rule of 6·N·D gives. Pure."""

import html
from collections.abc import Sequence

from llmviz.core.published import PETAFLOP_DAY, TRAININGS, Training
from llmviz.experiments.bill.view import Line, on_scale
from llmviz.parts.log_bars.payload import LogBar, LogBars
from llmviz.views import words

HEADS = ("training", "parameters N", "tokens D", "FLOPs, 6 · N · D", "FLOPs as published", "petaflop/s-days", "labels", "where it stands")
BELOW = "Published FLOPs where there are any, else 6 · N · D: for tuned models an upper bound."


def bars(own: Sequence[Line]) -> LogBars:
    """FLOPs of our own runs and of those that were published, on one scale."""
    rows: list[LogBar] = [
        {"name": line.name, "about": "this page", "phase": line.phase, "value": line.cost.flops, "said": power(line.cost.flops)}
        for line in own
    ]
    for each in TRAININGS:
        origin = "published" if each.flops else "6 · N · D" if each.known else ""
        rows.append({"name": each.name, "about": origin, "phase": each.phase, "value": each.known, "said": power(each.known)})
    return on_scale(rows, "FLOPs of training", "ours and published ones", BELOW)


def table(trainings: Sequence[Training] = TRAININGS) -> str:
    """Each published training with its source, in HTML."""
    names = "".join(f"<th scope=col>{html.escape(head)}</th>" for head in HEADS)
    return f"<table><thead><tr>{names}</tr></thead><tbody>{''.join(map(_row, trainings))}</tbody></table>"


def _row(each: Training) -> str:
    days = f"{float(f'{each.known / PETAFLOP_DAY:.3g}'):,g}" if each.known else ""
    cells = (
        _large(each.parameters),
        ": ".join(filter(None, (_large(each.tokens), each.counted))) if each.tokens else "not derived",
        power(each.derived) if each.derived else "",
        power(each.flops) if each.flops else "not published",
        days,
        f"{each.labels:,} {each.labelled}" if each.labels else "none",
        f"{each.source}. {each.note}".strip(),
    )
    return f"<tr><th scope=row>{html.escape(each.name)}</th>{''.join(f'<td>{html.escape(cell)}</td>' for cell in cells)}</tr>"


def power(value: float | None) -> str:
    """`3.14 × 10²³`."""
    if not value:
        return "not told"
    digits, exponent = f"{value:.2e}".split("e")
    return f"{digits} × {words.power(int(exponent))}"


def _large(value: float) -> str:
    """`110 million`, `175 billion`, `16 trillion`."""
    for size, name in ((1e12, "trillion"), (1e9, "billion"), (1e6, "million")):
        if value >= size:
            return f"{value / size:.3g} {name}"
    return f"{value:,.0f}"
