"""The question a page asks before its slider moves, and the answer that the run itself gives."""

from dataclasses import dataclass

GUESS_FIRST = "Guess first: then this shows"  # stands where the answer to a page's question is withheld


@dataclass(frozen=True)
class Quiz:
    """A question, the answers to choose from, and what to say before there is an answer."""

    question: str
    choices: tuple[str, ...]


@dataclass(frozen=True)
class Reveal:
    """The right choice, by its place, and the sentence that tells what happened; None where what was kept does not say which is right."""

    right: int | None
    story: str
