"""One training step, opened: what the model guesses before it, loss, gradient, update, and what it guesses after it."""

from typing import NotRequired, TypedDict


class Target(TypedDict):
    """A token that is asked for: what is right, why it is asked for, its loss and its likeliest tokens before and after the step, and its
    probability at each step of the trail.
    """

    place: int
    truth: str
    fate: str
    nats: list[float]
    likeliest: list[list[tuple[str, float]]]
    trail: list[float]


class Text(TypedDict):
    """One text of the batch as the model reads it, and its loss before and after the step."""

    tokens: list[str]
    nats: list[float]
    targets: list[Target]


class Layer(TypedDict):
    """One layer: the length of its gradient, how far it moves as a share of its length, and by which optimizers."""

    name: str
    gradient: float
    moved: float
    movers: list[str]


class OneStep(TypedDict):
    """`next` is the step that is open, `batch` that whose batch the texts are from; `count` how many there are in it; `loss` that of the
    batch before and after; `whole` the length of the whole gradient, `clip` that it may have, `cut` the share that is left; the last two of
    the trail are before and after the open step.
    """

    phase: str
    next: int
    batch: int
    first: str
    lead: str
    count: int
    loss: list[float]
    layers: list[Layer]
    whole: float
    clip: float
    cut: float
    movers: list[tuple[str, float]]
    trail: list[int]
    texts: list[Text]
    group: NotRequired[str]
