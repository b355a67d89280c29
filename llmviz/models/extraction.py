"""How a model finds an answer in a passage: windows over a long one, logits of start and end, and the best span (BERT, sections 4.2, 4.3).

A window is read as [CLS] question [SEP] piece of the passage [SEP], the question as part 0 and the rest as part 1. That there is no answer
is start and end at [CLS].
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from transformers import PreTrainedModel

from llmviz.models import fast
from llmviz.text.special import CLS, PAD, SEP

AROUND = 3  # [CLS], and [SEP] after question and passage
LONGEST = 10  # tokens of an answer; Tinyland's have three at most

Span = tuple[int, int]  # places of the first token of the passage, and after the last


@dataclass(frozen=True)
class Window:
    """One input: its ids, how many belong to the question, and the places in the passage of the tokens that it shows."""

    ids: tuple[int, ...]
    question: int
    shows: range

    @property
    def first(self) -> int:
        """The place in the input of the first token of the passage."""
        return self.question + 2

    def place(self, token: int) -> int:
        """The place in the input of a token of the passage."""
        return self.first + token - self.shows.start


def windows(question: Sequence[int], passage: Sequence[int], context: int) -> list[Window]:
    """Windows over a passage that a model of this context reads, each half a window further, until the passage ends.

    Raises ValueError, in a sentence, where the question leaves no room for a passage.
    """
    room = context - AROUND - len(question)
    if room < 2 and room < len(passage):
        raise ValueError(f"this question has {len(question)} tokens; this model reads {context}, those of the passage counted")
    stride, starts = max(1, room // 2), [0]
    while starts[-1] + room < len(passage):
        starts.append(min(starts[-1] + stride, len(passage) - room))
    shown = [range(start, min(start + room, len(passage))) for start in starts]
    return [Window((CLS, *question, SEP, *passage[each.start : each.stop], SEP), len(question), each) for each in shown]


@dataclass(frozen=True, eq=False)
class Inputs:
    """Windows as tensors (window, n); `places` are True where an answer may begin and end: at [CLS], and in the passage."""

    input_ids: torch.Tensor
    attention_mask: torch.Tensor
    token_type_ids: torch.Tensor
    places: torch.Tensor

    @classmethod
    def of(cls, read: Sequence[Window], device: torch.device | str = "cpu") -> "Inputs":
        """These windows, filled up with [PAD]."""
        ids = torch.full((len(read), max(len(window.ids) for window in read)), PAD)
        parts, places = torch.zeros_like(ids), torch.zeros_like(ids, dtype=torch.bool)
        places[:, 0] = True
        for row, window in enumerate(read):
            ids[row, : len(window.ids)] = torch.tensor(window.ids)
            parts[row, window.first : len(window.ids)] = 1
            places[row, window.first : len(window.ids) - 1] = True
        return cls(*(tensor.to(device) for tensor in (ids, (ids != PAD).long(), parts, places)))


def logits(model: PreTrainedModel, inputs: Inputs) -> torch.Tensor:
    """Logits of start and end, (window, n, 2), −∞ where no answer may be."""
    states = fast.masked_states(model, inputs.input_ids, inputs.attention_mask, inputs.places, inputs.token_type_ids)
    head: torch.nn.Module = model.get_submodule("qa_outputs")
    found = states.new_full((*inputs.places.shape, 2), -torch.inf)
    found[inputs.places] = head(states)
    return found


def merged(found: torch.Tensor, read: Sequence[Window]) -> torch.Tensor:
    """One passage's logits out of those of its windows, (…, window, n, 2): (…, 1 + tokens of the passage, 2), [CLS] first.

    A token has those of the window that shows most on its shorter side, as in BERT; [CLS] those of the window surest of an answer.
    """
    whole = found.new_empty((*found.shape[:-3], 1 + read[-1].shows.stop, 2))
    surest = found[..., 0, :].sum(-1).argmin(-1)  # (…)
    whole[..., 0, :] = found[..., 0, :].gather(-2, surest[..., None, None].expand(*surest.shape, 1, 2)).squeeze(-2)
    for token in range(read[-1].shows.stop):
        index = max(range(len(read)), key=lambda each: _context(read[each], token))
        whole[..., 1 + token, :] = found[..., index, read[index].place(token), :]
    return whole


def _context(window: Window, token: int) -> float:
    """How much of the passage a window shows on the shorter side of a token; a little more in a longer window."""
    if token not in window.shows:
        return -1.0
    return min(token - window.shows.start, window.shows.stop - 1 - token) + 0.01 * len(window.shows)


def best(scores: torch.Tensor) -> Span | None:
    """The likeliest span by logits (1 + tokens, 2): the largest sum of start and end, at most LONGEST tokens; None where [CLS] has more."""
    starts, ends = scores[1:, 0], scores[1:, 1]
    sums = starts[:, None] + ends[None, :]  # (start, end)
    sums = sums.masked_fill(~torch.ones_like(sums, dtype=torch.bool).triu().tril(LONGEST - 1), -torch.inf)
    if not len(starts) or sums.max() <= scores[0].sum():
        return None
    start, end = divmod(int(sums.argmax()), len(ends))
    return start, end + 1
