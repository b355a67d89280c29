"""The attention of all heads at all steps, and what each head looks at most."""

from typing import NotRequired, TypedDict


class Token(TypedDict):
    """A token as it is shown, and whether it stands for no text."""

    text: str
    joined: NotRequired[bool]
    special: bool


class Target(TypedDict):
    """What a head may look at, such as the previous token; `chance` is the share that would fall on it by chance."""

    name: str
    short: str
    chance: float


class Named(TypedDict):
    """At a step for each head the place of its target, the share of its attention on it, and whether it is named for it."""

    step: int
    heads: list[tuple[int, float, bool]]


class Weights(TypedDict):
    """`weights` are bytes in base64: step, layer, head, query, key. Of a deep model some layers are here, after the `first` ones."""

    layers: int
    heads: int
    first: int
    causal: bool
    steps: list[int]
    tokens: list[Token]
    weights: str
    note: str


class Names(TypedDict):
    """What heads may be named for, and by step what they are."""

    targets: list[Target]
    named: list[Named]


class Maps(Weights, Names):
    """`empty` is said where nothing has been answered."""

    empty: str


class Attention(Maps):
    """`layer` and `head` are those chosen; `withheld` is said where a step has no names, if anything."""

    title: str
    compact: bool
    layer: int
    head: int
    withheld: str
