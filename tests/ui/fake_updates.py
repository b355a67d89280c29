"""What a run that trains nothing says, and how several went: plausible numbers, the same each time."""

import math
from collections.abc import Sequence
from dataclasses import replace
from functools import cache

import numpy as np

from llmviz.core import catalogue, forgetting
from llmviz.core.experiment import Experiment
from llmviz.core.feedback import LeashSpec, PreferenceSpec
from llmviz.core.history import History, fold
from llmviz.core.learning_curve import LearningCurve, learning_curve
from llmviz.core.recorded import MORE_SEEDS
from llmviz.core.settings import TextSpec
from llmviz.core.spec import RunSpec, preset
from llmviz.core.update import Begin, Done, Failed, Score, Snapshot, Step, Stopped, Update
from llmviz.runs.engine import State
from tests.ui import fake_replies

TOLD = ("mlm", "clm", "nsp", "span", "sentiment", "own")  # with figures of their own here; those of others follow from their metrics


@cache
def learning_curves(vocabulary: int) -> Sequence[LearningCurve]:
    """Those of five seeds for each stage that is asked for grammar, meaning and facts."""
    specs = (replace(preset(stage), seed=seed) for stage in ("mlm", "clm", "span") for seed in MORE_SEEDS)
    return [learning_curve(spec, history(spec, spec.train.steps, State.DONE, vocabulary)) for spec in specs]


def classified() -> list[LearningCurve]:
    """Those of five seeds on film reviews with and without pretraining: right on two points fewer of the validation examples."""
    recipe = preset("sentiment", TextSpec("reviews"))
    both = ((replace(recipe, inputs={}), 0.50), (recipe, 0.52))
    seeds = [(replace(spec, seed=seed), least + 0.01 * seed) for spec, least in both for seed in range(1, 6)]
    return [
        LearningCurve(spec, (0, spec.train.steps), (0, 9), {"accuracy": (0.5, share - 0.02)}, metrics={"accuracy": share})
        for spec, share in seeds
    ]


FOLDED: dict[tuple[str, int, State, int], History] = {}  # of all that is recorded a page asks for the history, each time it is drawn


def history(spec: RunSpec, step: int, state: State, vocabulary: int) -> History:
    """What a run has said up to this step, all of it together."""
    key = (spec.id, step, state, vocabulary)
    if key not in FOLDED:
        FOLDED[key] = fold(updates(spec, step, state, vocabulary))
    return FOLDED[key]


def updates(spec: RunSpec, step: int, state: State, vocabulary: int) -> list[Update]:
    total = spec.train.steps
    bounds = {"floor": 0.86} if spec.text.name == "tinyland" else {"unigram": 4.6, "trigram": 3.7}
    labelled, known = spec.stage in ("sentiment", "own"), spec.stage in TOLD
    if spec.stage == "nsp":
        bounds = {"floor": 0.86, "word_floor": 0.7, "nsp_ceiling": 0.94, "nsp_order": 0.83}
    references = {"accuracy_ceiling": 0.74, **bounds}
    if labelled:
        references = {"random_guess": math.log(2), "chance": 0.51, "accuracy_ceiling": 1.0}
    elif not known:
        references = _lines(catalogue.experiment(spec.stage))
    said: list[Update] = [Begin(0, total, 116_000, vocabulary, {"random_guess": math.log(vocabulary), **references})]
    noise = np.random.default_rng(spec.seed).normal(size=total + 1) * 0.12
    keep = sorted({round(total * (place / 31) ** 2) for place in range(32)})
    for now in range(step + 1):
        if now:
            said.append(Step(now, max(0.05, _loss(now / total, vocabulary) + float(noise[now])), 700, now * 0.018))
        if now in keep:
            share = now / total
            said += [Score(now, _metrics(spec, share, vocabulary)), Snapshot(now)]
    if state in (State.DONE, State.RECORDED):
        tested = {**references, "chance": 0.54} if labelled else references  # test examples are others than validation examples
        said.append(Done(total, {**_metrics(spec, 1.0, vocabulary), **tested}, total * 0.018))
    if state is State.STOPPED:
        said.append(Stopped(step, "stopped by its owner"))
    if state is State.FAILED:
        said.append(Failed(step, "the disk is full"))
    return said


def _lines(experiment: Experiment) -> dict[str, float]:
    """Lines for the figures of an experiment of which nothing is told here: of shares the best is 1, of losses 0.1."""
    shares = {metric.name: metric.unit == "%" for metric in experiment.metrics}
    best = {metric.bound: float(shares[metric.name]) or 0.1 for metric in experiment.metrics if metric.bound}
    return {"random_guess": 2.0, **best, **{metric.baseline: 0.5 for metric in experiment.metrics if metric.baseline}}


def _metrics(spec: RunSpec, share: float, vocabulary: int) -> dict[str, float]:
    """Its own figures, and those of the pretraining it starts from: at first as at the end of that, then as if it went backwards."""
    left = 1.0 if getattr(spec.objective, "replay", 0.0) else 1.0 - 0.9 * share
    return _own(spec, share, vocabulary) | (forgetting.named(_metrics(spec.parent, left, vocabulary)) if spec.parent else {})


def _own(spec: RunSpec, share: float, vocabulary: int) -> dict[str, float]:
    if spec.stage in ("sentiment", "own"):
        return {"loss": 0.7 - 0.5 * share, "accuracy": 0.5 + (0.45 if spec.parent else 0.08) * _rise(share, 0.4)}
    if isinstance(spec.objective, LeashSpec | PreferenceSpec):
        return fake_replies.figures(spec, share, catalogue.experiment(spec.stage).metrics)
    if spec.stage not in TOLD:
        rise = (0.95 if spec.parent else 0.6) * _rise(share, 0.4)
        return {each.name: rise if each.unit == "%" else 2.0 - 1.9 * rise for each in catalogue.experiment(spec.stage).metrics}
    known = {"facts": _rise(share, 0.62), "sounds": _rise(share, 0.4), "reversed": _rise(share, 0.8)}
    told = {"grammar": 0.5 + 0.48 * _rise(share, 0.3), "meaning": 0.5 + 0.47 * _rise(share, 0.5), "frames": 0.4}
    if spec.stage == "nsp":
        asked = spec.objective.next_sentence
        words = _loss(share, vocabulary) + (0.3 if asked else 0.0)
        pairs = {"pair_loss": 0.3, "nsp_accuracy": 0.5 + (0.4 if asked else 0.0) * _rise(share, 0.4)}
        return {"loss": words, "word_loss": words, **pairs, **known, **told}
    if spec.stage == "span":
        return {"loss": _loss(share, vocabulary), "exact_span": 0.7 * _rise(share, 0.3), **known, **told}
    return {"loss": _loss(share, vocabulary), "accuracy": 0.72 * _rise(share, 0.2), **known, **told}


def _loss(share: float, vocabulary: int) -> float:
    return 0.9 + (math.log(vocabulary) - 0.9) * (0.55 * math.exp(-28 * share) + 0.45 * math.exp(-6.5 * share))


def _rise(share: float, middle: float) -> float:
    return 0.0 if share == 0 else 1 / (1 + math.exp(-18 * (share - middle)))
