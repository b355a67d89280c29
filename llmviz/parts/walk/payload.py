"""A sentence's way through a model, box by box: the numbers of every box, and what each is made of."""

from typing import TypedDict


class Token(TypedDict):
    """A token as it is shown, and whether it stands for no text."""

    text: str
    special: bool


class Sequence(TypedDict):
    """Tokens that a model reads or writes, and their ids."""

    tokens: list[Token]
    ids: list[int]


class Stage(TypedDict):
    """A part of the model, such as a block: its name, and what it does in a sentence."""

    name: str
    says: str


class Box(TypedDict):
    """One operation and what comes out of it.

    `kind` is how its numbers come about, `reads` are the places of the boxes it reads, and `shape` is heads, rows, columns. A row belongs
    to a token of the sequence `rows`. A column is a number of a vector where `columns` is -1, a token of that sequence where it is 0 or
    more, and one of the `words` where it is -2. `values`, `weight` and `bias` are float32 in base64, empty where the stage of the box is
    not opened; what weight, bias and `constant` mean depends on the kind. `moved` is how far training has moved its weights since step 0,
    as a share of their length there, -1 where that is not known or there are none.
    """

    name: str
    kind: str
    stage: int
    reads: list[int]
    shape: list[int]
    rows: int
    columns: int
    says: str
    parameters: int
    multiplications: int
    tensors: list[str]
    moved: float
    values: str
    weight: str
    bias: str
    constant: float


class Walk(TypedDict):
    """The boxes of a model; those of the stage `opened` have their numbers. `at` is what is chosen: box, head, row, column.

    `words` are those of the vocabulary's `vocabulary` that the logits are shown of. `empty` is said where there is nothing to show.
    """

    model: str
    stages: list[Stage]
    opened: int
    boxes: list[Box]
    sequences: list[Sequence]
    words: list[str]
    vocabulary: int
    at: list[int]
    note: str
    empty: str
