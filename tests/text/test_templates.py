from random import Random

import pytest

from llmviz.text.templates import Alternation, Concatenation, Permutation, Piece, Slot, Template, draw, parse, words_and_tags

RULES = {"the": "(the|my)", "all": "all [[of] <the>]"}


def sayings(template: Template) -> set[str]:
    """All that a small template says: with a few hundred drawings none of its ways is missed."""
    random = Random(0)
    return {" ".join("".join(piece.text for piece in draw(template, random, lambda slot: slot.values.upper())).split()) for _ in range(400)}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("turn on", {"turn on"}),
        ("", {""}),
        ("(turn|switch) on", {"turn on", "switch on"}),
        ("turn on [the] light", {"turn on light", "turn on the light"}),
        ("[a|b] c", {"a c", "b c", "c"}),
        ("door[s]", {"door", "doors"}),
        ("5( |-)hour[s]", {"5 hour", "5 hours", "5-hour", "5-hours"}),
        ("(off;here;now)", {"off here now", "off now here", "here off now", "here now off", "now off here", "now here off"}),
        ("go[(a;b)]", {"go", "go a b", "go b a"}),
        ("x (on;[<the> light])", {"x on", "x on the light", "x on my light", "x the light on", "x my light on"}),
        ("(a)", {"a"}),
        ("<all> lights", {"all lights", "all the lights", "all my lights", "all of the lights", "all of my lights"}),
        ("in {area:room}", {"in AREA"}),
        ("(what's|is) {name}?", {"what's NAME?", "is NAME?"}),
    ],
)
def test_a_template_says_just_these_sentences(text: str, expected: set[str]) -> None:
    assert sayings(parse(text, RULES)) == expected


def test_a_template_is_a_tree() -> None:
    assert parse("turn [up|down] {step:by}") == Concatenation(("turn ", Alternation(("up", "down", "")), " ", Slot("step", "by")))
    assert parse("(a;{area})") == Permutation(("a", Slot("area", "area")))


def test_ways_are_drawn_evenly_and_by_the_given_numbers() -> None:
    template = parse("(a|b|c)")
    first, again = ([next(draw(template, random, str)).text for _ in range(3_000)] for random in (Random(5), Random(5)))
    assert first == again
    assert all(900 < first.count(way) < 1_100 for way in "abc")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("turn (on", r"“turn \(on” has a \( that nothing closes"),
        ("turn [on", r"has a \[ that nothing closes"),
        ("turn on)", r"has a \) that closes nothing"),
        ("turn (on]", r"has a \] that closes nothing"),
        ("on|off", r"has a \| outside brackets"),
        ("on;off", r"has a ; outside brackets"),
        ("(a|b;c)", r"has both \| and ; in one bracket"),
        ("in {area", r"has a \{ without its other half"),
        ("in area>", r"has a > without its other half"),
        ("in {}", r"has a slot without a name: \{\}"),
        ("in {area:}", r"has a slot without a name: \{area:\}"),
        ("in {:room}", r"has a slot without a name: \{:room\}"),
        ("in {the area}", r"has a slot without a name: \{the area\}"),
        ("in <her>", r"asks for the rule <her>, which there is not"),
        ("<a>", r"“\[<b>\] x” asks for the rule <b>, which there is not"),
        ("<loop>", r"asks for the rule <loop> inside that very rule"),
    ],
)
def test_a_malformed_template_is_refused_in_a_sentence(text: str, sentence: str) -> None:
    rules = {"a": "[<b>] x", "loop": "again <pool>", "pool": "<loop>"}
    with pytest.raises(ValueError, match=sentence):
        parse(text, rules)


def test_a_rule_may_be_asked_for_twice() -> None:
    assert sayings(parse("<one> <one>", {"one": "1"})) == {"1 1"}


@pytest.mark.parametrize(
    ("pieces", "words", "tags"),
    [
        ([("in the ", ""), ("living room", "area"), ("", ""), (" now", "")], "in the living room now", "O O B-area I-area O"),
        ([("door", ""), ("s", ""), (" ", ""), ("2700", "kelvin"), ("k", "")], "doors 2700 k", "O B-kelvin O"),
        ([("what's  at ", ""), ("20.5", "degrees"), ("°", "")], "what's at 20.5 °", "O O B-degrees O"),
        ([("5", "hours"), ("-", ""), ("hour", "")], "5 - hour", "B-hours O O"),
        ([("red", "color"), ("blue", "color")], "red blue", "B-color B-color"),
        ([("on", "state"), ("hall", "area")], "on hall", "B-state B-area"),
        ([], "", ""),
    ],
)
def test_words_carry_the_slot_they_fill(pieces: list[tuple[str, str]], words: str, tags: str) -> None:
    assert words_and_tags(Piece(*piece) for piece in pieces) == (tuple(words.split()), tuple(tags.split()))
