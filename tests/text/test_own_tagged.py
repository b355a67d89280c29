"""Held-out parts of a visitor's tagged text."""

import pytest

from llmviz.core.tagging import entities
from llmviz.text import own_tagged, own_tags, requests
from llmviz.text.own_tagged import FEWEST, distinct, divided, doubt
from llmviz.text.own_tags import Tagged, columns, tagged


def text(*lines: str) -> Tagged:
    return tagged("\n".join(lines).encode())


def test_a_sentence_is_in_one_part_and_every_part_has_names() -> None:
    many = [f"[{word}{number}](T{number}) {word} ." for word in ("see", "SEE", "hear") for number in range(FEWEST)]  # each type is rare
    parts = divided(text(*many, "no name here ."))
    alike = {part: {" ".join(each.words).casefold() for each in those} for part, those in parts.items()}
    assert sum(map(len, parts.values())) == len(many) + 1 and sum(map(len, alike.values())) == len(set().union(*alike.values()))
    assert all(any(True for each in those for _ in entities(each.tags)) for those in parts.values())


def test_every_type_with_examples_enough_is_held_out_too() -> None:
    common = [f"[x{number}](COMMON) ." for number in range(200)]
    parts = divided(text(*common, *(f"[y{number}](RARE) and [x{number}](COMMON)" for number in range(5))))
    assert all(any("B-RARE" in each.tags for each in those) for those in parts.values())


def test_sentences_count_once_and_none_with_two_taggings() -> None:
    found = distinct(text("[Anna](PER) .", "[Anna](PER) .", "[Bo](PER) .", "[Bo](LOC) ."))
    assert [each.words for each in found] == [("Anna", ".")]


def test_too_few_are_refused_and_little_is_said() -> None:
    few = [f"[x{number}](A) ." for number in range(FEWEST)]
    with pytest.raises(ValueError, match=f"9 different sentences with a name in; at least {FEWEST}"):
        divided(text(*few[1:], few[1], "[X1](A) .", *(f"nothing {number}" for number in range(50))))
    assert "only 2 names are held out for the final figure: one of them is 50 points" in doubt(divided(text(*few))["test"])


def test_the_example_is_the_one_that_runs_learnt_from_and_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    assert tagged(columns(own_tagged.example()).encode()) == own_tagged.example()
    assert own_tags.digest(own_tagged.example()) == own_tagged.DIGEST
    own_tagged.example.cache_clear()
    monkeypatch.setattr(own_tagged, "DIGEST", "0" * 64)
    with pytest.raises(ValueError, match=f"the installed {requests.PACKAGE} says other requests"):
        own_tagged.example()
    own_tagged.example.cache_clear()
