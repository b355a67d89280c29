"""A visitor's own text: cut into passages that lose nothing, and divided so that none is both learnt and held out."""

import pytest

from llmviz.text import own, own_prose
from llmviz.text.own_prose import FEWEST, MOST_LETTERS, divided, example, passages


def test_sentences_of_a_paragraph_stand_together_with_their_quotes() -> None:
    assert list(passages("He came. “Who is it?” she\nasked!\n\nNobody.")) == ["He came. “Who is it?” she asked!", "Nobody."]
    assert list(passages("turn it off\nturn it on\n")) == ["turn it off", "turn it on"]  # no empty line: each is its own
    assert list(passages("one\n \t\ntwo\nthree")) == ["one", "two three"]


@pytest.mark.parametrize("text", ["word " * 400, "x" * 2_000, "谁在那里？我不知道。" * 200, f"{'a ' * 170}. Then {'b' * 700} and c."])
def test_what_is_long_is_cut_and_nothing_is_lost(text: str) -> None:
    found = list(passages(text))
    assert all(0 < len(passage) <= MOST_LETTERS for passage in found)
    assert "".join("".join(found).split()) == "".join(text.split())


def test_no_passage_is_both_learnt_and_held_out_and_two_in_five_at_most_are_held_out() -> None:
    for count in (FEWEST, 60, 5_000):
        parts = divided("\n".join(f"line number {number}" for number in (*range(count), 0, 1)))  # two come twice
        learnt, validation, test = (set(parts[name]) for name in ("train", "validation", "test"))
        assert (
            len(learnt) + len(validation) + len(test) == count and not learnt & validation and not learnt & test and not validation & test
        )
        assert len(learnt) >= 0.6 * count and len(test) >= count // 20 and validation


def test_of_very_many_passages_the_first_are_read() -> None:
    parts = divided("\n".join(map(str, range(30_000))))
    assert sum(map(len, parts.values())) == own_prose.MOST and str(own_prose.MOST) not in {each for part in parts.values() for each in part}


def test_too_little_is_a_sentence() -> None:
    with pytest.raises(ValueError, match=f"9 different passages; at least {FEWEST}"):
        divided("\n".join(map(str, range(FEWEST - 1))))
    with pytest.raises(ValueError, match="1 different passage;"):
        divided("one line")


def test_the_example_is_the_text_of_its_digest_and_a_visitors_comes_back_by_its_own() -> None:
    assert own_prose.read("") == example() and len(divided(example())["train"]) == 1_917
    digest, left = own.take("a line\r\nanother\u200b line")
    assert own_prose.read(digest) == "a line\nanother line" and not left
    with pytest.raises(ValueError, match="not kept on this machine"):
        own_prose.read("0" * 64)
