"""What fine-tuning leaves of pretraining: the run's figures as those of its pretraining, the page's claim and its question. Pure."""

from collections.abc import Mapping
from dataclasses import replace

from llmviz.core import forgetting
from llmviz.core.history import Curve, History
from llmviz.core.spec import RunSpec
from llmviz.views import words
from llmviz.views.reveal import Quiz, Reveal

FACTS, LOSS = "facts", "loss"
SHARES = (0.2, 0.8)  # that divide the answers to choose from
MUCH = (0.3, 2.0)  # nats of loss: lesson E4 calls less than the first little
NO_PRETRAINING = "A random start has nothing to forget"


def pretraining(history: History, references: Mapping[str, float]) -> History:
    """What a fine-tuned run has said of its pretraining, as if that went on: its figures by their own names, between its own lines."""
    scores = {name.removeprefix(forgetting.PREFIX): curve for name, curve in history.scores.items() if name.startswith(forgetting.PREFIX)}
    begin = replace(history.begin, references=dict(references)) if history.begin else None
    return replace(history, begin=begin, batches=Curve(), scores=scores)


def claim(spec: RunSpec, history: History) -> str:
    """The title of the page: what was left at the end; a question before it is known. `history` is that of `pretraining`."""
    if spec.parent is None:
        return NO_PRETRAINING
    told = _told(history)
    if told is None:
        return "What does fine-tuning leave of pretraining?"
    name, before, after = told
    labels = words.counted(spec.objective.labels, "label")
    if name == FACTS:
        return f"It knew {before:.0%} of the capitals; {labels} later, {after:.0%}"
    return f"Its pretraining loss was {before:.2f} nats; {labels} later, {after:.2f}"


def quiz(spec: RunSpec) -> Quiz:
    """The question of the page, for a text with facts or without."""
    labels = words.counted(spec.objective.labels, "label")
    if spec.text.name == "tinyland":
        low, high = (f"{share:.0%}" for share in SHARES)
        return Quiz(f"what share of the capitals will {labels} leave?", (f"up to {low}", f"{low} to {high}", f"above {high}"))
    low, high = (f"{nats:g}" for nats in MUCH)
    return Quiz(f"by how many nats will {labels} raise its old loss?", (f"up to {low}", f"{low} to {high}", f"above {high}"))


def outcome(history: History) -> Reveal | None:
    """What was left at the end; None where it was not measured."""
    told = _told(history)
    if told is None:
        return None
    name, before, after = told
    loss = history.scores[LOSS].values
    story = f"Its loss on held-out words rose from {loss[0]:.2f} to {loss[-1]:.2f} nats"
    if name == FACTS:
        return Reveal(sum(after > share for share in SHARES), f"{after:.0%} of {before:.0%}. {story}.")
    return Reveal(sum(after - before > nats for nats in MUCH), f"{story}.")


def _told(history: History) -> tuple[str, float, float] | None:
    """The figure by which a sentence tells it, before and after; None until the run has ended, or where nothing was measured."""
    if history.end is None or not history.scores.get(LOSS, Curve()).values:
        return None
    name = FACTS if FACTS in history.scores else LOSS
    values = history.scores[name].values
    return name, values[0], values[-1]
