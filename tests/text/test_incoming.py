"""What comes in from outside, and what becomes of it."""

import unicodedata

import pytest

from llmviz.core.address import LONGEST_SENTENCE
from llmviz.text.incoming import line, tidied

JOINERS = "\u200c\u200d"
SEEN = range(0x600, 0x606), (0x6DD, 0x70F, 0x890, 0x891, 0x8E2, 0x110BD, 0x110CD), range(0x13430, 0x13440)  # format characters with ink


@pytest.mark.parametrize(
    "ordinary",
    [
        "",
        "  The owl hoots,  twice . ",
        "Élan, naïve, Mädchen, żółw, сова, 梟, 부엉이, שָׁלוֹם, नमस्ते",
        "👩‍👩‍👧 ❤️ 🏳️‍🌈 👍🏽 🎉",
        "می‌خواهم",  # Persian writes the two parts of "I want" apart by an invisible joiner
        "<b>&amp;</b> **a** `b` [c](d) \\ $x$ ▁ Ġ ##",
        "x̱ q̃",  # no composed letter exists
    ],
)
@pytest.mark.parametrize("lines", [False, True])
def test_ordinary_text_stays_as_it_is(ordinary: str, lines: bool) -> None:
    assert tidied(ordinary, lines) == ordinary


@pytest.mark.parametrize(
    ("hostile", "tidy"),
    [
        ("\ufeffthe owl", "the owl"),
        ("the\ufeff owl\ufeff", "the owl"),
        ("\u200b", ""),
        ("o\u200bw\u2060l", "owl"),
        ("o\u200dw\u200cl", "owl"),
        ("\u200dowl\u200d", "owl"),
        ("👩\u200d\u200d\u200d👧", "👩\u200d👧"),
        ("\ufe0f owl", " owl"),
        ("❤\ufe0f\ufe0f\ufe0e", "❤\ufe0f"),
        ("so\xadft", "soft"),
        ("a\u202eb\u202cc", "abc"),
        ("a\u2066b\u2069 \u200fc\u061c", "ab c"),
        ("a\x00b\x07\x1b\x7f\x9f", "ab"),
        ("a\ud83d b\udfff", "a\ufffd b\ufffd"),
        ("a\uffffb\ufdd0", "ab"),
        ("a\U000e0041b", "ab"),
        ("a\u3164b\u115f\u034f", "ab"),
        ("a\x0bb\x0cc\td\x1ce", "a b c d e"),
        ("a\u00a0b\u3000c\u2009d\u202fe", "a b c d e"),
        ("e\u0301lan A\u030a \u212b", "élan Å Å"),
        ("\u1112\u1161\u11ab", "한"),
        ("e\u200b\u0301", "é"),  # composed once nothing stands between
    ],
)
@pytest.mark.parametrize("lines", [False, True])
def test_what_cannot_be_seen_makes_no_difference(hostile: str, tidy: str, lines: bool) -> None:
    assert tidied(hostile, lines) == tidy
    assert tidied(tidy, lines) == tidy


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n", "\x85", "\u2028", "\u2029"])
def test_a_line_end_is_a_space_in_a_sentence_and_one_line_feed_in_a_text_of_lines(end: str) -> None:
    assert tidied(f"one{end}two") == "one two"
    assert tidied(f"one{end}two", lines=True) == "one\ntwo"
    assert tidied(f"one{end}{end}two", lines=True) == "one\n\ntwo"


def test_no_control_or_invisible_format_character_comes_through_alone() -> None:
    inked = {code for codes in SEEN for code in codes}
    for code in range(0x110000):
        letter = chr(code)
        if unicodedata.category(letter) in ("Cc", "Cf") and code not in inked:
            assert tidied(letter) in ("", " "), hex(code)
            assert tidied(letter, lines=True) in ("", " ", "\n"), hex(code)
            if letter not in JOINERS:
                assert tidied(f"👩{letter}👧") in ("👩👧", "👩 👧"), hex(code)


def test_whatever_comes_in_is_tidy_after_once_and_can_be_written() -> None:
    for first in ("a", "é", "👩", " ", "\u0301", "\ud83d", "한"):
        for code in (*range(0x0, 0x250), *range(0x1100, 0x1200), *range(0x2000, 0x2100), *range(0xFE00, 0x10000), 0x1F3FB, 0xE0001):
            once = tidied(f"{first}{chr(code)}{first}")
            assert tidied(once) == once and once.encode()


def test_a_line_is_no_longer_than_an_address_takes() -> None:
    assert line("a\n" * LONGEST_SENTENCE) == "a " * (LONGEST_SENTENCE // 2)
