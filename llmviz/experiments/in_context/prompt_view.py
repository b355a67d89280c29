"""A prompt as something one can click together: examples of one relation, and a subject whose value is asked for. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from llmviz.text.tinyland import lists
from llmviz.text.tinyland.few_shot import MOST
from llmviz.text.tinyland.lists import COLON, COMMA, RELATIONS

WORD = re.compile(r"[^\s:,]+|[:,]")
NUMBERS = (0, 1, 2, 4)  # of examples, that stand beside one another


@dataclass(frozen=True)
class Prompt:
    """The name of its relation, its examples, each a subject and a value whether or not it is the right one, and the subject asked for."""

    relation: str
    pairs: tuple[tuple[str, str], ...]
    subject: str

    @property
    def text(self) -> str:
        """The prompt as a list begins."""
        return lists.prompt([f"{subject} {COLON} {value}" for subject, value in self.pairs], self.subject)

    @property
    def truth(self) -> str:
        """The word that is right."""
        return RELATIONS[self.relation].table[self.subject]

    @property
    def subjects(self) -> tuple[str, ...]:
        """Those of the examples."""
        return tuple(subject for subject, _ in self.pairs)

    @property
    def never_listed(self) -> bool:
        """Whether no list tells what is asked for."""
        return self.subject in RELATIONS[self.relation].held_out

    def cut(self, examples: int) -> "Prompt":
        """The same after the first so many examples."""
        return replace(self, pairs=self.pairs[:examples])

    def numbers(self) -> tuple[int, ...]:
        """The numbers of examples to compare: up to those it has."""
        return tuple(sorted({*(number for number in NUMBERS if number < len(self.pairs)), len(self.pairs)}))

    def with_examples(self, subjects: Sequence[str]) -> "Prompt":
        """With examples of these subjects: those there are stay as they are, in their order; what is new stands behind them."""
        table, asked = RELATIONS[self.relation].table, [subject for subject in subjects if subject != self.subject]
        kept = tuple(pair for pair in self.pairs if pair[0] in asked)
        new = tuple((subject, table[subject]) for subject in asked if subject not in self.subjects)
        return replace(self, pairs=(*kept, *new)[:MOST])

    def asking(self, subject: str) -> "Prompt":
        """Asking for another subject, which is then no example."""
        return replace(self, subject=subject, pairs=tuple(pair for pair in self.pairs if pair[0] != subject))

    def turned(self) -> "Prompt":
        """The same examples in another order: the last comes first."""
        return replace(self, pairs=(*self.pairs[-1:], *self.pairs[:-1]))

    def swapped(self) -> "Prompt":
        """The same subjects, each with the value of the next one; as often as there are examples brings back what was."""
        values = [value for _, value in self.pairs]
        return replace(self, pairs=tuple(zip(self.subjects, (*values[1:], *values[:1]), strict=True)))


def shortened(prompt: Prompt) -> tuple[Prompt, ...]:
    """It with fewer examples, those that stand beside one another, and with all."""
    return tuple(prompt.cut(count) for count in prompt.numbers())


def beginning(relation: str) -> Prompt:
    """The prompt with which a relation begins: one example, and the first of its facts that no list tells."""
    found = RELATIONS[relation]
    first = found.in_lists[0]
    return Prompt(relation, ((first, found.table[first]),), found.held_out[0])


def parsed(text: str, preferred: str) -> Prompt | None:
    """The prompt that this text is, of the `preferred` relation where it may be of several; None where it is none."""
    parts = " ".join(WORD.findall(text)).split(f" {COMMA} ")
    pairs = [tuple(part.split(f" {COLON} ")) for part in parts[:-1]]
    asked = parts[-1].removesuffix(f" {COLON}")
    if not parts[-1].endswith(f" {COLON}") or any(len(pair) != 2 for pair in pairs) or len(pairs) > MOST:
        return None
    subjects, values = {asked, *(pair[0] for pair in pairs)}, {pair[1] for pair in pairs}
    if len(subjects) <= len(pairs):
        return None  # a subject twice
    for name in (preferred, *RELATIONS):
        table = RELATIONS[name].table
        if subjects <= table.keys() and values <= set(table.values()):
            return Prompt(name, tuple((pair[0], pair[1]) for pair in pairs), asked)
    return None
