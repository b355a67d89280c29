"""One sentence with spans cut out through every snapshot of a T5 model: what it writes, where it looks, what else fits."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from llmviz.experiments.span_corruption.question import Fill, Filled
from llmviz.inspect import snapshots
from llmviz.inspect.attention import in_bytes
from llmviz.inspect.seq2seq import Decoders, Ids, Search, best, run
from llmviz.inspect.writing import Vocabulary, vocabulary_of
from llmviz.text import spans
from llmviz.text.special import CLS, SEP, SPECIAL
from llmviz.text.tokenizers import Piece, pieces, sentinel

LONGEST_ANSWER, LONGEST_SPAN = 28, 8  # tokens; training asks for up to 14 and 5
WIDEST = 6  # beams


def answer(folders: Mapping[int, Path], question: Fill) -> list[Filled]:
    """What each snapshot writes, given as step -> folder, in the order of the steps.

    Raises ValueError, in a sentence, where there is nothing to read, too much, nothing hidden, too many gaps, or no such place.
    """
    if not folders:
        return []
    if not 1 <= question.beams <= WIDEST or not 1 <= question.top <= WIDEST:
        raise ValueError(f"beam search follows 1 to {WIDEST} answers")
    steps = sorted(folders)
    tokenizer = snapshots.tokenizer(folders[steps[0]])
    asked = _asked(pieces(tokenizer, question.text), question, snapshots.context(folders[steps[0]]), sentinel(tokenizer))
    vocabulary = vocabulary_of(tokenizer)
    found = []
    for first in range(0, len(steps), snapshots.AT_ONCE):
        some = steps[first : first + snapshots.AT_ONCE]
        found += _fill([folders[step] for step in some], some, asked, question, vocabulary)
    return found


@dataclass(frozen=True)
class _Asked:
    """A sentence as the model reads it, and the spans that stood in its gaps."""

    given: Ids
    truth: tuple[Ids, ...]
    sentinel: int

    @property
    def closing(self) -> list[int]:
        """What may stand behind a span: any sentinel, or the end."""
        return [SEP, *range(self.sentinel, self.sentinel + len(spans.SENTINELS))]


def _asked(sentence: Sequence[Piece], question: Fill, context: int, first: int) -> _Asked:
    if not sentence:
        raise ValueError("there is no word to read")
    if len(sentence) + 2 > context:
        raise ValueError(f"this sentence has {len(sentence)} tokens; this model learnt from {context - 2}")
    if not set(question.hidden) <= set(range(len(sentence))):
        raise ValueError(f"this sentence has {len(sentence)} tokens; a hidden place lies outside")
    hidden = np.isin(np.arange(len(sentence)), question.hidden)
    ids = np.array([piece.id for piece in sentence])
    given, _ = spans.corrupt(ids, hidden, first)
    truth = tuple(tuple(ids[start:behind].tolist()) for start, behind in spans.gaps(hidden))
    return _Asked((CLS, *given.tolist(), SEP), truth, first)


def _fill(folders: Sequence[Path], steps: Sequence[int], asked: _Asked, question: Fill, vocabulary: Vocabulary) -> list[Filled]:
    writer, count = Decoders(folders, asked.given), len(asked.truth)
    whole = [[Search(())] for _ in folders]
    run(writer, whole, [SEP], question.beams, LONGEST_ANSWER)
    written = [best(search) for [search] in whole]  # tokens, and whether they were closed
    likely, cross = writer.read([[ids] for ids, _ in written])

    # For each gap: all that was written before its sentinel stands, and the sentinel.
    before = [[_before(ids, asked.sentinel + gap) for gap in range(count)] for ids, _ in written]
    searches = [[Search(ids) for ids in some] for some in before]
    run(writer, searches, asked.closing, question.top, LONGEST_SPAN)
    true, _ = writer.read([[(*ids, *truth) for ids, truth in zip(some, asked.truth, strict=True)] for some in before])

    found = []
    for place, step in enumerate(steps):
        ids, ended = written[place]
        said = (*ids, SEP) if ended else ids
        candidates = [sorted(search.closed, key=lambda each: -each[1])[: question.top] for search in searches[place]]
        chances = np.zeros((count, question.top), dtype=np.float32)
        for gap, some in enumerate(candidates):
            chances[gap, : len(some)] = [math.exp(score) for _, score in some]
        found.append(
            Filled(
                step=step,
                given=tuple(_told(vocabulary, id, asked.sentinel) for id in asked.given),
                sentinels=_numbers(asked.given, asked.sentinel),
                written=tuple(_told(vocabulary, id, asked.sentinel) for id in said),
                numbers=_numbers(said, asked.sentinel),
                chances=likely[place][0][: len(said)].gather(1, torch.tensor(said).reshape(-1, 1))[:, 0].exp().numpy(),
                ended=ended,
                cross=in_bytes(cross[place, 0, : len(said)]),
                spans=tuple(_words(vocabulary, span) for span in spans.spoken(ids, asked.sentinel, count)),
                truth=tuple(_words(vocabulary, span) for span in asked.truth),
                candidates=tuple(tuple(_words(vocabulary, span) for span, _ in some) for some in candidates),
                candidate_chances=chances,
                truth_chances=np.array(
                    [
                        math.exp(_chance(row, len(ahead), truth, asked.closing))
                        for row, ahead, truth in zip(true[place], before[place], asked.truth, strict=True)
                    ],
                    dtype=np.float32,
                ),
            )
        )
    return found


def _before(written: Ids, sentinel: int) -> Ids:
    """What was written up to this sentinel, itself included; all of it and the sentinel, where it was left out."""
    return (*(written[: written.index(sentinel)] if sentinel in written else written), sentinel)


def _chance(likely: torch.Tensor, ahead: int, span: Ids, closing: list[int]) -> float:
    """Ln p of a span and its end behind `ahead` tokens, from ln p (tokens + 1, vocabulary) behind each."""
    said = sum(likely[ahead + place, id].item() for place, id in enumerate(span))
    return said + likely[ahead + len(span), closing].logsumexp(0).item()


def _numbers(ids: Ids, sentinel: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.array([id - sentinel if id >= sentinel else -1 for id in ids], dtype=np.int64)


def _told(vocabulary: Vocabulary, id: int, sentinel: int) -> str:
    """A token as a reader sees it: sentinels and special tokens by their names."""
    return SPECIAL[id] if id < len(SPECIAL) and id != SEP else vocabulary.word(id) if id < sentinel else spans.SENTINELS[id - sentinel]


def _words(vocabulary: Vocabulary, ids: Sequence[int]) -> str:
    return " ".join(vocabulary.word(id) for id in ids)
