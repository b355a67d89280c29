"""What can be switched off in a model: a head, the attention of a layer, its feed-forward part (Michel et al. 2019; Li et al. 2016)."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch

from llmviz.experiments.architecture.tape_answer import Box, Tape


@dataclass(frozen=True)
class Piece:
    """A name, and the weights, views of the model's own, that carry what it adds to the stream."""

    name: str
    carried_by: tuple[torch.Tensor, ...]

    @contextmanager
    def silenced(self) -> Iterator[None]:
        """It adds nothing to the stream for a while."""
        before = [weight.clone() for weight in self.carried_by]
        for weight in self.carried_by:
            weight.zero_()
        try:
            yield
        finally:
            for weight, values in zip(self.carried_by, before, strict=True):
                weight.copy_(values)


NOTHING = Piece("", ())


def pieces(tape: Tape) -> list[Piece]:
    """All that adds to the stream, in order, after nothing at all.

    A head reaches the stream through its columns of the output matrix; with those at zero it adds nothing. A whole layer's bias goes too.
    """
    found = [NOTHING]
    for box in tape.boxes:
        stage = tape.stages[box.stage].replace(": ", " ")
        if box.name.startswith("output"):
            found += _heads(tape, box, stage)
            found.append(Piece(f"{stage}, all {'attention' + box.name.removeprefix('output')}", _whole(box)))
        elif box.name == "narrower":
            found.append(Piece(f"{stage}, feed-forward", _whole(box)))
    return found


def _heads(tape: Tape, output: Box, stage: str) -> list[Piece]:
    heads, _, size = tape.values(output.reads[0]).shape
    what = output.name.removeprefix("output")
    return [Piece(f"{stage}, head {head + 1}{what}", (output.weight[:, head * size : (head + 1) * size],)) for head in range(heads)]


def _whole(box: Box) -> tuple[torch.Tensor, ...]:
    return (box.weight, box.bias) if len(box.bias) else (box.weight,)
