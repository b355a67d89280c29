"""A visitor's table as a page shows it: its rows and counts, sentences to try from it, and what its labels come to."""

import html
from collections.abc import Mapping, Sequence
from functools import lru_cache

from llmviz.core import flops, spreadsheet
from llmviz.core.history import History
from llmviz.core.lesson import Example
from llmviz.core.spec import RunSpec
from llmviz.experiments.own_labels import FEWER_TEST, FEWER_VALIDATION
from llmviz.text.own_labels import Labelled
from llmviz.text.own_splits import Pair, divided, doubt
from llmviz.text.own_table import Row, Table
from llmviz.text.splits import Split
from llmviz.views.outcome import between, outcome, shares
from llmviz.views.words import counted, duration, sentence, size

TRIED = 4  # suggested sentences: more buttons would take a second line
SHORT = 90  # letters of a suggested sentence; the box shows some so many
LETTERS, PADDED = 4, 1.5  # to a token, about; and what is read with padding, beside the mean text
LOOKS, BEGINNING, RATE, MEMORY = 8, 12.0, 5e10, 1.5  # looks at it in a training, seconds to load it, FLOPs a second, GB
CUT = 140  # letters of a cell that are shown


@lru_cache(maxsize=4)  # a page that follows a training draws itself several times a second
def parts(table: Labelled) -> Mapping[Split, Sequence[Pair]]:
    """The examples by split."""
    return divided(table.examples)


def rows(columns: Sequence[str], listed: Sequence[Row], roles: Mapping[int, str]) -> str:
    """The rows as a table in HTML, every cell as text; `roles` says above a column what it is taken for."""

    def cells(tag: str, row: Sequence[str]) -> str:
        given = ((place, row[place] if place < len(row) else "") for place in range(len(columns)))
        return "".join(f"<{tag}{' class=taken' if place in roles else ''}>{html.escape(_short(cell))}</{tag}>" for place, cell in given)

    head = "".join(
        f"<th{' class=taken' if place in roles else ''}>{html.escape(_short(name))}"
        + (f"<span>{html.escape(roles[place])}</span>" if place in roles else "")
        + "</th>"
        for place, name in enumerate(columns)
    )
    body = "".join(f"<tr><td class=number>{row.number:,}</td>{cells('td', row.cells)}</tr>" for row in listed)
    return f"<div class='own_rows'><table><tr><th class=number></th>{head}</tr>{body}</table></div>"


def counts(table: Labelled) -> str:
    """How many examples each class has, in HTML."""
    each = " · ".join(f"{html.escape(name)} <b>{count:,}</b>" for name, count in zip(table.classes, table.counts, strict=True))
    return f"<p class='own_counts'>{each}</p>"


def summary(table: Labelled) -> str:
    """How many examples and classes there are, and what becomes of the examples, in a sentence."""
    split = parts(table)
    return (
        f"{counted(len(table.examples), 'example')} of {len(table.classes)} classes: {len(split['train']):,} to learn from, "
        f"{len(split['validation']):,} to look at while training, {len(split['test']):,} for the final figure"
    )


def remarks(table: Labelled) -> list[str]:
    """What there is to say of the examples, in sentences: what was left out, and how little the figures can be trusted."""
    return [sentence(said) for said in (*table.notes, doubt(parts(table)["test"])) if said]


def suggestions(table: Labelled) -> tuple[Example, ...]:
    """Held-out texts to try, one of each of the first classes, with their true labels; the first short one, or the shortest."""
    held_out = parts(table)["test"]
    found = [_typical([text for text, label in held_out if label == place]) for place in range(len(table.classes))]
    tried = [Example(name, text, truth=name) for name, text in zip(table.classes, found, strict=True) if text]
    return tuple(tried[:TRIED])


def _typical(texts: Sequence[str]) -> str:
    return next((text for text in texts if len(text) <= SHORT), min(texts, key=len, default=""))


def as_csv(table: Table) -> str:
    """The table as a CSV file, as a template for one's own."""
    return spreadsheet.as_csv([table.columns, *(row.cells for row in table.rows)])


def claim(count: int, classes: int, tested: int, pretrained: History, scratch: History) -> str:
    """What the labels came to with and without pretraining, as the title of a page; a question before both are measured."""
    if shares(pretrained, scratch, "accuracy") == (None, None):
        return f"Can a model learn your {classes} classes?"
    return outcome(counted(count, "label"), "right on {:.0%} of unseen texts", tested, *shares(pretrained, scratch, "accuracy"))


def ahead(spec: RunSpec, table: Labelled) -> str:
    """What it will take to fine-tune a model from elsewhere on this table, before it begins."""
    split, longest = parts(table), spec.train.context
    lengths = [min(longest, 1 + len(text) / LETTERS) for text, _ in split["train"]]
    length = min(longest, PADDED * sum(lengths) / max(1, len(lengths)))
    looked = LOOKS * min(FEWER_VALIDATION, len(split["validation"])) + min(FEWER_TEST, len(split["test"]))
    seconds = BEGINNING + flops.adapting(spec.model, length * spec.train.steps * spec.train.batch_size, length * looked) / RATE
    title = (spec.foreign and spec.foreign.name) or "A model from elsewhere"
    by = f"LoRA's factors of rank {spec.objective.rank}" if spec.objective.method == "lora" else "its new head alone"
    return (
        f"{title} has {size(spec.model.size)} parameters. They stay as they are; beside them {by} will move. That takes about "
        f"{duration(seconds)} on a laptop's processor and {MEMORY:g} GB of memory, in the background: read on, or leave the page open."
    )


def claim_of_real(count: int, tested: int, real: History, small: History) -> str:
    """What the labels came to on a model from elsewhere and on the small one, as the title of a page."""
    return between(counted(count, "label"), tested, *shares(real, small, "accuracy"))


def learnt(table: Labelled, most: int) -> int:
    """How many examples a run learns from that may learn from so many."""
    return min(most, len(parts(table)["train"]))


def preview(table: Labelled, count: int) -> list[Row]:
    """The first examples as rows of text and label."""
    return [Row(place, (text, table.classes[label])) for place, (text, label) in enumerate(table.examples[:count], 1)]


def _short(text: str) -> str:
    return text if len(text) <= CUT else f"{text[:CUT].rstrip()} …"
