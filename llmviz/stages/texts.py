"""A corpus as token ids, kept in memory for the runs that follow on the same text."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer

from llmviz.core.settings import TextSpec
from llmviz.text.corpora import load
from llmviz.text.special import CLS, PAD, SEP
from llmviz.text.tokenizers import tokenizer_for

Ids = npt.NDArray[np.int64]
CLOSING = (".", "!", "?")


@dataclass(frozen=True)
class Encoded:
    """Documents as ids with [CLS] and [SEP], uncut, by split."""

    spec: TextSpec
    told_by_grammar: bool  # Tinyland in its own words, so that probabilities of the grammar are probabilities of tokens
    tokenizer: Tokenizer
    train: tuple[Ids, ...]
    validation: tuple[Ids, ...]
    test: tuple[Ids, ...]

    @property
    def vocabulary(self) -> int:
        """Entries of the vocabulary, the special ones counted."""
        return self.tokenizer.get_vocab_size()

    @cached_property
    def sentences(self) -> tuple[Ids, ...]:
        """The training documents cut after each closing mark, every sentence with its own [CLS] and [SEP]."""
        vocabulary = self.tokenizer.get_vocab()
        marks = [vocabulary[mark] for mark in CLOSING if mark in vocabulary]
        found = []
        for ids in self.train:
            inner = ids[1:-1]
            ends = np.flatnonzero(np.isin(inner, marks)) + 1
            found += [np.concatenate(([CLS], part, [SEP])) for part in np.split(inner, ends) if len(part)]
        return tuple(found)

    def words(self, ids: Ids) -> list[str]:
        """The tokens of a text as they stand in the vocabulary, the special ones left out."""
        return [self.pieces[id] for id in ids if id not in (PAD, CLS, SEP)]

    @cached_property
    def pieces(self) -> tuple[str, ...]:
        """The vocabulary in the order of its ids."""
        vocabulary = self.tokenizer.get_vocab()
        return tuple(sorted(vocabulary, key=vocabulary.__getitem__))


@lru_cache(maxsize=2)
def encoded(text: TextSpec, learnt_on: TextSpec) -> Encoded:
    """The text a spec names, cut into the tokens of the text its lineage began with: a child keeps its parent's vocabulary.

    Raises ValueError, in a sentence, where a text is not to be had.
    """
    corpus = load(text)
    tokenizer = tokenizer_for(corpus if learnt_on == text else load(learnt_on))
    parts = (corpus.train, corpus.validation, corpus.test)
    ids = (tuple(np.array(found.ids) for found in tokenizer.encode_batch(part)) for part in parts)
    return Encoded(text, text.name == learnt_on.name == "tinyland", tokenizer, *ids)


def padded(texts: Sequence[Ids]) -> Ids:
    """One array (batch, longest) filled up with [PAD]."""
    batch = np.full((len(texts), max(map(len, texts))), PAD)
    for row, ids in zip(batch, texts, strict=True):
        row[: len(ids)] = ids
    return batch
