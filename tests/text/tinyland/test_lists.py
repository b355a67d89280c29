"""Lists, what they leave out, and the prompts that ask for it."""

from collections import Counter
from itertools import product
from random import Random

from llmviz.text.tinyland import few_shot, lists, prompting
from llmviz.text.tinyland.lists import RELATIONS


def pairs(text: str) -> list[tuple[str, str]]:
    """The pairs of a list."""
    told = [part.split(f" {lists.COLON} ") for part in text.removesuffix(f" {lists.STOP}").split(f" {lists.COMMA} ")]
    return [(subject, value) for subject, value in told]


def test_no_list_tells_a_held_out_fact_and_sentences_do() -> None:
    held = {(subject, relation.table[subject]) for relation in RELATIONS.values() for subject in relation.held_out}
    told = {pair for split in prompting.texts("lists").values() for text in split for pair in pairs(text)}
    every = {pair for relation in RELATIONS.values() for pair in relation.table.items()}
    assert told == every - held and len(held) > 25
    almanac = " ".join(prompting.texts("almanac")["train"])
    for relation in RELATIONS.values():
        for way, subject in product(relation.told, relation.held_out):
            assert way.format(subject=subject, value=relation.table[subject]) in almanac


def test_no_text_is_in_two_splits_and_no_fact_asked_for_in_both() -> None:
    for source in prompting.SOURCES:
        train, validation, test = (set(texts) for texts in prompting.texts(source).values())
        assert train and validation and test and not train & validation and not train & test and not validation & test
    for relation in RELATIONS.values():
        validation, test = set(relation.asked("validation")), set(relation.asked("test"))
        assert validation and test and not validation & test and validation | test == set(relation.held_out)


def test_prompts_are_of_all_relations_alike_and_end_where_the_value_comes() -> None:
    found = lists.shots(10 * len(RELATIONS), 3, "test", Random(0))
    assert set(Counter(shot.relation for shot in found).values()) == {10}
    for shot in found:
        relation = RELATIONS[shot.relation]
        assert shot.subject in relation.asked("test") and set(shot.examples) <= set(relation.in_lists)
        *told, asked = shot.text.split(" , ")
        assert [tuple(pair.split(" : ")) for pair in told] == [(each, relation.table[each]) for each in shot.examples]
        assert asked == f"{shot.subject} :" and shot.value == relation.table[shot.subject]


def test_without_examples_one_can_but_guess_which_relation_is_meant() -> None:
    random, right, asked = Random(0), 0, 0
    for relation, _ in product(RELATIONS.values(), range(4_000)):
        subject = random.choice(relation.held_out)
        values = [other.table[subject] for other in RELATIONS.values() if subject in other.table]
        right += random.choice(values) == relation.table[subject]
        asked += 1
    assert abs(right / asked - lists.without_examples()) < 0.01
    for relation in RELATIONS.values():  # one subject of each stands for all
        assert len({sum(subject in other.table for other in RELATIONS.values()) for subject in relation.held_out}) == 1


def test_wrong_examples_are_all_false_and_ask_for_the_same() -> None:
    for case in few_shot.wrong("test"):
        *told, asked = case.text.split(" , ")
        relation = RELATIONS[case.relation]
        for pair in told:
            subject, value = pair.split(" : ")
            assert subject in relation.in_lists and value in relation.table.values() and relation.table[subject] != value
        assert len(told) == case.shots and relation.table[asked.removesuffix(" :")] == case.value


def test_examples_of_another_relation_ask_for_another_value_of_the_same_subjects() -> None:
    held = dict(Counter(subject for _, subject in few_shot.facts("test")))
    for case in few_shot.other("test"):
        *told, asked = case.text.split(" , ")
        relation, subject = RELATIONS[case.relation], asked.removesuffix(" :")
        assert all(relation.table[one] == value for one, value in (pair.split(" : ") for pair in told))
        assert subject in held and relation.table[subject] == case.value
        assert subject not in [pair.split(" : ")[0] for pair in told]


def test_what_is_turned_round_is_in_no_list() -> None:
    listed = {pair for split in prompting.texts("lists").values() for text in split for pair in pairs(text)}
    for case in few_shot.turned():
        subject = case.text.split(" , ")[-1].removesuffix(" :")
        assert (subject, case.value) not in listed and RELATIONS[case.relation].table[case.value] == subject


def test_orders_are_of_the_same_examples() -> None:
    found = few_shot.orders("test")
    for first in range(0, len(found), few_shot.ORDERS):
        group = found[first : first + few_shot.ORDERS]
        assert len({frozenset(case.text.split(" , ")) for case in group}) == 1 and len({case.value for case in group}) == 1
        assert len({case.text for case in group}) > 1
