"""One model's life on one screen: random, pretrained, with a new head, fine-tuned, and beside it a model that never read."""

from typing import NotRequired, TypedDict

from llmviz.parts.curve.payload import Level, Points


class Phase(TypedDict):
    """Pretraining, fine-tuning or training from scratch, and how far it is, from 0 to 1."""

    title: str
    about: str
    progress: float


class Words(TypedDict):
    """By step the likeliest words for a gap; what stands where a model has none yet, none any more, and never had any."""

    asked: str
    truth: str
    steps: list[int]
    candidates: list[list[tuple[str, float]]]
    empty: str
    gone: str
    never: str


class Predictions(TypedDict):
    """By step the shares of the labels; what stands where there are none yet, and where there is no head for them."""

    asked: str
    steps: list[int]
    labels: list[str]
    shares: list[list[float]]
    empty: str
    none: str


class Beginning(TypedDict):
    """What a model is at its step 0."""

    title: str
    about: str
    phase: str


class Station(TypedDict):
    """One of the five cards."""

    title: str
    about: str
    start: NotRequired[Beginning | None]


class Charted(Points):
    """One of the two charts: `stops` are the steps of which there are weights, `total` the length of its axis."""

    stops: list[int]
    total: int
    bounds: list[Level]
    about: str


class Right(Charted):
    """How often predictions are right, here and from scratch; `withheld` is what stands in place of the lines, if anything."""

    scratch: Points
    withheld: str


class Story(TypedDict):
    """`join` is the slider's place of step 0 of the second phase; `label` the true label, empty where there is none; `terms` are words of
    the glossary.
    """

    join: int
    phases: list[Phase]
    words: Words
    predictions: Predictions
    scratch: Predictions
    label: str
    cards: list[Station]
    loss: Charted
    accuracy: Right
    terms: dict[str, str]
