"""The layers of a model: what each has from its parent, and how far it moves as it learns."""

from typing import TypedDict


class Factor(TypedDict):
    """One of the two matrices, A and B, whose product LoRA adds to a frozen one, and its SHA-256 at the last step."""

    letter: str
    shape: list[int]
    last: str


class Tensor(TypedDict):
    """One tensor, and its SHA-256 in the parent, here at the first step and at the last, in hexadecimal digits, empty for none; what became
    of it when the model was made, and what training does to it.
    """

    name: str
    shape: list[int]
    theirs: str
    ours: str
    last: str
    fate: str
    role: str
    factors: list[Factor]


class Layer(TypedDict):
    """Tensors of one layer; `moved` is by step, as a share of the layer's length, or of a layer that begins at `zero` as a length. `beside`
    says which of LoRA's factors stand beside its matrices, "" where none do.
    """

    name: str
    fate: str
    numbers: int
    zero: bool
    moved: list[float]
    tensors: list[Tensor]
    role: str
    beside: str


class Sum(TypedDict):
    """How many tensors, and of how many numbers."""

    tensors: int
    numbers: int


class Network(TypedDict):
    """`left` are tensors of the parent's that this model has no use for; `sums` are by fate; `moves` says what training moves."""

    steps: list[int]
    parent: str
    child: str
    layers: list[Layer]
    left: list[Tensor]
    sums: dict[str, Sum]
    moves: str
