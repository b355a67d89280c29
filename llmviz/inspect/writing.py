"""Token ids as a reader sees them: words, pieces that go on with the word before, the end of a text."""

from collections.abc import Sequence
from functools import lru_cache

from tokenizers import Tokenizer

from llmviz.text.special import FIRST, SEP
from llmviz.text.spelling import BLANK, visible
from llmviz.text.tokenizers import spelling

END = "(end)"
OPENS = "⟨"  # what bytes begin with that are no whole letter
CONTINUES = "…"  # stands before a candidate that goes on with the word before it


class Vocabulary:
    """The vocabulary of a run for whoever reads what it wrote."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer
        self.spelt = spelling(tokenizer)  # by id
        self._in_bytes = any(token[:1].isspace() for token in self.spelt)  # in these a space belongs to the word after it

    def __len__(self) -> int:
        return len(self.spelt)

    def word(self, id: int) -> str:
        """The token alone."""
        if id == SEP or not self._in_bytes or id < FIRST:
            return END if id == SEP else self.spelt[id].strip() or BLANK
        spelt = self.spelt[id]
        return visible(spelt.removeprefix(" ") if spelt.strip(" ") else spelt)

    def joins(self, id: int) -> bool:
        """Whether the token goes on with the word before it."""
        return self._in_bytes and id != SEP and not self.spelt[id][:1].isspace()

    def candidate(self, id: int) -> str:
        """The token in a list of candidates, where nothing stands before it: no two of them look alike."""
        spelt, word = self.spelt[id], self.word(id)
        if not self._in_bytes or id < FIRST:
            return word
        if self.joins(id):
            return CONTINUES + word if spelt[:1].isalnum() or spelt[:1] == OPENS else word
        return BLANK + word if spelt[:1] == " " and not spelt[1:2].isalnum() and spelt.strip(" ") else word

    def text(self, ids: Sequence[int]) -> str:
        """The tokens as running text, its end left out."""
        text: str = self._tokenizer.decode(list(ids))
        return text


@lru_cache(maxsize=64)
def vocabulary_of(tokenizer: Tokenizer) -> Vocabulary:
    """That of a snapshot's tokenizer, kept with it: to spell 4,096 pieces takes as long as to write three tokens."""
    return Vocabulary(tokenizer)
