"""The question a page asks before its slider moves, and the answer that the run itself gives."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from llmviz.core.history import History
from llmviz.core.trace import Trace

KNOWS = 0.5  # probability from which a kind of word counts as known


@dataclass(frozen=True)
class Riddle:
    """A question, the answers to choose from, and what to say before there is an answer."""

    question: str
    choices: tuple[str, ...]


@dataclass(frozen=True)
class Reveal:
    """The right choice, by its place, and the sentence that tells what happened."""

    right: int
    story: str


FIRST = Riddle("Before you scrub back: which will it know first?", ("that a city is missing", "which city", "both at once"))
LINES = Riddle("Before it has read everything: how far down will the loss come?", ("above unigram", "below unigram", "below trigram"))


def kind_or_word(traces: Sequence[Trace], place: int, truth: str, kind: Collection[str]) -> Reveal | None:
    """When a model knew that a word of this kind is missing, and when which one; None where it never came to know either.

    The kind is known at the first snapshot that gives all its words together more than half; the word, at the first from which on it
    stays the likeliest.
    """
    ordered = sorted(traces, key=lambda trace: trace.step)
    of_kind = next((trace.step for trace in ordered if _together(trace, place, kind) > KNOWS), None)
    wrong = [trace.step for trace in ordered if trace.words[place][0] != truth]
    exact = next((trace.step for trace in ordered if not wrong or trace.step > wrong[-1]), None)
    if of_kind is None and exact is None:
        return None
    if exact is None:
        return Reveal(0, f"It knew that a city is missing by step {of_kind:,}, and never which one for good.")
    if of_kind is None or of_kind == exact:
        return Reveal(2, f"Both came by step {exact:,}.")
    if of_kind < exact:
        return Reveal(0, f"It knew that a city is missing by step {of_kind:,}, and which one only by step {exact:,}.")
    return Reveal(1, f"{truth} was its first choice by step {exact:,}, before it was sure of a city at all (step {of_kind:,}).")


def crossed(history: History) -> Reveal | None:
    """Below which of its lines the loss came; None while nothing has been measured."""
    loss = history.scores.get("loss")
    if not history.begin or not loss or loss.last is None:
        return None
    unigram, trigram = (history.begin.references.get(name) for name in ("unigram", "trigram"))
    if unigram is None or trigram is None:
        return None
    right = 2 if loss.last < trigram else 1 if loss.last < unigram else 0
    return Reveal(right, f"It ended at {loss.last:.2f} nats a word; unigram stands at {unigram:.2f}, trigram at {trigram:.2f}.")


def _together(trace: Trace, place: int, kind: Collection[str]) -> float:
    chances = zip(trace.words[place], trace.candidate_probability[place], strict=True)
    return float(sum(chance for word, chance in chances if word in kind))
