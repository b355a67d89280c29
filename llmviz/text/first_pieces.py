"""Words that carry tags, as the tokens of a model: the first piece of a word stands for it (BERT, section 5.3)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tokenizers import Tokenizer


@dataclass(frozen=True)
class Pieces:
    """A text of n tokens, without special ones: their ids, and of each word the place of its first token."""

    ids: tuple[int, ...]
    firsts: tuple[int, ...]

    def cut(self, tokens: int) -> "Pieces":
        """Its beginning: no more than so many tokens, and the words that begin within."""
        return Pieces(self.ids[:tokens], tuple(place for place in self.firsts if place < tokens))


def pieces(tokenizer: Tokenizer, texts: Sequence[Sequence[str]]) -> Iterator[Pieces]:
    """Each text, given in words, in tokens. Raises ValueError for a word that no token stands for."""
    for words, found in zip(
        texts, tokenizer.encode_batch([list(words) for words in texts], is_pretokenized=True, add_special_tokens=False), strict=True
    ):
        firsts: dict[int, int] = {}
        for place, word in enumerate(found.word_ids):
            if word is not None:  # as special tokens have it, of which there are none
                firsts.setdefault(word, place)
        if len(firsts) < len(words):
            missing = next(word for index, word in enumerate(words) if index not in firsts)
            raise ValueError(f"{missing!r} is no word to a model: none of its letters are kept")
        yield Pieces(tuple(found.ids), tuple(firsts[index] for index in range(len(words))))
