"""A corpus as token ids, kept in memory for the runs that follow on the same text."""

import hashlib
import io
import zipfile
from array import array
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import overload

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer

from llmviz.core import catalogue
from llmviz.core.experiment import GPTS, PRETRAINING, T5S
from llmviz.core.recorded import RECORDED
from llmviz.core.settings import TextSpec
from llmviz.core.spec import RunSpec
from llmviz.text import store
from llmviz.text.corpora import Corpus, load
from llmviz.text.special import CLS, FIRST, PAD, SEP, UNK
from llmviz.text.tokenizers import Kind, load_tokenizer, spelling, tokenizer_for
from llmviz.training.exercises import candidates

Ids = npt.NDArray[np.int64]
RECORDINGS = store.CAME_WITH.parent
AT_ONCE = 1_000  # documents encoded in one go: the library's encodings are a hundred times as large as their ids


@dataclass(frozen=True, eq=False)
class Texts(Sequence[Ids]):
    """Many texts end to end in one array; text i lies from ends[i] to ends[i + 1]. As small arrays they would take 15 times the memory."""

    flat: npt.NDArray[np.int32]
    ends: Ids

    @classmethod
    def of(cls, texts: Iterable[Sequence[int]]) -> "Texts":
        """These texts, one after the other."""
        flat, ends = array("i"), [0]
        for ids in texts:
            flat.extend(ids)
            ends.append(len(flat))
        return cls(np.array(flat, dtype=np.int32), np.array(ends))

    def __len__(self) -> int:
        return len(self.ends) - 1

    @overload
    def __getitem__(self, place: int) -> Ids: ...
    @overload
    def __getitem__(self, place: slice) -> list[Ids]: ...
    def __getitem__(self, place: int | slice) -> Ids | list[Ids]:
        if isinstance(place, slice):
            return [self[each] for each in range(*place.indices(len(self)))]
        if not -len(self) <= place < len(self):
            raise IndexError(place)
        place %= len(self)
        return self.flat[self.ends[place] : self.ends[place + 1]].astype(np.int64)

    @property
    def longest(self) -> int:
        """Tokens of the longest text."""
        return int(np.diff(self.ends).max())


@dataclass(frozen=True, eq=False)
class Encoded:
    """Documents as ids with [CLS] and [SEP], uncut, by split."""

    spec: TextSpec
    told_by_grammar: bool  # Tinyland in its own words, so that probabilities of the grammar are probabilities of tokens
    tokenizer: Tokenizer
    train: Texts
    validation: Texts
    test: Texts

    @property
    def vocabulary(self) -> int:
        """Entries of the vocabulary, the special ones counted."""
        return self.tokenizer.get_vocab_size()

    @property
    def unknown(self) -> float:
        """The share of [UNK] among the tokens to learn from, special ones left out."""
        unknown = int((self.train.flat == UNK).sum())
        return unknown / (unknown + int((self.train.flat >= FIRST).sum()))

    def words(self, ids: Ids) -> list[str]:
        """The tokens of a text as people read them, the special ones left out."""
        return [self.pieces[id] for id in ids if id not in (PAD, CLS, SEP)]

    @cached_property
    def pieces(self) -> tuple[str, ...]:
        """The vocabulary as people read it, in the order of its ids."""
        return spelling(self.tokenizer)

    @cached_property
    def candidates(self) -> tuple[str, ...]:
        """The vocabulary as a list of candidates has it, in the order of its ids."""
        return candidates(self.tokenizer)


def text_of(spec: RunSpec) -> Encoded:
    """The text of a run in the tokens its lineage began with: a child keeps its parent's vocabulary.

    Real text is cut as BERT or GPT cuts it; Tinyland's words are the same for both. Raises ValueError, in a sentence, where a text is
    not to be had.
    """
    root = spec.lineage[0]
    return encoded(spec.text, root.text, _kind(root))


def tokenizer_of(spec: RunSpec) -> Tokenizer:
    """The tokenizer of a run's lineage alone, for who does not read its text. Raises ValueError as `text_of` does."""
    root = spec.lineage[0]
    return _recorded(root) or tokenizer_for(load(root.text), _kind(root))


def _recorded(root: RunSpec) -> Tokenizer | None:
    """The tokenizer of a text as it came with the recording of a pretraining on it: to read the text takes up to 16 s."""
    for name, spec in RECORDED.items():
        pretrains = catalogue.experiment(spec.stage).phase == PRETRAINING and spec.lineage == (spec,)
        if pretrains and (spec.text, _kind(spec)) == (root.text, _kind(root)):
            with suppress(ValueError):  # the recording is not there, or damaged
                return load_tokenizer(RECORDINGS / name / "tokenizer.json")
    return None


def _kind(root: RunSpec) -> Kind:
    if root.model.architecture in T5S:
        return "spans"
    return "bytes" if root.model.architecture in GPTS and root.text.name != "tinyland" else "pieces"


@lru_cache(maxsize=2)
def encoded(text: TextSpec, learnt_on: TextSpec, kind: Kind = "pieces") -> Encoded:
    """This text, cut into the tokens learnt on that one."""
    corpus = load(text)
    tokenizer = tokenizer_for(corpus if learnt_on == text else load(learnt_on), kind)
    return Encoded(text, text.name == learnt_on.name == "tinyland", tokenizer, *_in_ids(corpus, tokenizer))


def _in_ids(corpus: Corpus, tokenizer: Tokenizer) -> list[Texts]:
    """The three splits as ids: from this machine's store, or encoded anew (3 s for Tinyland) and stored."""
    file = store.path(corpus.digest, f"ids-{hashlib.sha256(tokenizer.to_str().encode()).hexdigest()}.npz")
    splits = {"train": corpus.train, "validation": corpus.validation, "test": corpus.test}
    try:
        with np.load(io.BytesIO(file.read_bytes()), allow_pickle=False) as kept:
            found = [Texts(kept[f"{split}_flat"], kept[f"{split}_ends"]) for split in splits]
        if all(len(texts) == len(documents) for texts, documents in zip(found, splits.values(), strict=True)):
            return found
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        pass  # never stored, or damaged: made again below
    made = {split: Texts.of(encode(tokenizer, documents)) for split, documents in splits.items()}
    content = io.BytesIO()
    np.savez(content, **{f"{split}_{name}": getattr(texts, name) for split, texts in made.items() for name in ("flat", "ends")})
    store.keep(file, content.getvalue())
    return list(made.values())


def encode(tokenizer: Tokenizer, documents: Sequence[str]) -> Iterator[list[int]]:
    """The documents as ids between [CLS] and [SEP]."""
    for first in range(0, len(documents), AT_ONCE):
        for found in tokenizer.encode_batch_fast(documents[first : first + AT_ONCE]):
            yield found.ids


def padded(texts: Sequence[Ids], filling: int = PAD) -> Ids:
    """One array (batch, longest) filled up with [PAD]."""
    batch = np.full((len(texts), max(map(len, texts))), filling)
    for row, ids in zip(batch, texts, strict=True):
        row[: len(ids)] = ids
    return batch
