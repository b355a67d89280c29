import math
import statistics

import pytest

from llmviz.core.settings import TextSpec
from llmviz.evaluation.baselines import ceiling, chance, ngram, references
from llmviz.text.labelled import Example, labelled, stratified
from llmviz.text.tinyland import world

GOOD, BAD = Example("it was great .", 1), Example("it was dull .", 0)


def test_chance_is_the_share_of_the_larger_class() -> None:
    assert chance([GOOD] * 3 + [BAD]) == 0.75
    assert chance([GOOD] + [BAD] * 3) == 0.75
    assert chance([GOOD, BAD]) == 0.5


def test_counting_knows_the_words_it_has_seen_and_no_others() -> None:
    assert ngram((GOOD, BAD), (GOOD, BAD, Example("we felt great .", 1))) == 1.0
    unseen = tuple(Example(f"{word} !", label) for word, label in (("superb", 1), ("awful", 0), ("lovely", 1), ("poor", 0)))
    assert ngram((GOOD, BAD), unseen) == 0.5


def test_counting_pairs_tells_not_dull_from_dull() -> None:
    learnt = tuple(Example(f"{words} .", label) for words, label in (("dull", 0), ("not dull", 1), ("great", 1), ("not great", 0)) * 4)
    assert ngram(learnt, learnt) == 1.0


def test_more_labels_help_counting() -> None:
    examples = labelled(TextSpec("tinyland"))
    few, many = (ngram(tuple(stratified(examples["train"], count, 0)), examples["test"]) for count in (16, 1_024))
    assert few < 0.65 and many > 0.9


def test_tinylands_opinions_tell_their_mood_in_full() -> None:
    assert ceiling(labelled(TextSpec("tinyland"))["test"][:100]) == pytest.approx(1.0)


@pytest.mark.parametrize(("told", "more"), [(True, {"accuracy_ceiling"}), (False, set())])
def test_the_lines_by_name(told: bool, more: set[str]) -> None:
    examples = labelled(TextSpec("tinyland"))
    found = references(stratified(examples["train"], 16, 0), examples["validation"][:50], told)
    assert set(found) == {"random_guess", "chance", "ngram"} | more
    assert found["random_guess"] == math.log(2)


def test_sixteen_labels_leave_much_unsaid() -> None:
    """Two in five of the words that tell a mood are in none of the sixteen examples, and who counts words is hardly better than chance."""
    examples = labelled(TextSpec("tinyland"))
    moods = {word for table in (world.ADJECTIVES, world.FEELINGS, world.VERDICTS) for words in table.values() for word in words}
    asked = examples["test"][:1_000]
    told = [word for example in asked for word in example.text.split() if word in moods]
    seen, right = [], []
    for seed in range(9):
        learnt = stratified(examples["train"], 16, seed)
        known = {word for example in learnt for word in example.text.split()}
        seen.append(sum(word in known for word in told) / len(told))
        right.append(ngram(tuple(learnt), tuple(asked)))
    assert statistics.median(seen) < 0.65
    assert statistics.median(right) < 0.65
