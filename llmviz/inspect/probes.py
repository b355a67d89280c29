"""Tinyland's probes as a model's inputs, and what a model makes of them: a fact to fill in, and two texts of which only one is right.

Measured at every evaluation of a pretraining run, and asked again, item by item, by who wants to see which were right.
"""

from collections.abc import Callable, Mapping, Sequence
from itertools import zip_longest
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import torch
from tokenizers import Tokenizer
from transformers import PreTrainedModel

from llmviz.models import fast, t5
from llmviz.text import spans
from llmviz.text.masks import IGNORED, hide_at
from llmviz.text.special import CLS, PAD, SEP
from llmviz.text.tinyland import contrasts, probes
from llmviz.text.tinyland.contrasts import Contrast
from llmviz.text.tinyland.probes import Probe as Fact

VALIDATION = 60  # probes of each kind looked at while training
Ids = npt.NDArray[np.int64]
FACTS: Mapping[str, Callable[..., list[Fact]]] = {"facts": probes.facts, "sounds": probes.sounds, "reversed": probes.countries}
CHOICES: Mapping[str, Callable[..., list[Contrast]]] = {
    "grammar": contrasts.grammar,
    "meaning": contrasts.meaning,
    "frames": contrasts.frames,
}


class Hidden(NamedTuple):
    """Facts with their answer hidden: ids, and labels, which are IGNORED elsewhere; each (probes, longest)."""

    ids: Ids
    labels: Ids

    @property
    def whole(self) -> Ids:
        """The texts with nothing hidden."""
        return np.where(self.labels == IGNORED, self.ids, self.labels)


class Choice(NamedTuple):
    """Texts that are right, and what is wrong in their place: ids, each (texts, longest), that differ in a place or two of every row."""

    right: Ids
    wrong: Ids


# As inputs


def facts(tokenizer: Tokenizer, stories: Sequence[str], count: int, *, left_to_right: bool = False) -> dict[str, Hidden]:
    """By the name of the metric. Who reads from left to right is asked for a country in a sentence that says the capital first."""
    sets = {**FACTS, "reversed": probes.countries_last} if left_to_right else FACTS
    return {name: hidden(tokenizer, make(stories, count)) for name, make in sets.items()}


def choices(tokenizer: Tokenizer, stories: Sequence[str], count: int) -> dict[str, Choice]:
    """By the name of the metric."""
    return {name: choice(tokenizer, make(stories, count)) for name, make in CHOICES.items()}


def hidden(tokenizer: Tokenizer, asked: Sequence[Fact]) -> Hidden:
    """These facts with their answers hidden."""
    ids = _ids(tokenizer, [fact.words for fact in asked])
    places = np.array([fact.hidden + 1 for fact in asked])  # [CLS] stands first
    return Hidden(*hide_at(ids, np.arange(ids.shape[1]) == places[:, None]))


def choice(tokenizer: Tokenizer, asked: Sequence[Contrast]) -> Choice:
    """These contrasts, right and wrong."""
    return Choice(*(_ids(tokenizer, [getattr(contrast, side) for contrast in asked]) for side in Choice._fields))


def _ids(tokenizer: Tokenizer, texts: Sequence[Sequence[str]]) -> Ids:
    rows = [[CLS, *map(tokenizer.token_to_id, words), SEP] for words in texts]
    return np.array(list(zip_longest(*rows, fillvalue=PAD))).T


# What a model makes of them: by how much, in nats, it finds the right texts likelier than the wrong ones, (texts)


@torch.no_grad()
def masked_hits(model: PreTrainedModel, asked: Hidden) -> torch.Tensor:
    """Whether a model that names hidden words says the right one first: (probes), True or False."""
    ids, labels = (torch.from_numpy(array).to(model.device) for array in asked)
    hidden = labels != IGNORED
    hits: torch.Tensor = fast.masked_logits(model, ids, ids.ne(PAD).long(), hidden).argmax(-1) == labels[hidden]
    return hits


@torch.no_grad()
def masked_gains(model: PreTrainedModel, choice: Choice) -> torch.Tensor:
    """Of a model that names hidden words: all places where two texts differ are hidden at once, and the words there compared."""
    differ = choice.right != choice.wrong
    ids, labels = (torch.from_numpy(array).to(model.device) for array in hide_at(choice.right, differ))
    said = fast.masked_logits(model, ids, ids.ne(PAD).long(), labels != IGNORED).log_softmax(-1)  # (words, vocabulary)
    right, wrong = (_told(said, ids[differ]) for ids in choice)
    return _added(right - wrong, np.nonzero(differ)[0])


@torch.no_grad()
def causal_gains(model: PreTrainedModel, choice: Choice) -> torch.Tensor:
    """Of a model that reads from left to right: the words there are compared, each after what stands before it in its own text.

    Before the first of these words both texts are the same, so that is read once.
    """
    differ = choice.right != choice.wrong
    later = differ & (differ.cumsum(1) > 1)
    said = _said(model, choice.right, differ)
    right, wrong = (_told(said, ids[differ]) for ids in choice)
    if later.any():
        own = _said(model, choice.wrong, later)
        wrong[torch.from_numpy(later[differ]).to(wrong.device)] = _told(own, choice.wrong[later])
    return _added(right - wrong, np.nonzero(differ)[0])


def _said(model: PreTrainedModel, texts: Ids, places: npt.NDArray[np.bool_]) -> torch.Tensor:
    """What a model that reads from left to right expects at these places: log-probabilities (words, vocabulary)."""
    before, asked = (torch.from_numpy(array).to(model.device) for array in (texts[:, :-1], places[:, 1:]))
    return fast.causal_logits(model, before, asked).log_softmax(-1)


def _told(said: torch.Tensor, words: Ids) -> torch.Tensor:
    """How likely it finds these words, in nats: (words)."""
    return said.gather(1, torch.from_numpy(words).to(said.device)[:, None])[:, 0]


@torch.no_grad()
def span_gains(model: PreTrainedModel, choice: Choice, first: int) -> torch.Tensor:
    """Of a T5, whose first sentinel is `first`: the places where two texts differ are cut out, and what is said there compared.

    What is left of the two is the same, so that is read once.
    """
    right, wrong = (cut_out(ids, choice.right != choice.wrong, first) for ids in choice)
    text = t5.read(model, batch(model, [given for given, _ in right]))
    told = [_filled(model, text, batch(model, [target for _, target in pairs])) for pairs in (right, wrong)]
    return told[0] - told[1]


def _filled(model: PreTrainedModel, text: t5.Text, target: torch.Tensor) -> torch.Tensor:
    there = target != PAD
    said = t5.logits_after(model, text, target).log_softmax(-1)
    return _added(said.gather(1, target[there][:, None])[:, 0], there.nonzero()[:, 0].cpu().numpy())


def cut_out(ids: Ids, hidden: npt.NDArray[np.bool_], first: int) -> list[tuple[Ids, Ids]]:
    """Padded texts with the hidden places cut out as spans, the first sentinel being `first`: what a T5 reads, and what it is to say."""
    lengths = (ids != PAD).sum(1)
    return [framed(row[1 : n - 1], cut[1 : n - 1], first) for row, cut, n in zip(ids, hidden, lengths, strict=True)]


def framed(inside: Ids, hidden: npt.NDArray[np.bool_], first: int) -> tuple[Ids, Ids]:
    """What a T5 reads, between [CLS] and [SEP] as every text here, and what it is to say, with [SEP] behind it."""
    given, target = spans.corrupt(inside, hidden, first)
    return np.concatenate(([CLS], given, [SEP])), np.append(target, SEP)


def batch(model: PreTrainedModel, rows: Sequence[Ids]) -> torch.Tensor:
    """Texts of any length side by side, padded, where the model is: (rows, longest)."""
    return torch.tensor(list(zip_longest(*rows, fillvalue=PAD))).T.to(model.device)


def _added(gains: torch.Tensor, rows: Ids) -> torch.Tensor:
    """What the words of each text add up to: (words) and the text of each, to (texts)."""
    return torch.zeros(int(rows.max()) + 1, device=gains.device).index_add(0, torch.from_numpy(rows).to(gains.device), gains)


def share(gains: torch.Tensor) -> float:
    """The share of texts in which the right one is likelier; a draw is no preference."""
    return (gains > 0).float().mean().item()
