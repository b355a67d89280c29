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
        marks = [self.tokenizer.token_to_id(mark) for mark in CLOSING]
        found = []
        for ids in self.train:
            inner = ids[1:-1]
            ends = np.flatnonzero(np.isin(inner, marks)) + 1
            found += [np.concatenate(([CLS], part, [SEP])) for part in np.split(inner, ends) if len(part)]
        return tuple(found)

    def words(self, ids: Ids) -> list[str]:
        """The tokens of a text as they stand in the vocabulary, the special ones left out."""
        return [self.tokenizer.id_to_token(int(id)) for id in ids if id not in (PAD, CLS, SEP)]


@lru_cache(maxsize=2)
def encoded(text: TextSpec) -> Encoded:
    """The text this spec names, cut into tokens. Raises ValueError, in a sentence, where the text is not to be had."""
    corpus = load(text)
    tokenizer = tokenizer_for(corpus)
    parts = (corpus.train, corpus.validation, corpus.test)
    return Encoded(tokenizer, *(tuple(np.array(found.ids) for found in tokenizer.encode_batch(part)) for part in parts))


def padded(texts: Sequence[Ids]) -> Ids:
    """One array (batch, longest) filled up with [PAD]."""
    batch = np.full((len(texts), max(map(len, texts))), PAD)
    for row, ids in zip(batch, texts, strict=True):
        row[: len(ids)] = ids
    return batch
