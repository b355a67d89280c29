"""Which piece of a word carries its tag: drawn as the model reads it, and only where a word is more than one piece."""

import numpy as np
import pytest
from tokenizers import Tokenizer

from llmviz.core.lesson import Example
from llmviz.core.questions.tagging import Tagging
from llmviz.core.run import RunRef
from llmviz.core.settings import TextSpec
from llmviz.core.spec import preset
from llmviz.experiments.entities import EXAMPLES
from llmviz.parts.tagged.payload import Tagged
from llmviz.runs.recordings import Recordings
from llmviz.text import first_pieces
from llmviz.text.tokenizers import load_tokenizer, pieces
from llmviz.text.words import in_words, spelt
from llmviz.views import tagged
from llmviz.views.sides import Side
from llmviz.views.tagged import CARRIES, Row

TAGS = ("O", "B-PER", "I-PER")


def tokenizer_of(text: str) -> Tokenizer:
    """That of the recorded pretraining on this text, from which the models that tag it start."""
    return load_tokenizer(Recordings().folder(RunRef(preset("mlm", TextSpec(text)).id, 0)).tokenizer())


def sources(tokenizer: Tokenizer, text: str) -> list[str]:
    return [piece.source for piece in pieces(tokenizer, text)]


def drawn(words: list[str], tokenizer: Tokenizer, text: str) -> Tagged:
    chances = np.full((len(words), len(TAGS)), 1 / len(TAGS), np.float32)
    row = Row(Side("After", "", "finetuned"), {3: Tagging(3, tuple(words), TAGS, chances)})
    return tagged.rows(words, TAGS, {}, [row], (), "Note.", sources(tokenizer, text))


@pytest.mark.parametrize("example", EXAMPLES["wiki"], ids=lambda example: example.label)
def test_the_pieces_are_those_whose_first_is_read_for_the_tag(example: Example) -> None:
    tokenizer = tokenizer_of("wiki")
    words = [spelt(word) for word in in_words(pieces(tokenizer, example.sentence))]
    found = tagged.pieces(words, sources(tokenizer, example.sentence))
    (read,) = first_pieces.pieces(tokenizer, [words])
    lengths = np.diff([*read.firsts, len(read.ids)]).tolist()
    assert lengths == [len(of_word) for of_word in found] or (found == [] and set(lengths) == {1})
    assert not found or ["".join(of_word) for of_word in found] == words


def test_a_word_of_several_pieces_shows_them_and_the_note_says_which_counts() -> None:
    picture = drawn(["Beethoven", "was", "born"], tokenizer_of("wiki"), "Beethoven was born")
    first, *others = picture["pieces"]
    assert len(first) > 1 and "".join(first) == "Beethoven" and [len(each) for each in others] == [1, 1]
    assert picture["note"] == f"Note. {CARRIES}"


def test_where_every_word_is_one_piece_nothing_is_shown_of_pieces() -> None:
    picture = drawn(["Nordbank", "pays", "Greta"], tokenizer_of("tinyland"), "Nordbank pays Greta")
    assert "pieces" not in picture and picture["note"] == "Note."


def test_words_that_hold_punctuation_get_all_their_tokens_and_strange_tokens_none() -> None:
    tokenizer = tokenizer_of("wiki")
    found = tagged.pieces(["U.S.", "was"], sources(tokenizer, "U.S. was"))
    assert [len(of_word) for of_word in found] == [4, 1] and found[0] == ["U", ".", "S", "."]
    assert tagged.pieces(["other", "words"], sources(tokenizer, "U.S. was")) == []
    assert tagged.pieces(["was"], ()) == []
