import hashlib
import json
import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import permutations
from random import Random
from typing import Any

import pytest

from llmviz.core import packages
from llmviz.text import household, requests, templates
from llmviz.text.requests import CLASSES, INTENTS, Request, documents, labelled, tagged
from llmviz.text.splits import split_of
from llmviz.text.templates import Alternation, Concatenation, Permutation, Piece, Slot, Template, parse, words_and_tags

# Pinned as the text itself is, in core/texts: another package, or another way to draw, would be other labels.
TAGGED = "dada14d179b47db8181af8bda0b33c5a458e866539b916c7b2b43e17a9a5f1d6"
LISTS = household.LISTS | household.NAMES
OPEN = 20  # values that any list is taken to have that the package leaves to its users


@pytest.fixture(scope="module")
def data() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(packages.located(requests.PACKAGE, requests.FILE).read_text(encoding="utf-8"))
    return found


def spans(tags: Sequence[str]) -> Iterator[tuple[str, int, int]]:
    """The slots that tags in the BIO scheme name: slot, first word, the word behind the last. Refuses what is no such scheme."""
    for place, tag in enumerate(tags):
        if tag.startswith("B-"):
            behind = place + 1
            while behind < len(tags) and tags[behind] == f"I-{tag[2:]}":
                behind += 1
            yield tag[2:], place, behind
        elif tag.startswith("I-"):
            assert place and tags[place - 1] in (tag, f"B-{tag[2:]}")
        else:
            assert tag == "O"


def values_of(request: Request) -> list[tuple[str, str]]:
    return [(slot, " ".join(request.words[first:behind])) for slot, first, behind in spans(request.tags)]


def test_the_requests_are_the_pinned_ones() -> None:
    assert hashlib.sha256(json.dumps(tagged()).encode()).hexdigest() == TAGGED
    assert [len(texts) for texts in documents().values()] == [18_418, 971, 1_026]


def test_a_request_is_in_one_split_and_has_one_label() -> None:
    read, known = documents(), tagged()
    for splits in (read, {part: [request.text for request in chosen] for part, chosen in known.items()}):
        texts = Counter(text for part in splits.values() for text in part)
        assert max(texts.values()) == 1
        assert all(split_of(text) == part for part, chosen in splits.items() for text in chosen)
    assert len(known["test"]) >= 1_000 <= len(known["validation"])
    held_out = {request.text for part in ("validation", "test") for request in known[part]}
    assert not held_out & set(read["train"])
    assert {request.text for request in known["train"]} & set(read["train"])


def test_each_intent_is_asked_for_in_each_split() -> None:
    for part, examples in labelled().items():
        shares = Counter(label for _, label in examples)
        assert set(shares) == set(range(len(CLASSES)))
        assert max(shares.values()) < 8 * min(shares.values())
        assert [(request.text, CLASSES.index(request.intent)) for request in tagged()[part]] == list(examples)


def test_tags_are_valid_and_name_values_of_their_lists() -> None:
    own = {value for kind in LISTS.values() for side in kind.split(" | ") for value in side.split(", ")}
    for part in tagged().values():
        for request in part:
            assert len(request.words) == len(request.tags)
            for slot, value in values_of(request):
                assert value in own or slot not in ("area", "floor", "name", "search_query", "conversation_command")


def test_a_slots_words_are_the_value_inserted(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[list[Piece]] = []

    def kept(pieces: Iterable[Piece]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        drawn.append(list(pieces))
        return words_and_tags(drawn[-1])

    monkeypatch.setattr(templates, "words_and_tags", kept)
    for (request, _), pieces in zip(list(requests._drawn(2_000)), drawn, strict=True):
        assert values_of(request) == [(piece.slot, " ".join(piece.text.split())) for piece in pieces if piece.slot]
        assert "".join(request.words) == "".join(piece.text for piece in pieces).replace(" ", "")


def test_what_is_held_out_is_never_labelled_but_read() -> None:
    sides = [{value for kind in LISTS.values() for value in kind.split(" | ")[number].split(", ")} for number in (0, 1)]
    named = {  # a fan's modes are the package's own words, and top and focus are among them: as a floor and a scene they may be labelled
        part: {value for request in chosen for slot, value in values_of(request) if slot != "fan_mode"} for part, chosen in tagged().items()
    }
    assert not sides[0] & sides[1]
    assert named["train"] & (sides[0] | sides[1]) == sides[0]
    held_out = named["validation"] | named["test"]
    assert not held_out & sides[0]
    assert len(held_out & sides[1]) > 0.9 * len(sides[1])
    read = " ".join(f"{text} ." for text in documents()["train"])
    assert all(f" {value} " in read for value in sides[1])


def test_a_third_of_each_list_is_held_out() -> None:
    for name, kind in LISTS.items():
        kept, held_out = (side.split(", ") for side in kind.split(" | "))
        assert len(set(kept + held_out)) == len(kept + held_out), name
        assert 0.2 < len(held_out) / len(kept + held_out) < 0.4, name


def test_some_values_fill_two_slots() -> None:
    """Only the words around them tell which: a list of values by their slots would be wrong."""
    for parts, values in ((("train",), ("office", "gym", "party", "romance")), (("validation", "test"), ("garden", "library", "jazz"))):
        slots = defaultdict(set)
        for part in parts:
            for request in tagged()[part]:
                for slot, value in values_of(request):
                    slots[value].add(slot)
        assert all(len(slots[value]) > 1 for value in values)


def pattern(template: Template, sentence: requests.Sentence, closed: dict[str, Template], slots: list[str] | None) -> str:
    """The template as a regular expression over texts without spaces, with a group for each slot."""
    match template:
        case str():
            return re.escape(template.replace(" ", ""))
        case Slot(kind, name):
            if kind in closed:
                value = pattern(closed[kind], sentence, closed, None)
            else:
                value = "|".join(value.replace(" ", "") for side in household.values(kind, sentence.domains) for value in side)
            if slots is None:
                return f"(?:{value})"
            slots.append(name)
            return f"(?P<slot{len(slots) - 1}>{value})"
        case Concatenation(parts):
            return "".join(pattern(part, sentence, closed, slots) for part in parts)
        case Alternation(ways):
            return f"(?:{'|'.join(pattern(way, sentence, closed, slots) for way in ways)})"
        case Permutation(parts):
            orders = ["".join(pattern(part, sentence, closed, slots) for part in order) for order in permutations(parts)]
            return f"(?:{'|'.join(orders)})"


def test_no_other_template_says_the_same_words(data: dict[str, Any]) -> None:
    """Requests are read back by regular expressions of all templates: intent and slots are the same in all that match."""
    closed = requests._closed(data)
    patterns = []
    for intent, name in INTENTS.items():
        for kind in requests._kinds(data, intent):
            for sentence in kind:
                slots: list[str] = []
                patterns.append((name, re.compile(pattern(sentence.template, sentence, closed, slots)), slots))
    assert len(patterns) > 700
    for request in (*tagged()["test"], *tagged()["train"][:1_500]):
        ends = [0]
        for word in request.words:
            ends.append(ends[-1] + len(word))
        labels = {(request.intent, tuple((slot, ends[first], ends[behind]) for slot, first, behind in spans(request.tags)))}
        found = set()
        for name, compiled, slots in patterns:
            if match := compiled.fullmatch("".join(request.words)):
                filled = [(slot, *match.span(f"slot{number}")) for number, slot in enumerate(slots) if match[f"slot{number}"] is not None]
                found.add((name, tuple(sorted(filled, key=lambda span: span[1]))))
        assert found == labels, request


def test_the_intents_are_those_that_can_be_said_in_most_ways(data: dict[str, Any]) -> None:
    closed = requests._closed(data)

    def ways(template: Template) -> int:
        match template:
            case str():
                return 1
            case Slot(kind, _):
                return ways(closed[kind]) if kind in closed else OPEN
            case Concatenation(parts):
                return math.prod(map(ways, parts))
            case Alternation(several):
                return sum(map(ways, several))
            case Permutation(parts):
                return math.factorial(len(parts)) * math.prod(map(ways, parts))

    said = {
        name: sum(ways(parse(text, data["expansion_rules"])) for kind in intent["data"] for text in kind["sentences"])
        for name, intent in data["intents"].items()
    }
    assert len(said) == 42
    assert set(sorted(said, key=lambda name: -said[name])[: len(INTENTS)]) == set(INTENTS)


def test_the_same_requests_are_drawn_again() -> None:
    one, other = (list(requests._drawn(500)) for _ in range(2))
    assert one == other
    assert [request.text for request, _ in one if split_of(request.text) == "test"] == [
        text for text in documents()["test"] if text in {request.text for request, _ in one}
    ]


def test_ranges_and_lists_of_the_package_are_read() -> None:
    lists = {
        "warmth": {"range": {"from": 1, "to": 3, "fractions": "halves"}},
        "light": {"range": {"from": 10, "to": 30, "step": 10}},
        "state": {"values": [{"in": "(closed|shut)", "out": "off"}, {"in": "auto[matic]", "out": "auto"}]},
        "message": {"wildcard": True},
    }
    closed = requests._closed({"lists": lists})
    said = {
        name: {"".join(piece.text for piece in templates.draw(one, Random(number), str)) for number in range(200)}
        for name, one in closed.items()
    }
    assert said == {
        "warmth": {"1", "1.5", "2", "2.5", "3"},
        "light": {"10", "20", "30"},
        "state": {"closed", "shut", "auto", "automatic"},
    }


def test_without_its_package_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(requests, "PACKAGE", "no-such-package")
    with pytest.raises(ValueError, match="pip install no-such-package"):
        documents()
