"""A visitor's own labelled examples: two columns of a table, checked, each text once; kept on this machine under their digest."""

import hashlib
import json
from collections import Counter
from dataclasses import dataclass

from llmviz.text import store
from llmviz.text.own_table import Row, Table, number

MOST_CLASSES = 20
MOST_LETTERS = 1_000  # of a text: a model here reads at most 128 tokens, in film reviews some 430 letters
LONGEST_LABEL = 60  # letters; it has to stand beside a bar
FEWEST = 3  # examples of the largest class: one to learn from, one to look at while training, one for the final figure
FILE = "own-labels.json"

RAGGED = "more cells than there are columns"
NO_TEXT = "no text"
NO_LABEL = "no label"
AGAIN = "the text and label of an earlier row"
CONTRADICTED = "a text that has another label in another row"


@dataclass(frozen=True)
class Dropped:
    """Rows that were left out for one reason, by their numbers as a spreadsheet counts."""

    why: str
    rows: tuple[int, ...]

    def __str__(self) -> str:
        return f"{len(self.rows):,} {'row' if len(self.rows) == 1 else 'rows'} left out, with {self.why}: {_listed(self.rows)}"


@dataclass(frozen=True)
class Labelled:
    """Examples in the order of their rows, a text and the place of its class in `classes` each, and what was left out.

    `counts` are the examples of each class; `cut` are the rows whose text was longer than MOST_LETTERS.
    """

    examples: tuple[tuple[str, int], ...]
    classes: tuple[str, ...]
    dropped: tuple[Dropped, ...] = ()
    cut: tuple[int, ...] = ()

    @property
    def counts(self) -> tuple[int, ...]:
        """How many examples each class has."""
        each = Counter(label for _, label in self.examples)
        return tuple(each[place] for place in range(len(self.classes)))

    @property
    def notes(self) -> tuple[str, ...]:
        """What there is to say of them, in sentences: what was left out or cut, and labels that differ only in their case."""
        said = [str(dropped) for dropped in self.dropped]
        if self.cut:
            said.append(f"texts are read up to letter {MOST_LETTERS:,}; longer: {_listed(self.cut)}")
        alike = Counter(name.casefold() for name in self.classes)
        if twice := [f"“{name}”" for name in self.classes if alike[name.casefold()] > 1]:
            said.append(f"labels are compared as typed, so that {' and '.join(twice)} are different classes")
        return tuple(said)


def labelled(table: Table, text: int, label: int) -> Labelled:
    """The examples in two columns of a table, given by their places from 0. Texts are alike that differ only in case or in white space.

    A text that comes again with the same label is kept once; with another label, nobody knows which is right, and none is kept. Classes are
    in the order of their names, or of their values where all are numbers. Raises ValueError, in a sentence, where there is nothing to tell
    apart, or too much.
    """
    columns = range(len(table.columns))
    if text not in columns or label not in columns or text == label:
        raise ValueError(f"texts and labels are two different columns of the {len(columns)} of this table")
    if not table.rows:
        raise ValueError("this table has no row below its header")
    dropped: dict[str, list[int]] = {reason: [] for reason in (RAGGED, NO_TEXT, NO_LABEL, AGAIN, CONTRADICTED)}
    alike: dict[str, list[tuple[Row, str, str]]] = {}
    cut: set[int] = set()
    for row in table.rows:
        whole, name = table.cell(row, text), table.cell(row, label)
        if reason := _incomplete(any(row.cells[len(columns) :]), whole, name):
            dropped[reason].append(row.number)
            continue
        if len(whole) > MOST_LETTERS:
            cut.add(row.number)
        alike.setdefault(key(whole[:MOST_LETTERS]), []).append((row, whole[:MOST_LETTERS].strip(), name))
    kept: list[tuple[Row, str, str]] = []
    for first, *others in alike.values():
        contradicted = any(name != first[2] for _, _, name in others)
        dropped[CONTRADICTED if contradicted else AGAIN] += [row.number for row, *_ in ([first, *others] if contradicted else others)]
        kept += [] if contradicted else [first]
    left_out = tuple(Dropped(reason, tuple(sorted(rows))) for reason, rows in dropped.items() if rows)
    classes = _classes(table, label, kept, left_out)
    places = {name: place for place, name in enumerate(classes)}
    examples = tuple((words, places[name]) for _, words, name in kept)
    return Labelled(examples, classes, left_out, tuple(sorted(cut.intersection(row.number for row, *_ in kept))))


def key(text: str) -> str:
    """What texts that are alike have in common: their letters without case, a space between words."""
    return " ".join(text.casefold().split())


def keep(labelled: Labelled, giver: str = "") -> str:
    """Keep the examples on this machine; the digest of examples and classes. Raises ValueError, in a sentence, where there is no place."""
    digest = store.keep_own(FILE, _written(labelled), giver)
    read(digest)
    return digest


def digest(labelled: Labelled) -> str:
    """The digest of examples and classes, under which they are kept."""
    return hashlib.sha256(_written(labelled).encode()).hexdigest()


def read(digest: str) -> Labelled:
    """The examples of this digest. Raises ValueError, in a sentence, where this machine does not keep them, or others."""
    kept = json.loads(store.read_own(digest, FILE, "this table is not kept on this machine; choose its file again"))
    return Labelled(tuple((text, label) for text, label in kept["examples"]), tuple(kept["classes"]))


def _written(labelled: Labelled) -> str:
    return json.dumps({"classes": labelled.classes, "examples": labelled.examples}, ensure_ascii=False)


def _incomplete(ragged: bool, text: str, label: str) -> str:
    return RAGGED if ragged else NO_TEXT if not text else NO_LABEL if not label else ""


def _classes(table: Table, label: int, kept: list[tuple[Row, str, str]], dropped: tuple[Dropped, ...]) -> tuple[str, ...]:
    """The classes in order. Raises ValueError, in a sentence, where there are too few or too many, or none has examples enough."""
    counts = Counter(name for *_, name in kept)
    column, left_out = table.named(label), "".join(f"; {each}" for each in dropped)
    if not counts:
        raise ValueError(f"no row of this table is left to learn from{left_out}")
    if len(counts) < 2:
        raise ValueError(f"{column} has one label only, “{kept[0][2][:LONGEST_LABEL]}”; there is nothing to tell apart{left_out}")
    if len(counts) > MOST_CLASSES:
        raise ValueError(f"{column} has {len(counts):,} different labels; at most {MOST_CLASSES} can be told apart here")
    if long := [(row.number, name) for row, _, name in kept if len(name) > LONGEST_LABEL]:
        raise ValueError(f"row {long[0][0]:,}, {column}: a label has at most {LONGEST_LABEL} letters, and this one has {len(long[0][1]):,}")
    if max(counts.values()) < FEWEST:
        raise ValueError(
            f"no label in {column} has {FEWEST} different texts: one to learn from, one to look at while training, one for the final "
            f"figure{left_out}"
        )
    values = {name: number(name) for name in counts}
    numbers = {name: value for name, value in values.items() if value is not None}
    return tuple(sorted(counts, key=lambda name: (numbers[name], name)) if len(numbers) == len(values) else sorted(counts))


def _listed(rows: tuple[int, ...]) -> str:
    """The numbers of the first rows."""
    shown = ", ".join(f"{row:,}" for row in rows[:3])
    return f"row {shown}" if len(rows) == 1 else f"rows {shown}{' …' if len(rows) > 3 else ''}"
