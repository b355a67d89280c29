"""One sentence with spans cut out through every snapshot of a T5 model: what it writes, where it looks, what else fits."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from torch.func import functional_call, vmap

from llmviz.experiments.span_corruption.question import Fill, Filled
from llmviz.inspect import snapshots
from llmviz.inspect.attention import in_bytes
from llmviz.inspect.sampling import possible
from llmviz.inspect.writing import Vocabulary
from llmviz.text import spans
from llmviz.text.special import CLS, PAD, SEP, SPECIAL
from llmviz.text.tokenizers import Piece, load_tokenizer, pieces, sentinel

LONGEST_ANSWER, LONGEST_SPAN = 28, 8  # tokens; training asks for up to 14 and 5
WIDEST = 6  # beams
Ids = tuple[int, ...]


def answer(folders: Mapping[int, Path], question: Fill) -> list[Filled]:
    """What each snapshot writes, given as step -> folder, in the order of the steps.

    Raises ValueError, in a sentence, where there is nothing to read, too much, nothing hidden, too many gaps, or no such place.
    """
    if not folders:
        return []
    if not 1 <= question.beams <= WIDEST or not 1 <= question.top <= WIDEST:
        raise ValueError(f"beam search follows 1 to {WIDEST} answers")
    steps = sorted(folders)
    tokenizer = load_tokenizer(folders[steps[0]] / "tokenizer.json")
    asked = _asked(pieces(tokenizer, question.text), question, snapshots.context(folders[steps[0]]), sentinel(tokenizer))
    vocabulary = Vocabulary(tokenizer)
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


class _Writer:
    """Some snapshots that have read one text and write, each on its own."""

    def __init__(self, folders: Sequence[Path], given: Ids) -> None:
        self._model, self._weights = snapshots.stacked(folders)
        self._count = len(folders)
        ids = torch.tensor([given])

        def encode(weights: snapshots.Weights) -> torch.Tensor:
            inputs = {"input_ids": ids, "decoder_input_ids": torch.full((1, 1), PAD), "use_cache": False}
            states: torch.Tensor = functional_call(self._model, weights, kwargs=inputs, tie_weights=True).encoder_last_hidden_state
            return states

        with torch.no_grad():
            self._states = vmap(encode)(self._weights)  # (snapshot, 1, n, width)

    @torch.no_grad()
    def read(self, before: Sequence[Sequence[Ids]]) -> tuple[list[list[torch.Tensor]], torch.Tensor]:
        """For each snapshot and each row of tokens, what stands before the first one ([PAD]) left out: ln p of every token behind each.

        Tensors (tokens + 1, vocabulary); and where the last layer looked, mean over its heads: (snapshot, row, longest, n).
        """
        rows = max(map(len, before))
        longest = max(len(ids) for some in before for ids in some) + 1
        ids = torch.full((self._count, rows, longest), PAD)
        for place, some in enumerate(before):
            for row, tokens in enumerate(some):
                ids[place, row, 1 : len(tokens) + 1] = torch.tensor(tokens, dtype=torch.long)

        def decode(weights: snapshots.Weights, states: torch.Tensor, ids: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
            inputs = {
                "encoder_outputs": (states.expand(len(ids), -1, -1),),
                "decoder_input_ids": ids,
                "use_cache": False,
                "output_attentions": True,
            }
            found = functional_call(self._model, weights, kwargs=inputs, tie_weights=True)
            return found.logits, found.cross_attentions[-1].mean(1)

        logits, cross = vmap(decode)(self._weights, self._states, ids)
        likely = possible(logits).log_softmax(-1)
        return [[likely[place, row, : len(tokens) + 1] for row, tokens in enumerate(some)] for place, some in enumerate(before)], cross


@dataclass
class _Search:
    """Beam search in one snapshot behind tokens that stand: the answers it follows, and those that are closed, each with its ln p."""

    behind: Ids
    beams: list[tuple[Ids, float]] = field(default_factory=lambda: [((), 0.0)])
    closed: list[tuple[Ids, float]] = field(default_factory=list)

    def look(self, likely: Sequence[torch.Tensor], closing: list[int], width: int) -> None:
        """One token further, from ln p (vocabulary) behind each beam."""
        found: list[tuple[Ids, float, bool]] = [(ids, score, True) for ids, score in self.closed]
        for (ids, score), row in zip(self.beams, likely, strict=True):
            found.append((ids, score + row[closing].logsumexp(0).item(), True))  # whichever of them it is, the answer is closed
            best = row.index_fill(0, torch.tensor(closing), -torch.inf).topk(width)
            further = zip(best.indices.tolist(), best.values.tolist(), strict=True)
            found += [((*ids, id), score + chance, False) for id, chance in further if math.isfinite(chance)]
        kept = sorted(found, key=lambda each: -each[1])[:width]
        self.closed = [(ids, score) for ids, score, ended in kept if ended]
        self.beams = [(ids, score) for ids, score, ended in kept if not ended]


def _run(writer: _Writer, searches: Sequence[Sequence[_Search]], closing: list[int], width: int, most: int) -> None:
    """Search in all snapshots in step with one another, until all answers are closed or `most` tokens are written."""
    for _ in range(most):
        rows = [[(*search.behind, *ids) for search in some for ids, _ in search.beams] for some in searches]
        if not any(rows):
            return
        likely, _ = writer.read(rows)
        for some, found in zip(searches, likely, strict=True):
            last = iter(row[-1] for row in found)
            for search in some:
                search.look([next(last) for _ in search.beams], closing, width)


def _fill(folders: Sequence[Path], steps: Sequence[int], asked: _Asked, question: Fill, vocabulary: Vocabulary) -> list[Filled]:
    writer, count = _Writer(folders, asked.given), len(asked.truth)
    whole = [[_Search(())] for _ in folders]
    _run(writer, whole, [SEP], question.beams, LONGEST_ANSWER)
    written = [_best(search) for [search] in whole]  # tokens, and whether they were closed
    likely, cross = writer.read([[ids] for ids, _ in written])

    # For each gap: all that was written before its sentinel stands, and the sentinel.
    before = [[_before(ids, asked.sentinel + gap) for gap in range(count)] for ids, _ in written]
    searches = [[_Search(ids) for ids in some] for some in before]
    _run(writer, searches, asked.closing, question.top, LONGEST_SPAN)
    true, _ = writer.read([[(*ids, *truth) for ids, truth in zip(some, asked.truth, strict=True)] for some in before])

    found = []
    for place, step in enumerate(steps):
        ids, ended = written[place]
        said = (*ids, SEP) if ended else ids
        best = [sorted(search.closed, key=lambda each: -each[1])[: question.top] for search in searches[place]]
        chances = np.zeros((count, question.top), dtype=np.float32)
        for gap, some in enumerate(best):
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
                candidates=tuple(tuple(_words(vocabulary, span) for span, _ in some) for some in best),
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


def _best(search: _Search) -> tuple[Ids, bool]:
    """The likeliest answer, a closed one where there is any."""
    ids, _ = max(search.closed or search.beams, key=lambda each: each[1])
    return ids, bool(search.closed)


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
