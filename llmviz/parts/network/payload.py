"""The layers of a model: what each has from its parent, and how far it moves as it learns."""

from typing import TypedDict


class Tensor(TypedDict):
    """One tensor, and its SHA-256 in the parent and here in hexadecimal digits, empty for none."""

    name: str
    shape: list[int]
    theirs: str
    ours: str
    fate: str


class Layer(TypedDict):
    """Tensors of one layer; `moved` is by step, as a share of the layer's length, or of a layer that begins at `zero` as a length."""

    name: str
    fate: str
    numbers: int
    zero: bool
    moved: list[float]
    tensors: list[Tensor]


class Sum(TypedDict):
    """How many tensors, and of how many numbers."""

    tensors: int
    numbers: int


class Network(TypedDict):
    """`left` are tensors of the parent's that this model has no use for; `sums` are by fate."""

    steps: list[int]
    parent: str
    child: str
    layers: list[Layer]
    left: list[Tensor]
    sums: dict[str, Sum]
