"""Held-out parts of a visitor's own examples: none crosses, every class is learnt from, and small tables are usable."""

import pytest

from llmviz.text.own_splits import ENOUGH, Pair, divided, doubt
from llmviz.text.splits import Split, split_of

PARTS: tuple[Split, ...] = ("train", "validation", "test")


def examples(*counts: int) -> list[Pair]:
    return [(f"text {number} of class {label}", label) for label, count in enumerate(counts) for number in range(count)]


@pytest.mark.parametrize("counts", [(10, 10), (3, 1), (17, 3), (2, 5), (40, 4, 1), (500, 7), (1_000, 1_000), (25,) * 20])
def test_every_example_is_in_one_part_and_every_class_is_learnt_from(counts: tuple[int, ...]) -> None:
    given = examples(*counts)
    parts = divided(given)
    assert sorted(sum((parts[part] for part in PARTS), ())) == sorted(given)
    classes = {part: [sum(label == kind for _, label in parts[part]) for kind in range(len(counts))] for part in PARTS}
    for count, learnt, looked_at, tested in zip(counts, *classes.values(), strict=True):
        assert learnt >= max(looked_at, tested, 1) and (tested > 0) == (count > 1) and (looked_at > 0) == (count > 2)


def test_a_label_never_learnt_is_never_asked_for() -> None:
    parts = divided(examples(30, 1))
    assert {label for _, label in parts["train"]} == {0, 1} and {label for part in PARTS[1:] for _, label in parts[part]} == {0}


def test_twenty_rows_leave_twelve_to_learn_from() -> None:
    assert [len(divided(examples(10, 10))[part]) for part in PARTS] == [12, 4, 4]


def test_where_there_are_many_the_hash_alone_decides() -> None:
    given = examples(4_000, 4_000)
    parts = divided(given)
    assert all(split_of(text) == part for part in PARTS for text, _ in parts[part])


def test_what_the_hash_holds_out_for_the_test_stays_there() -> None:
    for given in (examples(60, 60), examples(300, 300)):
        tested = {text for text, _ in divided(given)["test"]}
        assert {text for text, _ in given if split_of(text) == "test"} <= tested


def test_the_order_of_rows_changes_nothing() -> None:
    given = examples(40, 20, 5)
    parts, turned = divided(given), divided(given[::-1])
    assert all(turned[part] == parts[part][::-1] for part in PARTS)


def test_a_further_row_moves_few_others() -> None:
    given = examples(40, 20)
    for number in range(20):
        before, after = divided(given), divided([*given, (f"one more {number}", 0)])
        moved = [pair for part in PARTS for pair in before[part] if pair not in after[part]]
        assert len(moved) <= 4 and all(label == 0 for _, label in moved)


def test_too_little_held_out_is_said() -> None:
    assert doubt(divided(examples(10, 10))["test"]) == (
        "only 4 examples are held out for the final figure: one of them is 25 points of accuracy, and its standard error is up to 25 points"
    )
    assert doubt(examples(1)).startswith("only 1 example is held out")
    assert doubt(divided(examples(250, 250))["test"]) == "" and len(divided(examples(250, 250))["test"]) == ENOUGH
