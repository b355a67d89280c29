"""Requests and replies: what is held out, which replies do what is asked, and what the grammar makes of a text."""

from collections.abc import Mapping
from random import Random

import pytest

from llmviz.text.tinyland import corpus, dialogues, lists, prompting, world
from llmviz.text.tinyland.dialogue_parser import begins_with_request, parsed
from llmviz.text.tinyland.dialogues import HELD_KINDS, KINDS, LEARNT, Dialogue, Request
from llmviz.text.tokenizers import with_words, word_level

CAPITAL = dialogues.request("capital", 0, "France", Random(0))
PRAISE = dialogues.request("praise", 0, "film", Random(0))
BLAME = dialogues.request("blame", 0, "film", Random(0))
REPEAT = Request("repeat", 0, {"subject": "film", "word": "dull"}, "repeat this : the film was dull .")
BOTH = Request("both", 0, {"subject": "Anna", "animal": "dog"}, "tell me of Anna and the dog .")
PARTY = dialogues.request("impression", 0, "party", Random(0))
ANNA = dialogues.request("day", 0, "Anna", Random(0))


def drawn(count: int = 1_500) -> list[Request]:
    random = Random("tests")
    return [dialogues.drawn(tuple(KINDS), "train", random, unseen_wording=random.random() < 0.3) for _ in range(count)]


def test_every_drawn_reply_does_what_is_asked() -> None:
    random = Random(1)
    for asked in drawn():
        assert dialogues.follows(asked, dialogues.reply(asked, random)), asked


def test_a_reply_to_another_subject_or_of_another_kind_does_not() -> None:
    random = Random(2)
    for asked in drawn(600):
        subjects = [subject for subject in KINDS[asked.kind].subjects if subject != asked.slots["subject"]]
        other = asked._replace(slots={**asked.slots, "subject": random.choice(subjects)})
        if dialogues.reply(other, Random(3)) != dialogues.reply(asked, Random(3)) and not _same_answer(asked, other):
            assert not dialogues.follows(asked, dialogues.reply(other, Random(3))), (asked, other)
        assert not dialogues.follows(asked, asked.text), asked
        assert not dialogues.follows(asked, "")


def _same_answer(asked: Request, other: Request) -> bool:
    """Whether two subjects have one value: some people have the same job."""
    table: Mapping[str, str] = lists.RELATIONS[asked.kind].table if asked.kind in lists.RELATIONS else {}
    return bool(table) and table[asked.slots["subject"]] == table[other.slots["subject"]]


@pytest.mark.parametrize(
    ("asked", "said", "lacks"),
    [
        (CAPITAL, "in France , Paris is the capital .", ""),
        (CAPITAL, "the capital of France is Rome .", "says Rome, not Paris"),
        (CAPITAL, "Paris or Rome or Rome .", "says Rome besides Paris"),
        (CAPITAL, "tell me the job of Lucy .", "does not say Paris"),
        (PRAISE, "the film was superb .", ""),
        (PRAISE, "the play was superb .", "does not speak of the film"),
        (PRAISE, "the film was dull .", "says nothing good"),
        (PRAISE, "the film was superb and dull .", "says something bad too"),
        (BLAME, "the film was superb .", "says nothing bad"),
        (BLAME, "the film was dull and great .", "says something good too"),
        (REPEAT, "the film was dull .", ""),
        (REPEAT, "the film was dull . the film was dull .", "is not the sentence that was to be repeated"),
        (BOTH, "Anna saw the dog by the river .", ""),
        (BOTH, "Anna saw the cat by the river .", "does not name dog"),
        (BOTH, "it rains .", "does not name Anna and dog"),
        (BOTH, "Anna saw the dog", "is no whole sentence"),
        (PARTY, "the party was great .", ""),
        (PARTY, "the film was great .", "does not speak of party"),
        (PARTY, "what do you say of the party ?", "does not say how it was or feels"),
        (PARTY, f"{PARTY.text} the party was great .", "repeats the request"),
        (ANNA, "Anna is happy", "is no whole sentence"),
        (ANNA, "Anna is sad .", ""),
    ],
)
def test_what_a_reply_lacks_is_said(asked: Request, said: str, lacks: str) -> None:
    assert dialogues.lacks(asked, said) == lacks
    assert dialogues.follows(asked, said) is (lacks == "")


def test_no_request_of_a_test_is_learnt_by_subject_wording_or_kind() -> None:
    learnt = list(dialogues.learnt(0, 10_000))
    asked = {(each.request.kind, each.request.slots["subject"]) for each in learnt}
    for split in ("validation", "test"):
        for unseen in (False, True):
            held = [each.request for each in dialogues.told(tuple(KINDS), split, 3_000, Random(4), unseen_wording=unseen)]
            assert not asked & {(each.kind, each.slots["subject"]) for each in held}
            assert not {each.request.text for each in learnt} & {each.text for each in held}
    assert {each.request.kind for each in learnt} == {*LEARNT} == {*KINDS} - {*HELD_KINDS}
    assert all(each.request.wording < len(KINDS[each.request.kind].wordings) - 1 for each in learnt)


def test_subjects_are_divided_and_none_is_left_out() -> None:
    for kind in KINDS:
        parts = [dialogues.subjects(kind, split) for split in ("train", "validation", "test")]
        assert sorted(sum(parts, ())) == sorted(KINDS[kind].subjects) and all(parts)
        assert len(parts[0]) > len(parts[1]) + len(parts[2])


def test_the_same_seed_draws_the_same_dialogues() -> None:
    assert list(dialogues.learnt(3, 50)) == list(dialogues.learnt(3, 50)) != list(dialogues.learnt(4, 50))
    assert all(isinstance(each, Dialogue) for each in dialogues.learnt(3, 2))


def test_a_request_is_read_back_as_what_it_was_drawn_as() -> None:
    for asked in drawn():
        assert parsed(asked.text) == asked


@pytest.mark.parametrize(
    "text", ["", "what is the capital of Anna ?", "what is the capital of France", "the film was dull .", "tell me of Anna and the film ."]
)
def test_any_other_text_is_no_request(text: str) -> None:
    assert parsed(text) is None


def test_what_begins_with_a_request_is_told_from_a_reply() -> None:
    random = Random(5)
    for asked in drawn(300):
        assert begins_with_request(asked.text) and begins_with_request(f"{asked.text} the film was dull .")
        assert not begins_with_request(dialogues.reply(asked, random))
    assert not begins_with_request("") and not begins_with_request("the film was dull . how was the film ?")


def test_a_sheet_has_requests_alone_and_every_word_is_known() -> None:
    tokenizer = with_words(word_level(corpus.words()), prompting.new_words())
    random = Random(6)
    texts = [dialogues.sheet(random) for _ in range(200)]
    texts += [f"{each.request.text} {each.reply}" for each in dialogues.learnt(0, 200)]
    for text in texts:
        assert None not in [tokenizer.token_to_id(word) for word in text.split()]
    for text in texts[:200]:
        while text:
            assert begins_with_request(text)
            text = text[min(place for mark in ".?" if (place := text.find(f" {mark}")) >= 0) + 3 :]


def test_moods_are_told_apart() -> None:
    assert not dialogues.GOOD & dialogues.BAD and set(world.ADJECTIVES["good"]) <= dialogues.GOOD
