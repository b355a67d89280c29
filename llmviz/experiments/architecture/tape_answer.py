"""The boxes of a forward pass, worked out one by one with the model's own weights: each operation once, in plain torch.

A tape knows no architecture; how a GPT, a BERT and a T5 put these operations together stands in `gpt_answer.py`, `bert_answer.py` and
`t5_answer.py`. Tests hold every box to what the model of transformers has at the same place.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from torch.nn.functional import layer_norm
from transformers.activations import ACT2FN

from llmviz.experiments.architecture.question import NUMBERS, WORDS

NONE = torch.empty(0)


@dataclass(frozen=True)
class Box:
    """One operation and what comes out of it; its place on the tape is its name for those that read it.

    `values` are (heads, rows, columns). `tensors` names the weights it uses, `parameters` counts them.
    """

    name: str
    kind: str
    stage: int
    reads: tuple[int, ...]
    rows: int
    columns: int
    values: torch.Tensor
    weight: torch.Tensor
    bias: torch.Tensor
    constant: float
    tensors: tuple[str, ...]
    parameters: int
    multiplications: int


@dataclass(frozen=True)
class Linear:
    """A matrix product out of a model: weight (outputs, inputs), bias (outputs) or none, and the tensors that these are or are cut from."""

    weight: torch.Tensor
    bias: torch.Tensor
    tensors: tuple[str, ...]

    def rows(self, rows: torch.Tensor | slice) -> "Linear":
        """Some of its outputs alone, as of a matrix that holds queries, keys and values."""
        return Linear(self.weight[rows], self.bias[rows] if len(self.bias) else self.bias, self.tensors)

    @property
    def parameters(self) -> int:
        """How many numbers it has."""
        return self.weight.numel() + self.bias.numel()


@dataclass
class Tape:
    """Boxes in the order in which they are worked out. Each method works out one, and gives its place.

    `streams` are the places of those that are what the stream holds, from the embeddings up to what the head reads; of a T5, in its writer.
    """

    weights: Mapping[str, torch.Tensor]  # the tensors of the model, by name
    tied: Mapping[str, str] = field(default_factory=dict)  # of names that are another's tensor, that other
    boxes: list[Box] = field(default_factory=list)
    stages: list[str] = field(default_factory=list)
    streams: list[int] = field(default_factory=list)

    def stage(self, name: str) -> None:
        """What follows belongs to this stage."""
        self.stages.append(name)

    def stream(self, place: int) -> int:
        """This box is what the stream holds from here on."""
        self.streams.append(place)
        return place

    def values(self, place: int) -> torch.Tensor:
        """What came out of a box: (heads, rows, columns)."""
        return self.boxes[place].values

    def flat(self, place: int) -> torch.Tensor:
        """The same with its heads end to end: (rows, heads · columns)."""
        return self.values(place).transpose(0, 1).flatten(1)

    def linear_of(self, name: str) -> Linear:
        """The matrix product of this module of the model."""
        named = [f"{name}.weight", f"{name}.bias"]
        there = tuple(self.tied.get(tensor, tensor) for tensor in named if tensor in self.weights)
        return Linear(self.weights[named[0]], self.weights.get(named[1], NONE), there)

    def lookup(self, name: str, table: str, ids: torch.Tensor, sequence: int, again: bool = False) -> int:
        """Rows of a table, one for each token; a table that is used `again` is not counted again."""
        weight = self.weights[table]
        parameters = 0 if again else weight.numel()
        return self._put(name, "lookup", (), sequence, weight[ids][None], tensors=(table,), parameters=parameters)

    def add(self, name: str, *reads: int) -> int:
        """The sum of some boxes."""
        return self._put(name, "add", reads, self.boxes[reads[0]].rows, torch.stack([self.values(place) for place in reads]).sum(0))

    def layer_norm(self, name: str, read: int, module: str, eps: float) -> int:
        """Each row shifted to mean 0 and stretched to deviation 1, then times a gain and plus a bias (Ba et al. 2016)."""
        own = self.linear_of(module)
        x = self.values(read)
        values = layer_norm(x, x.shape[-1:], own.weight, own.bias, eps)
        return self._put(
            name,
            "layer_norm",
            (read,),
            self.boxes[read].rows,
            values,
            weight=own.weight,
            bias=own.bias,
            constant=eps,
            tensors=own.tensors,
            parameters=own.parameters,
        )

    def rms_norm(self, name: str, read: int, module: str, eps: float) -> int:
        """Each row stretched so that its numbers have mean square 1, then times a gain (Zhang and Sennrich 2019)."""
        gain = self.weights[f"{module}.weight"]
        x = self.values(read)
        values = gain * (x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + eps))
        tensors = (f"{module}.weight",)
        return self._put(
            name, "rms_norm", (read,), self.boxes[read].rows, values, weight=gain, constant=eps, tensors=tensors, parameters=gain.numel()
        )

    def linear(self, name: str, read: int, own: Linear, heads: int = 1, parameters: int | None = None, columns: int = NUMBERS) -> int:
        """A matrix product; what comes out is cut into so many heads. `parameters` are those that are not another box's already."""
        x = self.flat(read)  # (rows, inputs)
        values = x @ own.weight.T + (own.bias if len(own.bias) else 0)  # (rows, outputs)
        return self._put(
            name,
            "linear",
            (read,),
            self.boxes[read].rows,
            values.unflatten(1, (heads, -1)).transpose(0, 1),
            columns=columns,
            weight=own.weight,
            bias=own.bias,
            tensors=own.tensors,
            parameters=own.parameters if parameters is None else parameters,
            multiplications=len(x) * own.weight.numel(),
        )

    def turn(self, name: str, read: int, cos: torch.Tensor, sin: torch.Tensor, neighbours: bool) -> int:
        """Rotary positions (Su et al. 2021): pairs of numbers turned by an angle that grows with the place.

        `cos` and `sin` are (rows, columns). A pair are two `neighbours`, or a number of the first half and that of the second.
        """
        x = self.values(read)
        if neighbours:
            partner = torch.stack([-x[..., 1::2], x[..., ::2]], -1).flatten(-2)
        else:
            first, second = x.chunk(2, -1)
            partner = torch.cat((-second, first), -1)
        weight = torch.stack((cos, sin))
        return self._put(name, "turn", (read,), self.boxes[read].rows, x * cos + partner * sin, weight=weight, constant=float(neighbours))

    def scores(self, name: str, query: int, key: int, scale: float, bias: torch.Tensor = NONE, table: str = "") -> int:
        """How well each query fits each key: q · k times a scale, plus a `bias` (heads, queries, keys) that may come out of a table.

        Where there are fewer heads of keys than of queries, neighbouring heads share one (Ainslie et al. 2023).
        """
        q = self.values(query)
        k = _shared(self.values(key), len(q))
        values = q @ k.transpose(1, 2) * scale + (bias if len(bias) else 0)
        return self._put(
            name,
            "scores",
            (query, key),
            self.boxes[query].rows,
            values,
            columns=self.boxes[key].rows,
            bias=bias,
            constant=scale,
            tensors=(table,) if table else (),
            parameters=self.weights[table].numel() if table else 0,
            multiplications=values.numel() * q.shape[-1],
        )

    def softmax(self, name: str, scores: int, causal: bool) -> int:
        """Shares that sum to 1 over the keys; a `causal` one gives keys that come later nothing."""
        x = self.values(scores)
        if causal:
            x = x.masked_fill(torch.ones(x.shape[1:], dtype=torch.bool).triu(1), -torch.inf)
        box = self.boxes[scores]
        return self._put(name, "softmax", (scores,), box.rows, x.softmax(-1), columns=box.columns, constant=float(causal))

    def mix(self, name: str, shares: int, value: int) -> int:
        """The values of all tokens, mixed by their shares."""
        weights = self.values(shares)
        v = _shared(self.values(value), len(weights))
        rows = self.boxes[shares].rows
        return self._put(name, "mix", (shares, value), rows, weights @ v, multiplications=weights.numel() * v.shape[-1])

    def activation(self, name: str, read: int, kind: str) -> int:
        """A function of each number by itself."""
        return self._put(name, kind, (read,), self.boxes[read].rows, ACT2FN[kind](self.values(read)))

    def multiply(self, name: str, one: int, other: int) -> int:
        """Two boxes, number by number."""
        return self._put(name, "multiply", (one, other), self.boxes[one].rows, self.values(one) * self.values(other))

    def scale(self, name: str, read: int, by: float) -> int:
        """All numbers times one."""
        return self._put(name, "scale", (read,), self.boxes[read].rows, self.values(read) * by, constant=by)

    def mean(self, name: str, read: int) -> int:
        """The mean over all tokens: one row."""
        return self._put(name, "mean", (read,), self.boxes[read].rows, self.values(read).mean(1, keepdim=True))

    def last(self, name: str, read: int) -> int:
        """The row of the last token alone."""
        return self._put(name, "last", (read,), self.boxes[read].rows, self.values(read)[:, -1:])

    def probabilities(self, name: str, logits: int) -> int:
        """Shares that sum to 1 over all that could be said."""
        x = self.values(logits)
        whole = x.logsumexp(-1)  # (1, rows)
        values = (x - whole[..., None]).exp()
        return self._put(name, "probabilities", (logits,), self.boxes[logits].rows, values, columns=WORDS, weight=whole[0])

    def _put(
        self,
        name: str,
        kind: str,
        reads: Sequence[int],
        rows: int,
        values: torch.Tensor,
        columns: int = NUMBERS,
        weight: torch.Tensor = NONE,
        bias: torch.Tensor = NONE,
        constant: float = 0.0,
        tensors: tuple[str, ...] = (),
        **counts: Any,
    ) -> int:
        counts = {"parameters": 0, "multiplications": 0} | counts
        box = Box(name, kind, len(self.stages) - 1, tuple(reads), rows, columns, values, weight, bias, constant, tensors, **counts)
        self.boxes.append(box)
        return len(self.boxes) - 1


def _shared(values: torch.Tensor, heads: int) -> torch.Tensor:
    """The values (heads or fewer, n, columns) of each of so many heads."""
    return values.repeat_interleave(heads // len(values), 0)
