"""Which tensors a method of fine-tuning trains and which it freezes: by their names, and what is frozen also by their hashes."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import prod

from llmviz.core.questions.tensors import Inventory
from llmviz.views.words import counted

TRAINED, FROZEN, CHANGED, MOVED = "trained", "frozen", "frozen, LoRA", "not frozen"
TABLE = "embed_positions"  # RoFormer's sines and cosines, which no method trains
FULL, LAST_LAYER, LORA = "full", "last layer", "lora"
NAMES = {FULL: "Full fine-tuning", "head": "Fine-tuning on a frozen body", LAST_LAYER: "Fine-tuning of the last layer and the head"}


@dataclass(frozen=True)
class Factor:
    """One of LoRA's two factors of a matrix."""

    letter: str
    shape: tuple[int, ...]
    sha256: str


@dataclass(frozen=True)
class Role:
    """What training does to one tensor.

    Attributes:
        numbers: of the tensor.
        word: TRAINED; FROZEN, and then the hashes of first and last step agree; MOVED for one that should be frozen and whose hashes do
            not; or CHANGED for a matrix that stays as it is while LoRA adds the product of its factors.
        factors: LoRA's, of a changed matrix.
        exact: whether a changed matrix is that of the first step with the product of its factors added, to the last bit.
    """

    numbers: int
    word: str
    factors: tuple[Factor, ...] = ()
    exact: bool = False

    @property
    def beside(self) -> int:
        """How many numbers its factors have."""
        return sum(prod(factor.shape) for factor in self.factors)


def roles(first: Inventory, last: Inventory, method: str, place: Callable[[str], str], head: str) -> dict[str, Role]:
    """By name what a method does to every tensor, seen at two steps; `place` tells the part of the network, one of which is `head`."""
    began, factors, parts = dict(zip(first.names, first.hashes, strict=True)), _factors(last), [place(name) for name in first.names]
    layers = [part for part in parts if part.startswith("layer ")]
    moving = {FULL: {*parts}, LAST_LAYER: {head, *layers[-1:]}}.get(method, {head})

    def role(name: str, numbers: int, sha256: str) -> Role:
        if name in factors:
            return Role(numbers, CHANGED, factors[name], exact=name in last.exact)
        if place(name) in moving and TABLE not in name:
            return Role(numbers, TRAINED)
        return Role(numbers, FROZEN if began[name] == sha256 else MOVED)

    return {name: role(name, prod(shape), sha256) for name, shape, sha256 in zip(last.names, last.shapes, last.hashes, strict=True)}


def _factors(inventory: Inventory) -> dict[str, tuple[Factor, ...]]:
    """LoRA's factors by the matrix they change."""
    found: dict[str, tuple[Factor, ...]] = {}
    for (matrix, letter), shape, sha256 in zip(inventory.factors, inventory.factor_shapes, inventory.factor_hashes, strict=True):
        found[matrix] = (*found.get(matrix, ()), Factor(letter, shape, sha256))
    return found


def word(some: Sequence[Role]) -> str:
    """What is trained of a part of the network, in a word. A table that nothing trains makes no part half frozen."""
    words = {role.word for role in some}
    return next((each for each in (MOVED, CHANGED, TRAINED) if each in words), FROZEN)


def beside(some: Sequence[Role]) -> str:
    """Which of LoRA's factors stand beside the matrices of a part of the network; "" where none do."""
    changed = [role for role in some if role.factors]
    if not changed:
        return ""
    return f"A, B of rank {_rank(changed)} beside {_matrices(len(changed))}: {sum(role.beside for role in changed):,} numbers"


def said(method: str, found: Mapping[str, Role], steps: Sequence[int]) -> str:
    """How many numbers the method moves of how many, and what proves that the others stay, in sentences."""
    some, total = list(found.values()), sum(role.numbers for role in found.values())
    by_word = {word: [role for role in some if role.word == word] for word in (TRAINED, FROZEN, CHANGED, MOVED)}
    own, added = (sum(role.numbers for role in by_word[TRAINED]), sum(role.beside for role in some))
    if method == LORA:
        told = [
            f"LoRA moves {own + added:,} numbers beside the {total - own:,} it leaves: {added:,} in factors of rank "
            f"{_rank(by_word[CHANGED])}, {own:,} in the head."
        ]
    else:
        told = [f"{NAMES[method]} moves {own:,} of {total:,} numbers."]
    first, last = f"{steps[0]:,}", f"{steps[-1]:,}"
    if len(steps) > 1:
        told += [f"{who}: at step {last} the SHA-256 of step {first}." for who in _still(found)]
    if exact := sum(role.exact for role in by_word[CHANGED]):
        told.append(f"{_matrices(exact)}: at step {last} that of step {first} + 2·B·A, to the last bit.")
    if by_word[MOVED]:
        told.append(f"{counted(len(by_word[MOVED]), 'tensor')} should be frozen, and the SHA-256 is another.")
    return " ".join(told)


def _still(found: Mapping[str, Role]) -> list[str]:
    """Who does not move: what the method freezes, and a table that is fixed whatever the method."""
    still = {name: role.numbers for name, role in found.items() if role.word == FROZEN}
    table = sum(numbers for name, numbers in still.items() if TABLE in name)
    frozen = [numbers for name, numbers in still.items() if TABLE not in name]
    told = [f"{counted(len(frozen), 'tensor')} ({sum(frozen):,} numbers) {'is' if len(frozen) == 1 else 'are'} frozen"] if frozen else []
    return [*told, f"The table of positions ({table:,} numbers) is fixed"] if table else told


def _rank(changed: Sequence[Role]) -> int:
    return next((factor.shape[0] for role in changed for factor in role.factors if factor.letter == "A"), 0)


def _matrices(count: int) -> str:
    return counted(count, "matrix", "matrices")
