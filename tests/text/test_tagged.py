"""Texts whose words carry tags."""

from random import Random

import pytest
from seqeval.metrics.sequence_labeling import get_entities  # type: ignore[import-untyped] # seqeval has no types
from seqeval.scheme import IOB2, Entities  # type: ignore[import-untyped] # as above
from tokenizers.pre_tokenizers import BertPreTokenizer

from llmviz.core.settings import TextSpec
from llmviz.core.tagging import Entity, entities
from llmviz.text import requests
from llmviz.text.first_pieces import pieces
from llmviz.text.special import UNK
from llmviz.text.tagged import kinds, sample, source, tagged, tags
from llmviz.text.tokenizers import train_wordpiece, word_level

TINYLAND, REQUESTS = TextSpec("tinyland"), TextSpec("requests")
TAGS = ("O", "B-PER", "I-PER", "B-LOC", "I-LOC")


def test_entities_are_those_of_seqeval_in_strict_mode() -> None:
    random = Random(0)
    for _ in range(500):
        sequence = random.choices(TAGS, k=random.randint(1, 9))
        expected = [Entity(one.tag, one.start, one.end) for one in Entities([sequence], IOB2).entities[0]]
        assert list(entities(sequence)) == expected


def test_an_inside_without_its_beginning_names_nothing() -> None:
    assert list(entities(["I-PER", "O", "B-LOC", "I-PER", "I-LOC"])) == [Entity("LOC", 2, 3)]
    assert get_entities(["I-PER"]) != []  # seqeval's other mode repairs it


def test_a_larger_sample_keeps_the_smaller_one() -> None:
    train = tagged(TINYLAND)["train"]
    assert sample(train, 8, seed=1) == sample(train, 32, seed=1)[:8] != sample(train, 8, seed=2)
    with pytest.raises(ValueError, match=r"Labels: 1,000,000 are more than there are"):
        sample(train, 1_000_000, seed=0)


def test_the_tags_of_a_text() -> None:
    assert kinds(TINYLAND) == ("PER", "LOC", "ORG") and tags(TINYLAND)[:3] == ("O", "B-PER", "I-PER")
    assert len(kinds(REQUESTS)) == 22 and source(REQUESTS).noun == "slot"
    with pytest.raises(ValueError, match="nobody has tagged the names in this text"):
        tags(TextSpec("sotu"))


def test_requests_are_tagged_in_the_words_that_models_read() -> None:
    """A kind has one colour; a number with a point, and a word with an apostrophe, are several words, as in a sentence that is typed."""
    splits = tagged(REQUESTS)
    known, found, numbers = set(tags(REQUESTS)), set[str](), 0
    for texts in splits.values():
        for words, told in texts:
            assert len(words) == len(told) and known.issuperset(told)
            assert [part for word in words for part, _ in BertPreTokenizer().pre_tokenize_str(word)] == list(words)
            found.update(tag[2:] for tag in told if tag[0] == "B")
            numbers += any(word == "." and tag == "I-temperature" for word, tag in zip(words, told, strict=True))
            assert sum(1 for _ in entities(told)) == sum(tag[0] == "B" for tag in told)
    assert found == set(kinds(REQUESTS)) and numbers > 100
    assert [len(splits[split]) for split in ("train", "validation", "test")] == [len(part) for part in requests.tagged().values()]


def test_the_first_piece_of_a_word_stands_for_it() -> None:
    tokenizer = train_wordpiece(["the cat sat on the mat with a hat . " * 60], 40)
    words = ("The", "catmat", "sat")
    (found,) = pieces(tokenizer, [words])
    assert next(tokenizer.id_to_token(found.ids[place]) for place in found.firsts) == "the"
    assert len(found.firsts) == 3 < len(found.ids)
    whole = [id for word in words for id in tokenizer.encode(word, add_special_tokens=False).ids]
    assert list(found.ids) == whole
    short = found.cut(2)
    assert short.ids == found.ids[:2] and short.firsts == (0, 1)


def test_a_word_that_leaves_no_piece_is_unknown_and_so_is_a_special_one_that_was_typed() -> None:
    tokenizer = word_level(["Anna", "sees"])
    anna, sees = (tokenizer.token_to_id(word) for word in ("Anna", "sees"))
    (found,) = pieces(tokenizer, [("anna", "sees", "Bo", "\u200b", "[PAD]", "anna")])
    assert found.ids == (anna, sees, UNK, UNK, UNK, anna) and found.firsts == (0, 1, 2, 3, 4, 5)
