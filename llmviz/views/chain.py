"""The runs that a run is made from, one after the other, and how far each has come. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from llmviz.core import catalogue
from llmviz.core.history import History
from llmviz.core.spec import RunSpec
from llmviz.core.study import ancestors, seconds_left
from llmviz.views import words


@dataclass(frozen=True)
class Link:
    """A run of the chain, what it has said so far, whether it has ended, and whether that came with the program."""

    spec: RunSpec
    history: History
    ended: bool
    recorded: bool = False


def chain(spec: RunSpec) -> list[RunSpec]:
    """All runs that this one is made from, each once and after its own, and itself."""
    return list({each.id: each for each in (*ancestors(spec), spec)}.values())


def told(links: Sequence[Link]) -> str:
    """`Next token: recorded → Instructions: step 12 of 300 → …`, and how long it takes or took, as text without Markdown."""
    said = " → ".join(f"{catalogue.experiment(link.spec.stage).title}: {_stands(link)}" for link in links)
    trained = [link for link in links if not link.recorded]
    if not trained:
        return said
    if all(link.ended for link in links):
        return f"{said} · {words.duration(sum(link.history.seconds for link in trained))} of training in all"
    left = seconds_left([link.spec for link in trained], {link.spec.id: (link.history.step, link.history.seconds) for link in trained})
    return (
        f"{said} · about {words.duration(left)} left"
        if left is not None and any(not link.ended and link.history.step for link in links)
        else said
    )


def _stands(link: Link) -> str:
    if link.recorded:
        return "recorded"
    if link.ended:
        return f"done in {words.duration(link.history.seconds)}"
    if link.history.step:
        return f"step {link.history.step:,} of {link.spec.train.steps:,}"
    return "to come"
