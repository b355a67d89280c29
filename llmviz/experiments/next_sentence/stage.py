"""Next sentence prediction: does the second part of a pair go on with the first, or is it from another text? Beside it, hidden words are
named, as BERT was pretrained (section 3.1).

Data, loss, metrics, top to bottom. Nobody labels anything: the text itself says what belonged together.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import torch
from torch.nn.functional import cross_entropy, pad
from transformers import PreTrainedModel

from llmviz.core.questions.exercise import FOLLOWS
from llmviz.core.settings import PairsSpec
from llmviz.core.spec import RunSpec
from llmviz.evaluation import bounds, probes
from llmviz.inspect.probes import VALIDATION as PROBES
from llmviz.models import files, masked, pairs
from llmviz.text import threads
from llmviz.text.masks import IGNORED, hide, mask
from llmviz.text.pairs import Document, Pair, Pairs, Part
from llmviz.text.special import CLS, MASK, PAD, SEP
from llmviz.training.exercises import exercises
from llmviz.training.stage import Exercise
from llmviz.training.texts import Encoded, Ids, Texts, encode, padded, text_of

VALIDATION, TEST = 128, 500  # held-out documents looked at while training and at the end; each begins two pairs
TEST_PROBES = 1_000  # probes of each kind at the end, each a first part with no second
EVALUATION_RATE = 0.15  # the same for every run, whatever its own mask rate, so that losses compare
ANSWERS = FOLLOWS  # the label is the place in this list, as in transformers' BertForPreTraining
AROUND = 3  # [CLS], and [SEP] after each part
AT_ONCE = 64  # pairs in one forward pass of an evaluation

Hidden = tuple[Ids, Ids]  # a pair's ids with places hidden, and the labels there


def build(spec: RunSpec, parent: Path | None) -> "NextSentence":
    """The stage of this spec, on random weights. It has no parent."""
    text, documents = text_of(spec), threads.documents(spec.text)
    longest = AROUND + sum(max(_words(document)[part] for some in documents.values() for document in some) for part in range(2))
    if spec.train.context < longest:
        raise ValueError(f"Context: two parts of Tinyland's stories have up to {longest} tokens; cut ones would have no exact floor")
    model = pairs.random_start(spec.model, text.vocabulary, spec.train.context, spec.seed)
    return NextSentence(spec, text, masked.moved(model, spec.train.device))


def _words(document: Document) -> tuple[int, int]:
    """Words of the longest first part, and of the longest second."""
    counts = [len(sentence.split()) for sentence in document.sentences]
    return sum(counts[:-1]), sum(counts[1:])


@dataclass(frozen=True)
class PairBatch:
    """Pairs as [CLS] first [SEP] second [SEP]: three tensors (batch, n) and one (batch).

    `token_type_ids` are 1 in the second part and its [SEP], `labels` are what stood where a word is hidden and -100 elsewhere, `answers`
    are places in ANSWERS.
    """

    input_ids: torch.Tensor
    token_type_ids: torch.Tensor
    labels: torch.Tensor
    answers: torch.Tensor

    @property
    def tokens(self) -> int:
        """Tokens the model reads, padding left out."""
        return int((self.input_ids != PAD).sum())


class _Sentences:
    """All sentences of some documents as ids, encoded once: to encode those of a batch takes as long as half a step."""

    def __init__(self, text: Encoded, documents: Sequence[Document]) -> None:
        told = [sentence for document in documents for sentence in document.sentences]
        self._ids = Texts.of(ids[1:-1] for ids in encode(text.tokenizer, told))
        self._first = np.cumsum([0, *(len(document.sentences) for document in documents)])  # of each document, its first sentence

    def part(self, part: Part) -> Ids:
        """The sentences of a part, end to end."""
        first = self._first[part.document]
        begin, end = self._ids.ends[first + part.begin], self._ids.ends[first + part.end]
        return self._ids.flat[begin:end].astype(np.int64)


@lru_cache(maxsize=3)
def _source(text: Encoded, split: str) -> tuple[Pairs, _Sentences]:
    """What pairs of a split are drawn from, kept for the runs that follow: all three take two seconds."""
    source = Pairs(threads.documents(text.spec)[split])
    return source, _Sentences(text, source.documents)


class NextSentence:
    """A model that learns what goes on with what, and to name hidden words."""

    def __init__(self, spec: RunSpec, text: Encoded, model: PreTrainedModel) -> None:
        self.spec = spec
        self.text = text
        self.model = model
        self.objective: PairsSpec = spec.objective
        sources = {split: _source(text, split) for split in ("train", "validation", "test")}
        self._pairs = {split: source for split, (source, _) in sources.items()}
        self._sentences = {split: told for split, (_, told) in sources.items()}
        self._asked = self._drawn("validation", VALIDATION)
        self._hidden = self._gaps("validation", self._asked)
        self._facts = probes.facts(text, text.validation, PROBES)
        self._choices = probes.choices(text, text.validation, PROBES)
        self.references: Mapping[str, float] = self._lines("validation", self._asked, self._hidden)

    # Data

    def batch(self, step: int) -> PairBatch:
        """Pairs drawn by the seed and the step, two for each document: its own second part, and another's; some words of them hidden."""
        rng = np.random.default_rng((self.spec.seed, step))
        source = self._pairs["train"]
        places = rng.integers(len(source.documents), size=max(1, self.spec.train.batch_size // 2))
        drawn = [pair for place in places for pair in source.two(int(place), rng)]
        ids = padded([self._joined("train", pair) for pair in drawn])  # (batch, n)
        return self._tensors(*mask(ids, ids < MASK, self.objective.mask_rate, self.text.vocabulary, rng), drawn)

    def _joined(self, split: str, pair: Pair) -> Ids:
        """[CLS] first [SEP] second [SEP] as ids."""
        first, second = (self._sentences[split].part(part) for part in pair[:2])
        return np.array([CLS, *first, SEP, *second, SEP])

    def _drawn(self, split: str, count: int) -> list[Pair]:
        """Two pairs for each of the first documents of a split, always the same."""
        source, rng = self._pairs[split], np.random.default_rng(0)
        return [pair for place in range(min(count, len(source.documents))) for pair in source.two(place, rng)]

    def _gaps(self, split: str, asked: Sequence[Pair]) -> list[Hidden]:
        """The pairs that follow, with fixed places hidden, all by [MASK]."""
        rng = np.random.default_rng(0)
        joined = (self._joined(split, pair)[None] for pair in asked if pair.follows)
        return [(corrupted[0], labels[0]) for corrupted, labels in (hide(ids, ids < MASK, EVALUATION_RATE, rng) for ids in joined)]

    def _tensors(self, ids: Ids, labels: Ids, drawn: Sequence[Pair]) -> PairBatch:
        answers = np.array([not pair.follows for pair in drawn], dtype=np.int64)
        return PairBatch(*(torch.from_numpy(array).to(self.model.device) for array in (ids, parts(ids), labels, answers)))

    # Loss

    def loss(self, batch: PairBatch) -> torch.Tensor:
        """Mean of −log p(the word that stood there) over hidden words, and of −log p(the answer) over pairs, added, in nats."""
        hidden = batch.labels != IGNORED
        judged, named = pairs.states_at(self.model, batch.input_ids, batch.token_type_ids, hidden)
        losses = [cross_entropy(pairs.word_logits(self.model, named), batch.labels[hidden])] if hidden.any() else []
        if self.objective.next_sentence:
            losses.append(cross_entropy(pairs.pair_logits(self.model, judged), batch.answers))
        return torch.stack(losses).sum()

    # What a person sees of a batch

    @property
    def choices(self) -> Sequence[str]:
        """The vocabulary, spelt, and after it the two answers."""
        return (*self.text.candidates, *ANSWERS)

    def guess(self, batch: PairBatch) -> tuple[torch.Tensor, torch.Tensor]:
        """Pair after pair, logits of its answer and at its hidden words, and what is right: (targets, choices), (targets)."""
        hidden = batch.labels != IGNORED
        judged, named = pairs.states_at(self.model, batch.input_ids, batch.token_type_ids, hidden)
        words, truth = pairs.word_logits(self.model, named), batch.labels[hidden]
        if not self.objective.next_sentence:
            return pad(words, (0, len(ANSWERS)), value=-torch.inf), truth
        answers = pairs.pair_logits(self.model, judged)
        apart = words.shape[-1]  # a word is no answer, and an answer no word
        logits = torch.cat([pad(answers, (apart, 0), value=-torch.inf), pad(words, (0, len(ANSWERS)), value=-torch.inf)])
        owners = torch.cat([torch.arange(len(answers), device=hidden.device), hidden.nonzero()[:, 0]])
        order = owners.argsort(stable=True)
        return logits[order], torch.cat([batch.answers + apart, truth])[order]

    def exercises(self, batch: PairBatch) -> list[Exercise]:
        """Each pair with its hidden words; whether it follows is asked at [CLS], where BERT takes that answer."""
        found = exercises(batch.input_ids, batch.labels, self.choices)
        if not self.objective.next_sentence:
            return found
        return [
            Exercise(text.read, (0, *text.places), range(text.rows.start + pair, text.rows.stop + pair + 1))
            for pair, text in enumerate(found)
        ]

    # Metrics

    def evaluate(self) -> dict[str, float]:
        """Loss, that on words and on pairs alone, the share of validation pairs told apart; the share of each probe set answered."""
        measured = self._measure("validation", self._asked, self._hidden)
        return measured | probes.masked_shares(self.model, self._facts, self._choices)

    def test(self) -> dict[str, float]:
        """The same on test pairs, beside the lines that bound them."""
        asked = self._drawn("test", TEST)
        hidden = self._gaps("test", asked)
        facts = probes.facts(self.text, self.text.test, TEST_PROBES)
        choices = probes.choices(self.text, self.text.test, TEST_PROBES)
        measured = self._measure("test", asked, hidden) | probes.masked_shares(self.model, facts, choices)
        return measured | self._lines("test", asked, hidden)

    def _lines(self, split: str, asked: Sequence[Pair], hidden: Sequence[Hidden]) -> dict[str, float]:
        text = self._pairs[split].text
        found = bounds.pair_references(self.text, hidden, [(text(pair.first), text(pair.second), pair.follows) for pair in asked])
        return found if self.objective.next_sentence else bounds.without_pairs(found)

    @torch.no_grad()
    def _measure(self, split: str, asked: Sequence[Pair], hidden: Sequence[Hidden]) -> dict[str, float]:
        words, answers, right = [], [], []
        for some in (hidden[first : first + AT_ONCE] for first in range(0, len(hidden), AT_ONCE)):
            batch = self._tensors(padded([ids for ids, _ in some]), padded([labels for _, labels in some], IGNORED), [])
            gaps = batch.labels != IGNORED
            _, named = pairs.states_at(self.model, batch.input_ids, batch.token_type_ids, gaps)
            words.append(cross_entropy(pairs.word_logits(self.model, named), batch.labels[gaps], reduction="none"))
        for few in (asked[first : first + AT_ONCE] for first in range(0, len(asked), AT_ONCE)):
            ids = padded([self._joined(split, pair) for pair in few])
            batch = self._tensors(ids, np.full_like(ids, IGNORED), few)
            logits = self._answers(batch)
            answers.append(cross_entropy(logits, batch.answers, reduction="none"))
            right.append(logits.argmax(-1) == batch.answers)
        word_loss, pair_loss = torch.cat(words).mean().item(), torch.cat(answers).mean().item()
        return {
            "loss": word_loss + pair_loss if self.objective.next_sentence else word_loss,
            "word_loss": word_loss,
            "pair_loss": pair_loss,
            "nsp_accuracy": torch.cat(right).float().mean().item(),
        }

    def _answers(self, batch: PairBatch) -> torch.Tensor:
        """Logits of both answers: (batch, 2)."""
        judged, _ = pairs.states_at(self.model, batch.input_ids, batch.token_type_ids, batch.labels != IGNORED)
        return pairs.pair_logits(self.model, judged)

    def save(self, folder: Path) -> None:
        """Write the model and its tokenizer so that `from_pretrained` reads them."""
        files.save(self.model, self.text.tokenizer, folder)


def parts(ids: Ids) -> Ids:
    """Which part of a pair each token belongs to: 0 up to the first [SEP], 1 after it, 0 for padding; (batch, n) in and out."""
    closed = (ids == SEP).cumsum(axis=1) - (ids == SEP)
    belongs: Ids = np.where(ids == PAD, 0, np.minimum(closed, 1))
    return belongs
