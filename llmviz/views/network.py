"""A fine-tuned network beside the one it came from, layer by layer: copied, new, left behind; trained, frozen; how far each layer moves."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod, sqrt

from llmviz.core.questions.tensors import Inventory
from llmviz.parts.network import payload as parts
from llmviz.parts.network.payload import Layer, Network
from llmviz.views import frozen
from llmviz.views.frozen import Role

LAYER = re.compile(r"(?:encoder\.layer|layers|\bh)\.(\d+)\.")  # BERT and RoFormer, GPT-NeoX, GPT-2
STACK = re.compile(r"(encoder|decoder)\.block\.(\d+)\.")  # of a T5, which has two
ATTENTION = re.compile(
    r"\b(?:attention|attn|input_layernorm|ln_1)\b"
)  # with the norm that belongs to it; all else of a layer is feed-forward
EMBEDDINGS, NORM, HEAD = "embeddings", "last norm", "head"
COPIED, NEW, LEFT, EXTENDED = "copied", "new", "left behind", "extended"


@dataclass(frozen=True)
class Tensor:
    """One tensor of the pair: `theirs` and `ours` are its hashes in the parent's last snapshot and in the child's first, "" for none.

    `rows` is how many the child has behind those of the parent, as where its vocabulary has grown. That the first are the parent's to the
    last bit is not read off the hashes: no child is made where they are not (`models.transfer.report`).
    """

    name: str
    shape: tuple[int, ...]
    theirs: str
    ours: str
    rows: int = 0

    @property
    def fate(self) -> str:
        """What became of it. A tensor both have, with other bytes, counts as new: nothing of the parent's is in it."""
        if not self.ours:
            return LEFT
        if self.rows:
            return _extended(self.rows)
        return COPIED if self.ours == self.theirs else NEW


def place(name: str) -> str:
    """The part of the network a tensor belongs to."""
    if found := STACK.search(name):
        return f"{found[1]} layer {int(found[2]) + 1}"
    if found := LAYER.search(name):
        return f"layer {int(found[1]) + 1}"
    if re.search(r"embed|\bwte\b|\bwpe\b|\bshared\b", name):
        return EMBEDDINGS
    return NORM if re.search(r"final_layer_norm|ln_f", name) else HEAD


def sublayer(name: str) -> str:
    """The same, of a layer whether its attention or its feed-forward network."""
    found = place(name)
    return f"{found}, {'attention' if ATTENTION.search(name) else 'feed-forward'}" if LAYER.search(name) else found


def compared(parent: Inventory | None, child: Inventory) -> list[Tensor]:
    """Every tensor of the parent's last and the child's first snapshot, in the order of the networks."""
    theirs = dict(zip(parent.names, parent.hashes, strict=True)) if parent else {}
    ours = dict(zip(child.names, child.hashes, strict=True))
    before = dict(zip(parent.names, parent.shapes, strict=True)) if parent else {}
    shapes = before | dict(zip(child.names, child.shapes, strict=True))
    return [
        Tensor(name, shapes[name], theirs.get(name, ""), ours.get(name, ""), _rows(before.get(name, ()), shapes[name]))
        for name in dict.fromkeys([*ours, *theirs])
    ]


def _rows(before: tuple[int, ...], now: tuple[int, ...]) -> int:
    """How many rows a tensor has gained; 0 for one that has not, or differs in more than its rows."""
    return max(0, now[0] - before[0]) if before and now[1:] == before[1:] else 0


def _extended(rows: int) -> str:
    return f"{COPIED}, {rows} {'row' if rows == 1 else 'rows'} {NEW}"


def network(parent: Inventory | None, child: Mapping[int, Inventory], method: str = frozen.FULL) -> Network:
    """The payload of the picture: layers from the words up, each with its tensors and its movement at every step.

    `parent` is the last snapshot of the parent, None for a random start or one that is not on this machine; `child` are the snapshots of
    the run by step, the first among them, each compared with the first; `method` is that of the fine-tuning.
    """
    steps = sorted(child)
    first, last = child[steps[0]], child[steps[-1]]
    tensors = compared(parent, first)
    roles = frozen.roles(first, last, method, place, HEAD)
    layers = dict.fromkeys(place(tensor.name) for tensor in tensors if tensor.ours)
    return {
        "steps": steps,
        "parent": parent.kind if parent else "",
        "child": first.kind,
        "layers": [
            _layer(name, [tensor for tensor in tensors if tensor.ours and place(tensor.name) == name], child, steps, roles)
            for name in layers
        ],
        "left": _written([tensor for tensor in tensors if tensor.fate == LEFT], {}, last),
        "sums": sums(tensors),
        "moves": frozen.said(method, roles, steps),
    }


def sums(tensors: Sequence[Tensor]) -> dict[str, parts.Sum]:
    """How many tensors, and how many numbers in them, were copied, are new, were left behind; of extended ones, the new numbers."""
    return {
        fate: {"tensors": len(found), "numbers": sum(map(_own, found))}
        for fate in (COPIED, NEW, LEFT, EXTENDED)
        for found in [[tensor for tensor in tensors if (EXTENDED if tensor.rows else tensor.fate) == fate]]
    }


def _own(tensor: Tensor) -> int:
    """How many numbers a tensor has; of an extended one, in its new rows."""
    return tensor.rows * prod(tensor.shape[1:]) if tensor.rows else prod(tensor.shape)


def moved(inventory: Inventory, first: Inventory, names: Sequence[str]) -> float:
    """How far these tensors have moved together since the first step, as a share of their length then."""
    norms = dict(zip(first.names, first.norm.tolist(), strict=True))
    far = dict(zip(inventory.names, inventory.moved.tolist(), strict=True))
    length = sqrt(sum(norms[name] ** 2 for name in names))
    distance = sqrt(sum((far[name] * (norms[name] or 1.0)) ** 2 for name in names))
    return distance / length if length else distance


def _layer(name: str, tensors: Sequence[Tensor], child: Mapping[int, Inventory], steps: Sequence[int], roles: Mapping[str, Role]) -> Layer:
    names = [tensor.name for tensor in tensors]
    rows = sum(tensor.rows for tensor in tensors)
    copied = sum(tensor.fate == COPIED or tensor.rows > 0 for tensor in tensors)
    whole = _extended(rows) if rows else COPIED
    return {
        "name": name,
        "fate": whole if copied == len(tensors) else NEW if not copied else f"{copied} of {len(tensors)} {COPIED}",
        "numbers": sum(prod(tensor.shape) for tensor in tensors),
        "zero": not any(norm for name, norm in zip(child[steps[0]].names, child[steps[0]].norm.tolist(), strict=True) if name in names),
        "moved": [round(moved(child[step], child[steps[0]], names), 4) for step in steps],
        "tensors": _written(tensors, roles, child[steps[-1]]),
        "role": frozen.word([roles[name] for name in names]),
        "beside": frozen.beside([roles[name] for name in names]),
    }


def _written(tensors: Sequence[Tensor], roles: Mapping[str, Role], last: Inventory) -> list[parts.Tensor]:
    hashes = dict(zip(last.names, last.hashes, strict=True))
    return [
        {
            "name": tensor.name,
            "shape": list(tensor.shape),
            "theirs": tensor.theirs,
            "ours": tensor.ours,
            "last": hashes.get(tensor.name, ""),
            "fate": tensor.fate,
            "role": roles[tensor.name].word if tensor.name in roles else "",
            "factors": [
                {"letter": factor.letter, "shape": list(factor.shape), "last": factor.sha256}
                for factor in (roles[tensor.name].factors if tensor.name in roles else ())
            ],
        }
        for tensor in tensors
    ]
