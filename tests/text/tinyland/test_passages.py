"""Passages and their questions, read again by a matcher that knows the wordings alone: every answer is the only one, or there is none."""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import pairwise
from random import Random

import pytest

from llmviz.core.settings import TextSpec
from llmviz.evaluation.squad import by_position
from llmviz.text.passages import Example, examples, sampled
from llmviz.text.sentences import sentences
from llmviz.text.tinyland import corpus, passages, world

DIGEST = "9b4ef5105db2147830d5c4fd7948ac620795f2fbc2741c47507d3de5e75f918e"  # the questions are pinned as the texts are
SPLITS = examples(TextSpec("tinyland"))
EVERY = [example for split in SPLITS.values() for example in split]
PRONOUNS = {"she", "he"}
KINDS = {name: {*passages.VALUES[name], *passages.LONGER_VALUES[name]} for name in passages.VALUES}


def pattern(wording: str) -> re.Pattern[str]:
    """A wording as a regular expression: any name or pronoun, any value of a slot's kind."""
    slots: dict[str, Iterable[str]] = {"subject": [*world.PEOPLE, *PRONOUNS]}
    slots |= {name: KINDS[relation.kind] for name, relation in passages.RELATIONS.items()}
    slots |= {name.strip("{}"): fillings for name, fillings in passages.FILLING.items()}
    found = re.escape(wording)
    for name, fillings in slots.items():
        either = "|".join(sorted(map(re.escape, fillings), key=len, reverse=True))
        found = found.replace(re.escape(f"{{{name}}}"), f"(?P<{name}>{either})")
    return re.compile(found)


TOLD = [pattern(wording) for wordings in passages.TOLD for wording in wordings]
RELATION_OF = {  # by question
    wording.format(**spelt): name
    for name, relation in passages.RELATIONS.items()
    for wording in relation.asked
    for spelt in ({"she": "she", "her": "her"}, {"she": "he", "her": "him"})
}


def facts(passage: str) -> Iterator[tuple[str, str]]:
    """What a passage tells, relation and value; the first sentence names somebody, and all others speak of her or him."""
    about = ""
    for sentence in sentences(passage):
        (read,) = (match for wording in TOLD if (match := wording.fullmatch(sentence)))
        told = read.groupdict()
        subject = told.pop("subject")
        assert subject == world.PEOPLE[about][0] if about else subject in world.PEOPLE
        about = about or subject
        yield from ((name, value) for name, value in told.items() if name in passages.RELATIONS)


def answers(example: Example) -> list[str]:
    """All that answers a question, by what its passage tells."""
    return [value for relation, value in facts(example.passage) if relation == RELATION_OF[example.question]]


def test_the_questions_are_the_pinned_ones() -> None:
    assert hashlib.sha256(repr(SPLITS).encode()).hexdigest() == DIGEST


def test_every_answer_is_the_only_one_or_there_is_none() -> None:
    for example in EVERY[::3]:
        assert answers(example) == ([example.truth] if example.answer else []), example


def test_the_answer_stands_where_it_is_said_to() -> None:
    for example in EVERY:
        if example.answer:
            first, last = example.answer
            assert example.passage[first - 1 : first] in ("", " ") and example.passage[last] == " "
            assert example.truth in [example.passage[slice(*span)] for span in example.candidates]
        for one, other in pairwise(example.candidates):
            assert one[1] < other[0]


def test_passages_are_told_in_tinylands_words_and_questions_need_a_few_more() -> None:
    old = set(corpus.words())
    assert {word for example in EVERY for word in example.passage.split()} <= old
    assert sorted({word for example in EVERY for word in example.question.split()} - old) == list(passages.NEW_WORDS)
    lengths = Counter(len(sentences(example.passage)) for example in EVERY)
    assert set(lengths) == set(passages.LENGTHS) and min(lengths.values()) > 0.3 * len(EVERY)


@pytest.mark.parametrize("split", SPLITS)
def test_a_place_alone_tells_little_and_a_third_have_no_answer(split: str) -> None:
    asked = SPLITS[split]
    spans = [[example.passage[slice(*span)] for span in example.candidates] for example in asked]
    truths = [example.truth for example in asked]
    assert by_position(spans, truths) <= 0.35
    assert 0.3 < truths.count("") / len(truths) < 0.37


def test_the_kind_of_an_answer_and_how_many_there_are_of_it_tell_little() -> None:
    """Whether a question has an answer follows neither from its first words nor from how many spans of its kind a passage has."""
    assert {len(example.candidates) for example in EVERY} == {2, 3}
    shares = [sum(example.answer is None for example in EVERY if len(example.candidates) == count) for count in (2, 3)]
    numbers = [sum(len(example.candidates) == count for example in EVERY) for count in (2, 3)]
    assert all(0.25 < share / number < 0.4 for share, number in zip(shares, numbers, strict=True))
    for name in passages.VALUES:
        asked = {question for question, relation in RELATION_OF.items() if passages.RELATIONS[relation].kind == name}
        some = [example for example in EVERY if example.question in asked]
        assert len(some) > 0.1 * len(EVERY) and 0.25 < sum(example.answer is None for example in some) / len(some) < 0.45


def test_every_relation_is_asked_for_in_both_wordings_with_and_without_an_answer() -> None:
    counted = Counter((example.question, example.answer is None) for example in EVERY)
    assert {question for question, _ in counted} == set(RELATION_OF)
    assert all(counted[question, none] > 20 for question in RELATION_OF for none in (True, False))


def test_some_answers_have_several_words() -> None:
    lengths = Counter(len(example.truth.split()) for example in EVERY if example.answer)
    assert set(lengths) == {1, 2, 3} and 0.1 < (lengths[2] + lengths[3]) / lengths.total() < 0.3


def test_a_question_and_its_passage_fit_the_smallest_context() -> None:
    """Of 64 tokens, [CLS] and twice [SEP] take three."""
    assert max(len(f"{example.question} {example.passage}".split()) for example in EVERY) <= 64 - 3


def test_no_passage_is_in_two_splits_nor_in_the_text_that_models_read() -> None:
    by_split = [{example.passage for example in split} for split in SPLITS.values()]
    assert sum(map(len, by_split)) == len(set().union(*by_split)) == passages.PASSAGES
    assert not set().union(*by_split) & {text for split in corpus.documents().values() for text in split}
    assert len(SPLITS["test"]) >= 1_000 <= len(SPLITS["validation"])


def test_a_passage_is_a_function_of_its_random_numbers() -> None:
    assert passages.passage(Random(3)) == passages.passage(Random(3)) != passages.passage(Random(4))


@pytest.mark.parametrize("count", [2, 3, 100])
def test_a_sample_keeps_the_share_without_an_answer(count: int) -> None:
    chosen = sampled(SPLITS["train"], count, seed=1)
    assert len(set(chosen)) == count
    assert abs(sum(example.answer is None for example in chosen) - count * passages.UNANSWERABLE) < 1.5
    assert sampled(SPLITS["train"], 2 * count, seed=1)[:count] == chosen != sampled(SPLITS["train"], count, seed=2)


def test_what_is_not_there_is_a_sentence() -> None:
    with pytest.raises(ValueError, match="Wikipedia leads: there are no questions on this text; tinyland has some"):
        examples(TextSpec("wiki"))
    with pytest.raises(ValueError, match="Labels: 100,000 are more than there are"):
        sampled(SPLITS["train"], 100_000, seed=0)
