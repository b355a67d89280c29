"""The life of one model as the payload of one picture: random, pretrained, with a new head, fine-tuned; beside it one that never read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from llmviz.core import catalogue
from llmviz.core.glossary import GLOSSARY
from llmviz.core.history import Curve, History
from llmviz.core.questions.classification import Classification
from llmviz.core.questions.cloze import Trace
from llmviz.core.spec import RunSpec, starting_from
from llmviz.core.update import Done
from llmviz.parts.curve.payload import Level, Points
from llmviz.parts.story.payload import Beginning, Charted, Predictions, Right, Story, Words
from llmviz.views import words
from llmviz.views.about import lines
from llmviz.views.curve import thin
from llmviz.views.reveal import Quiz
from llmviz.views.terms import meanings

ASKED_WORD, ASKED_VERDICT = "which word is hidden?", "positive or negative?"
HELD_OUT = f"Held-out: {GLOSSARY['held-out'][:1].lower()}{GLOSSARY['held-out'][1:]}"
HELD_OUT_LOSS = f"{GLOSSARY['loss']} In nats. {HELD_OUT}"
RANDOM = "Weights as they were drawn"
NEW_HEAD = "Pretrained body, new head: the head has learnt nothing yet"
NO_HEAD = "It has no head for sentiment yet."
LEFT_BEHIND = "Its head for words was left behind with phase 1."
NEVER = "It never learnt to guess words."
NOTHING_HIDDEN = "Click a word above to hide it."
NO_SENTENCE, NO_WORD = "There is no sentence to read.", "It knows no word of this sentence."
REFUSED = "No answer; the line above says why."
AWAITED = "on its way"


@dataclass(frozen=True)
class Part:
    """One of the three runs: what it trains, all it has said, where it stands in a few words, and why there is nothing to show."""

    spec: RunSpec
    history: History
    stands: str = ""
    empty: str = ""

    @property
    def progress(self) -> float:
        """The share of its steps that it has learnt."""
        total = self.history.begin.steps if self.history.begin else self.spec.train.steps
        return min(1.0, self.history.step / total)


@dataclass(frozen=True)
class Says:
    """What the snapshots of the three runs make of the sentence, by step, the place of its hidden word, and its true label if known.

    `why` says of "traces", "predictions" and "scratch" why no answer is to be expected.
    """

    traces: Mapping[int, Trace] = field(default_factory=dict)
    predictions: Mapping[int, Classification] = field(default_factory=dict)
    scratch: Mapping[int, Classification] = field(default_factory=dict)
    hidden: int | None = None
    truth: str = ""
    label: str = ""
    why: Mapping[str, str] = field(default_factory=dict)


def specs(pretrained: RunSpec, labels: int) -> tuple[RunSpec, RunSpec]:
    """Fine-tuning on so many labels after this pretraining, and without it; 0: as many as the text takes by default.

    Raises ValueError for a text that has no labels.
    """
    usual = catalogue.experiment("sentiment").objective_defaults(pretrained.text.name)
    objective = replace(usual, labels=labels) if labels else usual
    common: dict[str, Any] = {"text": pretrained.text, "objective": objective, "seed": pretrained.seed}
    return RunSpec("sentiment", starting_from(pretrained), **common), RunSpec("sentiment", model=pretrained.model, **common)


def story(first: Part, second: Part, third: Part, says: Says, withheld: str = "") -> Story:
    """What the component draws. The slider counts the steps since the random start; those of the second phase from `join` on.

    What is `withheld`, if anything, stands in place of how often the predictions are right.
    """
    total = first.history.begin.steps if first.history.begin else first.spec.train.steps
    begun: Beginning | None = None if first.spec.start else {"title": "Random", "about": RANDOM, "phase": "random"}
    return {
        "join": total + 1,
        "phases": [
            {"title": "Phase 1 · pretraining", "about": _first(first), "progress": first.progress},
            {"title": "Phase 2 · fine-tuning", "about": _second(second), "progress": second.progress},
            {"title": "Without phase 1", "about": third.stands or "random start", "progress": third.progress},
        ],
        "cards": [
            {"title": "Random", "about": RANDOM} if begun else {"title": "Pretrained before", "about": "As the run it goes on from ended"},
            {"title": "Pretrained", "about": "After reading; nobody labelled anything", "start": begun},
            {"title": "New head", "about": NEW_HEAD},
            {
                "title": "Fine-tuned",
                "about": "After the labelled opinions",
                "start": {"title": "New head", "about": NEW_HEAD, "phase": "pretrained"},
            },
            {"title": "From scratch", "about": "Random weights, the same labels and steps"},
        ],
        "words": _words(first, says),
        "predictions": _predictions(second, says.predictions, says.why.get("predictions", AWAITED)),
        "scratch": _predictions(third, says.scratch, says.why.get("scratch", AWAITED)),
        "label": says.label,
        "loss": _loss(first, total),
        "accuracy": _accuracy(second, third, withheld),
        "terms": meanings(("head",)),
    }


def _first(part: Part) -> str:
    if part.stands:
        return part.stands
    read = f"reads {amount(part.history.tokens)} tokens, no labels"
    return f"{read} · {words.duration(part.history.seconds)}" if isinstance(part.history.end, Done) else read


def _second(part: Part) -> str:
    if part.stands:
        return part.stands
    learnt = f"learns from {part.spec.objective.labels:,} labelled opinions"
    return f"{learnt} · {words.duration(part.history.seconds)}" if isinstance(part.history.end, Done) else learnt


def amount(count: int) -> str:
    """A large count as one says it: `1.2 million`, `38,000`."""
    return f"{count / 1e6:.1f} million" if count >= 950_000 else f"{round(count, -3):,}" if count >= 10_000 else f"{count:,}"


def _words(part: Part, says: Says) -> Words:
    steps = sorted(says.traces) if says.hidden is not None else []
    place = says.hidden or 0
    return {
        "asked": ASKED_WORD,
        "truth": says.truth,
        "steps": steps,
        "candidates": [_pairs(says.traces[step].words[place], says.traces[step].candidate_probability[place].tolist()) for step in steps],
        "empty": part.empty or says.why.get("traces") or (AWAITED if says.hidden is not None else NOTHING_HIDDEN),
        "gone": LEFT_BEHIND,
        "never": NEVER,
    }


def _pairs(names: Sequence[str], chances: Sequence[float]) -> list[tuple[str, float]]:
    return [(name, round(chance, 4)) for name, chance in zip(names, chances, strict=True)]


def _predictions(part: Part, found: Mapping[int, Classification], empty: str) -> Predictions:
    steps = sorted(found)
    return {
        "asked": ASKED_VERDICT,
        "steps": steps,
        "labels": list(found[steps[0]].labels) if steps else [],
        "shares": [[round(float(share), 4) for share in found[step].probability] for step in steps],
        "empty": part.empty or empty,
        "none": NO_HEAD,
    }


def _loss(part: Part, total: int) -> Charted:
    references = part.history.begin.references if part.history.begin else {}
    known = lines(catalogue.experiment(part.spec.stage))
    bounds: list[Level] = [
        {"name": known[name][0], "about": known[name][1], "value": round(references[name], 4)}
        for name in ("random_guess", "floor")
        if name in references
    ]
    return {
        "stops": list(part.history.snapshots),
        "total": total,
        "bounds": bounds,
        "about": HELD_OUT_LOSS,
        **_points(part.history.scores.get("loss", Curve())),
    }


def _accuracy(part: Part, other: Part, withheld: str) -> Right:
    references = part.history.begin.references if part.history.begin else {}
    named = (("accuracy_ceiling", "best possible", "ceiling"), ("chance", "chance", "chance"))
    ours, theirs = (Curve() if withheld else each.history.scores.get("accuracy", Curve()) for each in (part, other))
    return {
        "stops": list(part.history.snapshots),
        "total": part.spec.train.steps,
        "bounds": [
            {"name": name, "about": GLOSSARY[term], "value": round(references[key], 4)} for key, name, term in named if key in references
        ],
        "about": "Share of held-out opinions on which the prediction is right. " + HELD_OUT,
        "withheld": withheld,
        "scratch": _points(theirs),
        **_points(ours),
    }


def _points(curve: Curve) -> Points:
    return {"steps": thin(curve.steps), "values": [round(value, 4) for value in thin(curve.values)]}


ALONE = Quiz("what do the same labels teach a model that never read?", ("as much", "somewhat less", "next to nothing"))
CLOSE, FAR = 0.05, 0.25  # within so many points of the other; less than so much of the way from chance to the other


def reveal(second: History, third: History) -> tuple[int, str] | None:
    """The right choice, by its place, and the sentence that tells what was measured; None before both runs are done."""
    if not (isinstance(second.end, Done) and isinstance(third.end, Done)):
        return None
    with_, without = second.end.metrics["accuracy"], third.end.metrics["accuracy"]
    chance = second.end.metrics.get("chance", 0.5)  # on the test examples, as the two shares beside it
    near = with_ - without <= CLOSE
    nothing = without - chance < FAR * (with_ - chance)
    said = f"On opinions neither has seen, it is right in {without:.0%}, the pretrained one in {with_:.0%}; chance is {chance:.0%}."
    return 0 if near else 2 if nothing else 1, said.replace("%", " %")
