"""Words that carry tags, as the tokens of a model: the first piece of a word stands for it (BERT, section 5.3)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, chain

from tokenizers import Tokenizer

from llmviz.text.special import MASK, UNK


@dataclass(frozen=True)
class Pieces:
    """A text of n tokens, without special ones: their ids, and of each word the place of its first token."""

    ids: tuple[int, ...]
    firsts: tuple[int, ...]

    def cut(self, tokens: int) -> "Pieces":
        """Its beginning: no more than so many tokens, and the words that begin within."""
        return Pieces(self.ids[:tokens], tuple(place for place in self.firsts if place < tokens))


def pieces(tokenizer: Tokenizer, texts: Sequence[Sequence[str]]) -> Iterator[Pieces]:
    """Each text, given in words, in tokens. A word that no token stands for, such as a lone accent, is [UNK], and so is a typed [PAD]."""
    for words, found in zip(
        texts, tokenizer.encode_batch([list(words) for words in texts], is_pretokenized=True, add_special_tokens=False), strict=True
    ):
        of_word: list[list[int]] = [[] for _ in words]
        for id, word in zip(found.ids, found.word_ids, strict=True):
            if word is not None:  # as special tokens have it, of which there are none
                of_word[word].append(id if id >= MASK else UNK)
        read = [ids or [UNK] for ids in of_word]
        firsts = [0, *accumulate(map(len, read))][: len(words)]
        yield Pieces(tuple(chain(*read)), tuple(firsts))
