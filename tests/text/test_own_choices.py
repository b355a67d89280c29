"""A visitor's own choices: kept under a digest, ties and undo, what is kept apart, and what is missing."""

import pytest

from llmviz.text import own_choices
from llmviz.text.own_choices import FIRST, NONE, SECOND, TIE, Chosen, apart, decided, digest, keep, learnt, missing, read
from llmviz.text.tinyland.dialogues import Request

SOUP = Request("impression", 0, {"subject": "soup"}, "how was the soup ?")


def made(*which: int) -> tuple[Chosen, ...]:
    return tuple(Chosen(SOUP, f"the soup was fine {place} .", "the soup was dull .", each) for place, each in enumerate(which))


def test_what_is_kept_is_read_again_and_undo_is_the_list_before() -> None:
    two = made(FIRST, SECOND)
    three = (*two, *made(FIRST, FIRST, TIE)[2:])
    before, after = keep(two), keep(three)
    assert before != after and read(after) == three and read(after)[2].request.slots == {"subject": "soup"}
    assert keep(read(after)[:-1]) == before == digest(two)


def test_no_choices_have_a_digest_that_needs_no_file() -> None:
    assert digest(()) == NONE and read(NONE) == () and keep(()) == NONE


def test_the_preferred_reply_is_the_one_that_was_chosen() -> None:
    first, second = made(FIRST, SECOND)
    assert first.preferred == (first.one, first.other) and second.preferred == (second.other, second.one)


def test_every_fifth_that_is_no_tie_is_kept_apart() -> None:
    all_of_them = made(*(TIE if place % 3 == 2 else FIRST for place in range(18)))  # 12 decided
    kept = decided(all_of_them)
    assert len(kept) == 12 and apart(all_of_them) == (kept[4], kept[9])
    assert learnt(all_of_them) == (*kept[:4], *kept[5:9], *kept[10:])


@pytest.mark.parametrize(
    ("which", "said"),
    [
        ((), "to train takes 10 choices; so far there is none"),
        ((1,), "to train takes 10 choices; so far there is 1 choice"),
        ((1, 2, 1), "to train takes 10 choices; so far there are 3 choices"),
        ((1, 0, 2, 1, 0), "to train takes 10 choices; so far there are 3 choices, and ties teach nothing"),
        ((1,) * 9, "to train takes 10 choices; so far there are 9 choices"),
        ((1,) * 10, ""),
        ((0,) * 10, "to train takes 10 choices; so far there is none, and ties teach nothing"),
    ],
)
def test_what_is_missing_is_said(which: tuple[int, ...], said: str) -> None:
    assert missing(made(*which)) == said


def test_what_this_machine_does_not_keep_is_refused() -> None:
    with pytest.raises(ValueError, match="not kept on this machine"):
        read("0" * 64)
    with pytest.raises(ValueError, match="64 hexadecimal digits"):
        read("../../etc")


def test_too_many_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own_choices, "MOST", 2)
    with pytest.raises(ValueError, match="at most 2 choices"):
        keep(made(1, 1, 1))
