"""One beginning continued by every snapshot of a causal language model, and what each token might have been instead."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import torch

from llmviz.core.questions.generation import COUNTED, ENDED, FULL, Generate, Generation, IntArray
from llmviz.inspect import sampling, snapshots
from llmviz.inspect.reading import Reader, reader, together
from llmviz.inspect.sampling import NEVER, possible
from llmviz.inspect.writing import Vocabulary, vocabulary_of
from llmviz.text.special import CLS, SEP
from llmviz.text.tokenizers import pieces


def answer(folders: Mapping[int, Path], question: Generate) -> list[Generation]:
    """What each snapshot writes, given as step -> folder, in the order of the steps.

    Raises ValueError, in a sentence, for a beginning that leaves no room, or chosen tokens that cannot stand there.
    """
    if not folders:
        return []
    first = folders[min(folders)]
    tokenizer = snapshots.tokenizer(first)
    vocabulary = vocabulary_of(tokenizer)
    beginning = [CLS, *(piece.id for piece in pieces(tokenizer, question.text))]
    room = room_after(beginning, snapshots.context(first))
    _check(question, room, vocabulary)
    found = []
    for steps, some in together(folders):
        written = _write(reader(some), beginning, question, min(question.tokens, room), len(some))
        found += [_generation(step, written, place, question, room, vocabulary, len(beginning)) for place, step in enumerate(steps)]
    return found


def room_after(beginning: Sequence[int], context: int) -> int:
    """How many tokens a model that reads `context` can write after this beginning, [CLS] counted. Raises ValueError where it is none."""
    if len(beginning) > context:
        raise ValueError(f"this beginning has {len(beginning) - 1} tokens; this model reads {context - 1}")
    return context - len(beginning) + 1  # the last token written need not be read


def _check(question: Generate, room: int, vocabulary: Vocabulary) -> None:
    if question.tokens < 1:
        raise ValueError("at least one token is to be written")
    if len(question.chosen) > min(room, question.tokens):
        raise ValueError(f"{len(question.chosen)} tokens were chosen; there is room for {min(room, question.tokens)}")
    for place, id in enumerate(question.chosen):
        if not 0 <= id < len(vocabulary) or id in NEVER:
            raise ValueError(f"a chosen token has the number {id}, which is none of this model's vocabulary")
        if id == SEP and place + 1 < len(question.chosen):
            raise ValueError("tokens were chosen to stand after the end of the text")


class _Written:
    """What a group of snapshots writes in step with one another: for each place, tensors with one row a snapshot."""

    def __init__(self) -> None:
        self.ids: list[torch.Tensor] = []  # (snapshot)
        self.candidates: list[torch.Tensor] = []  # (snapshot, top + 1)
        self.chances: list[torch.Tensor] = []  # (snapshot, filter, top + 1)
        self.starts: list[torch.Tensor] = []  # (snapshot, top + 1)
        self.left: list[torch.Tensor] = []  # (snapshot)
        self.draws: list[float] = []


@torch.inference_mode()
def _write(reads: Reader, beginning: Sequence[int], question: Generate, most: int, count: int) -> _Written:
    """Let `count` snapshots write at most `most` tokens."""
    written, draws = _Written(), sampling.draws(question.seed, most)
    known = [*beginning, *question.chosen][: len(beginning) + most - 1]  # the last token written need not be read
    read = reads.read(torch.tensor([[known]]).expand(count, 1, -1))[:, 0]  # (snapshot, n, vocabulary)
    ahead = list(read[:, len(beginning) - 1 :].unbind(1))  # for each place the logits (snapshot, vocabulary)
    before = torch.tensor([list(beginning)]).expand(count, -1)  # (snapshot, n): what has been read or written so far
    ended = torch.zeros(count, dtype=torch.bool)
    for place, draw in enumerate(draws):
        chosen = question.chosen[place] if place < len(question.chosen) else None
        ids = _one(written, possible(ahead[place]), before, question, chosen, draw)
        ended |= ids == SEP
        if ended.all() or place + 1 == most:
            break
        before = torch.cat((before, ids[:, None]), 1)
        if place + 1 == len(ahead):
            ahead.append(reads.read(ids[:, None, None])[:, 0, -1])
    return written


def _one(
    written: _Written, logits: torch.Tensor, before: torch.Tensor, question: Generate, chosen: int | None, draw: float
) -> torch.Tensor:
    """Note the candidates for one place, from logits (snapshot, vocabulary), and the ids (snapshot) that stand there."""
    filters = (question.repetition_penalty, question.temperature, question.top_k, question.top_p)
    chances = torch.stack(list(sampling.filtered(logits, before, *filters)), 1).softmax(-1)  # (snapshot, filter, vocabulary)
    ids, starts = sampling.drawn(chances[:, -1], draw)
    if chosen is not None:
        ids = torch.full_like(ids, chosen)
    likeliest = chances[:, 0].topk(min(question.top, logits.shape[-1] - len(NEVER))).indices
    best = torch.cat((likeliest, ids[:, None]), 1)
    written.ids.append(ids)
    written.candidates.append(best)
    written.chances.append(chances.gather(-1, best[:, None].expand(-1, chances.shape[1], -1)))
    written.starts.append(starts.gather(-1, best))
    written.left.append((chances[:, -1] > 0).sum(-1))
    written.draws.append(draw)
    return ids


def _generation(step: int, written: _Written, place: int, question: Generate, room: int, vocabulary: Vocabulary, before: int) -> Generation:
    """The part of one snapshot, up to where its text ends. `before` counts the tokens of the beginning, [CLS] among them."""
    ids = torch.stack(written.ids)[:, place].numpy()
    count = int(np.flatnonzero(ids == SEP)[0]) + 1 if (ids == SEP).any() else len(ids)
    ids = ids[:count]
    candidates: IntArray = torch.stack(written.candidates)[:count, place].numpy()
    why = ENDED if ids[-1] == SEP else COUNTED if count == question.tokens < room else FULL
    first = before == 1  # a token at the very beginning joins nothing
    return Generation(
        step=step,
        ids=ids,
        words=tuple(vocabulary.word(id) for id in ids.tolist()),
        joined=np.array([vocabulary.joins(id) and not (first and at == 0) for at, id in enumerate(ids.tolist())]),
        text=vocabulary.text(ids.tolist()),
        candidates=candidates,
        candidate_words=tuple(tuple(vocabulary.candidate(id) for id in row) for row in candidates.tolist()),
        chances=torch.stack(written.chances)[:count, place].numpy(),
        starts=torch.stack(written.starts)[:count, place].numpy(),
        left=torch.stack(written.left)[:count, place].numpy(),
        draws=np.array(written.draws[:count], dtype=np.float32),
        why=why,
    )
