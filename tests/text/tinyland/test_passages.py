"""Passages and their questions, read again by a matcher that knows the wordings alone: every answer is the only one, or there is none."""

import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from random import Random

import pytest

from llmviz.core.settings import TextSpec
from llmviz.evaluation.squad import by_position
from llmviz.text.passages import Example, examples, sampled
from llmviz.text.sentences import sentences
from llmviz.text.tinyland import corpus, passages, world

DIGEST = "561617295f8c12df0524291013a2fa5c877a58a638fc74292c6ce0417a4e33cc"  # the questions are pinned as the texts are
SPLITS = examples(TextSpec("tinyland"))
EVERY = [example for split in SPLITS.values() for example in split]
PRONOUNS = {"she", "he"}

Told = tuple[str, str, str]  # relation, subject, value


def pattern(template: str, relation: str) -> re.Pattern[str]:
    """A wording as a regular expression: any value that some subject has, any subject or a pronoun."""
    values = {value for values in passages.RELATIONS[relation].values.values() for value in values}
    found = re.escape(template)
    slots = {"subject": [*passages.RELATIONS[relation].values, *PRONOUNS], "value": values}
    slots |= {name.strip("{}"): fillings for name, fillings in passages.FILLING.items()}
    for name, fillings in slots.items():
        either = "|".join(sorted(map(re.escape, fillings), key=len, reverse=True))
        found = found.replace(re.escape(f"{{{name}}}"), f"(?P<{name}>{either})")
    return re.compile(found)


TOLD = [(name, pattern(each, name)) for name, relation in passages.RELATIONS.items() for each in relation.told]
ASKED = [
    (name, asks_value, pattern(each, name))
    for name, relation in passages.RELATIONS.items()
    for asks_value in (True, False)
    for each in relation.asked(asks_value)
]


def facts(passage: str) -> Iterator[Told]:
    """What a passage tells; a pronoun stands for whom the sentence before is about."""
    last = ""
    for sentence in sentences(passage):
        read = [(name, match) for name, wording in TOLD if (match := wording.fullmatch(sentence))]
        assert len(read) == 1, sentence
        (name, match), *_ = read
        if match["subject"] in PRONOUNS:
            assert world.PEOPLE[last][0] == match["subject"]
        else:
            last = match["subject"]
        yield name, last, match["value"]


def answers(example: Example) -> list[str]:
    """All that answers a question, by what its passage tells. A question that two relations could mean is read as either."""
    told = list(facts(example.passage))
    found = set[str]()
    for name, asks_value, wording in ASKED:
        if match := wording.fullmatch(example.question):
            given = match["subject" if asks_value else "value"]
            for relation, subject, value in told:
                if relation == name and given == (subject if asks_value else value):
                    found.add(value if asks_value else subject)
    assert any(wording.fullmatch(example.question) for _, _, wording in ASKED), example.question
    return sorted(found)


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
    assert set(lengths) == {3, 4, 5} and min(lengths.values()) > 0.1 * len(EVERY)


@pytest.mark.parametrize("split", SPLITS)
def test_a_place_alone_tells_little_and_a_third_have_no_answer(split: str) -> None:
    asked = SPLITS[split]
    spans = [[example.passage[slice(*span)] for span in example.candidates] for example in asked]
    truths = [example.truth for example in asked]
    assert by_position(spans, truths) <= 0.35
    assert 0.3 < truths.count("") / len(truths) < 0.37
    assert all(len(found) > 1 for found, truth in zip(spans, truths, strict=True) if truth)


def test_most_questions_without_an_answer_ask_of_what_the_passage_speaks_of() -> None:
    """A name that is absent gives such a question away; one that is there does not."""
    open_ones = [example for example in EVERY if not example.answer]
    new = set(passages.NEW_WORDS)
    content = [
        [word for word in example.question.split() if word in world.FOODS or (word not in new and word[0].isupper())]
        for example in open_ones
    ]
    there = [all(word in example.passage.split() for word in words) for example, words in zip(open_ones, content, strict=True) if words]
    assert 0.3 < sum(there) / len(there) < 0.8


def test_some_answers_have_several_words_and_some_links_are_pronouns() -> None:
    lengths = Counter(len(example.truth.split()) for example in EVERY if example.answer)
    assert lengths[1] > lengths[2] > lengths[3] > 0.01 * len(EVERY)
    pronouns = [example for example in EVERY if PRONOUNS & set(example.passage.split())]
    assert 0.1 < len(pronouns) / len(EVERY) < 0.5


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
