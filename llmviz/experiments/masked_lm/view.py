"""What *Masked tokens* asks a visitor before its slider moves, and the answer that the run itself gives."""

from collections.abc import Collection, Sequence

from llmviz.core.history import History
from llmviz.core.questions.cloze import Trace
from llmviz.views.reveal import Quiz, Reveal

KNOWS = 0.5  # probability from which a kind of word counts as known
EARLY = 0.05  # share of the steps after which a model has read a little: before it, its guesses are those of chance
FIRST = Quiz("which will it know first?", ("that a city is missing", "which city", "both at once"))
LINES = Quiz("how far down will the loss come?", ("above unigram", "below unigram", "below trigram"))


def kind_or_word(traces: Sequence[Trace], place: int, truth: str, kind: Collection[str], recorded: bool = False) -> Reveal | None:
    """When a model knew that a word of this kind is missing, and when which one; None where it never came to know either.

    The kind is known at the first snapshot that gives all its words together more than half; the word, at the first from which on it
    stays the likeliest. What a snapshot shows first happened at some step after the snapshot before it: where both happened between the
    same two, which came first cannot be told. `recorded` says whether training live would keep more.
    """
    ordered = sorted(traces, key=lambda trace: trace.step)
    of_kind = next((trace.step for trace in ordered if _together(trace, place, kind) > KNOWS), None)
    wrong = [trace.step for trace in ordered if trace.words[place][0] != truth]
    exact = next((trace.step for trace in ordered if not wrong or trace.step > wrong[-1]), None)
    if of_kind is None and exact is None:
        return None
    if of_kind is None:
        return Reveal(1, f"{truth} led for good by step {exact:,}; the cities together never held more than half of the probability.")
    sure = f"By step {of_kind:,} the cities together held more than half of the probability: it knew that one is missing."
    if exact is None:
        return Reveal(0, f"{sure} It never knew for good which one.")
    if of_kind < exact:
        return Reveal(0, f"{sure} {truth} led for good only by step {exact:,}.")
    if of_kind > exact:
        story = f"{truth} led for good by step {exact:,}; the cities together held more than half of the probability by step {of_kind:,}."
        return Reveal(1, story)
    before = max((trace.step for trace in ordered if trace.step < exact), default=0)
    if exact - before <= 1:  # at the start, or at the very next step: nothing lies between
        return Reveal(2, f"By step {exact:,} {truth} led for good, and the cities together held more than half of the probability.")
    return Reveal(None, _between(before, exact, recorded))


def _between(before: int, after: int, recorded: bool) -> str:
    whose, more = ("this recording", " Train live to see more of them.") if recorded else ("this run", "")
    return (
        f"Between step {before:,} and step {after:,} {whose} keeps no weights, and both happened there: which came first cannot be told "
        f"from it.{more}"
    )


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


def first_guess(traces: Sequence[Trace], place: int) -> tuple[Quiz, Reveal] | None:
    """What a model put in the gap when it had read only a little, to choose among words it favours at the end; None for too short a run."""
    ordered = sorted(traces, key=lambda trace: trace.step)
    early = next((trace for trace in ordered if trace.step and trace.step >= EARLY * ordered[-1].step), None)
    if early is None or early is ordered[-1]:
        return None
    first, last = early.words[place][0], ordered[-1].words[place]
    choices = sorted([first, *[word for word in last if word != first][:2]])
    chances = (float(trace.candidate_probability[place][0]) for trace in (early, ordered[-1]))
    said = [f"“{word}” ({chance:.0%})" for word, chance in zip((first, last[0]), chances, strict=True)]
    story = f"At step {early.step:,} its first guess was {said[0]}, at step {ordered[-1].step:,} {said[1]}."
    return Quiz(f"what was its first guess for the gap at step {early.step:,}?", tuple(choices)), Reveal(choices.index(first), story)


def _together(trace: Trace, place: int, kind: Collection[str]) -> float:
    chances = zip(trace.words[place], trace.candidate_probability[place], strict=True)
    return float(sum(chance for word, chance in chances if word in kind))
