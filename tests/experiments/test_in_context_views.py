"""Prompts that are clicked together, and what the page says of the answers."""

from dataclasses import replace

import numpy as np
import pytest

from llmviz.core.history import History, fold
from llmviz.core.update import Begin, Done, Score
from llmviz.experiments.in_context import EXPERIMENT, OPENING, heads_view, prompt_view, shots_view, view, ways_view, worth_view
from llmviz.experiments.in_context.prompt_view import Prompt
from llmviz.experiments.in_context.question import (
    CONDITIONS,
    OTHER,
    REVERSED,
    WRONG,
    Expect,
    FewShot,
    Hashes,
    LookBack,
    LookedBack,
    Moods,
    NextWords,
    PromptOrTune,
    Shares,
    TellMoods,
    Worth,
)
from llmviz.experiments.in_context.ways_view import Headed
from llmviz.text.tinyland import lists
from llmviz.text.tinyland.lists import RELATIONS
from llmviz.views.tokens import Token
from tests.ui import fake_prompting

PROMPT = Prompt("capital", (("Italy", "Rome"), ("Spain", "Madrid")), "France")


def shares(share: float = 1.0) -> Shares:
    found = fake_prompting.answer(1_200, share, FewShot())
    assert isinstance(found, Shares)
    return found


def ended(**metrics: float) -> History:
    return fold([Begin(0, 9, 9, 9, {}), Score(0, metrics), Done(9, metrics, 1.0)])


# Prompts


def test_a_prompt_reads_back_as_what_it_was_clicked_together_from() -> None:
    assert PROMPT.text == "Italy : Rome , Spain : Madrid , France :" and prompt_view.parsed(PROMPT.text, "job") == PROMPT
    assert prompt_view.parsed("Italy:Rome,Spain:Madrid,France:", "capital") == PROMPT
    for name in RELATIONS:
        first = prompt_view.beginning(name)
        assert prompt_view.parsed(first.text, name) == first and first.never_listed and len(first.pairs) == 1
    assert prompt_view.parsed("France :", "people") == Prompt("people", (), "France")
    assert prompt_view.parsed("France :", "sound") == Prompt("capital", (), "France")  # an animal it is not


@pytest.mark.parametrize(
    "text",
    [
        "",
        "France",
        "France : Paris",
        "Italy : Rome : Spain , France :",
        "Italy : Rome , Italy : Madrid , France :",
        "France : Paris , France :",
        "dog : Rome , France :",
        "Atlantis :",
        " , ".join([f"{subject} : Rome" for subject in list(RELATIONS["capital"].table)[1:9]] + ["France :"]),
    ],
)
def test_what_is_no_list_of_one_relation_is_none(text: str) -> None:
    assert prompt_view.parsed(text, "capital") is None


def test_examples_are_added_behind_those_there_and_at_most_six() -> None:
    more = PROMPT.with_examples(["Spain", "Italy", "Peru"])
    assert more.pairs == (*PROMPT.pairs, ("Peru", "Lima"))
    assert PROMPT.with_examples(["Spain"]).pairs == (("Spain", "Madrid"),) and not PROMPT.with_examples([]).pairs
    assert len(PROMPT.with_examples(list(RELATIONS["capital"].in_lists)).pairs) == 6
    assert "France" not in PROMPT.with_examples(["France", "Italy"]).subjects
    assert PROMPT.asking("Italy") == Prompt("capital", (("Spain", "Madrid"),), "Italy")


def test_another_order_and_false_values_come_back_to_what_was() -> None:
    assert PROMPT.turned().pairs == PROMPT.pairs[::-1] and PROMPT.turned().turned() == PROMPT
    assert PROMPT.swapped().text == "Italy : Madrid , Spain : Rome , France :" and PROMPT.swapped().swapped() == PROMPT
    assert "2 examples here are false" in view.note(PROMPT.swapped()) and "false" not in view.note(PROMPT)
    kept = PROMPT.swapped().with_examples(["Italy", "Spain", "Peru"])
    assert kept.pairs[0] == ("Italy", "Madrid")  # a false example stays what it is


def test_fewer_examples_stand_beside_all() -> None:
    assert PROMPT.numbers() == (0, 1, 2) and PROMPT.cut(0).numbers() == (0,)
    six = PROMPT.with_examples(list(RELATIONS["capital"].in_lists))
    assert six.numbers() == (0, 1, 2, 4, 6)
    assert view.texts(prompt_view.parsed(EXPERIMENT.examples["tinyland"][0].sentence, "capital"), "") == OPENING
    assert view.texts(PROMPT, "") == ("France :", "Italy : Rome , France :", PROMPT.text) and view.texts(None, "the dog") == ("the dog",)


def test_every_suggestion_shows_what_it_is_called() -> None:
    found = {example.label: prompt_view.parsed(example.sentence, "capital") for example in EXPERIMENT.examples["tinyland"]}
    for label, prompt in found.items():
        assert prompt and prompt.never_listed == (label != "another task"), label
        count = {"no example": 0, "one example": 1, "another task": 1, "false examples": 2, "four examples": 4}[label]
        assert len(prompt.pairs) == count
        right = all(RELATIONS[prompt.relation].table[subject] == value for subject, value in prompt.pairs)
        assert right == (label != "false examples") and all(subject in RELATIONS[prompt.relation].in_lists for subject in prompt.subjects)


# The next word


def answered(prompt: Prompt, step: int, share: float) -> NextWords:
    found = fake_prompting.answer(step, share, Expect(view.texts(prompt, ""), prompt.truth))
    assert isinstance(found, NextWords)
    return found


def test_bars_stand_for_each_number_of_examples_and_are_hidden_until_one_has_guessed() -> None:
    answers = {0: answered(PROMPT, 0, 0.0), 9: answered(PROMPT, 9, 1.0)}
    drawn = view.bars(PROMPT, answers, "")
    assert [group["source"] for group in drawn["groups"]] == ["no example", "1 example", "2 examples"]
    assert drawn["groups"][2]["candidates"][1][0] == ("Paris", 0.9) and drawn["groups"][2]["truth"] == "Paris"
    assert drawn["groups"][0]["candidates"][1][0][0] != "Paris"
    hidden = view.bars(PROMPT, answers, "", "guess first")
    assert not hidden["steps"] and hidden["groups"] and hidden["withheld"] == "guess first"
    assert view.bars(None, {}, "nothing yet")["empty"] == "nothing yet"
    strip = view.strip([Token("France", "France"), Token(":", ":")], answers, "")
    assert strip["texts"][-1]["words"] == ["Paris"] and strip["texts"][-1]["chances"] == [0.9] and strip["shown"] == 1
    covered = view.strip([], answers, "", "guess first")
    assert covered["shown"] == 0 and not covered["texts"][-1]["chances"]


def test_the_claim_and_the_answer_are_the_figures_of_the_test() -> None:
    assert view.claim(History()).endswith("?") and view.outcome(History()) is None
    found = ended(shots_0=0.02, shots_1=0.97, shots_2=0.97, shots_4=0.98)
    assert view.claim(found) == "One example: from 2% to 97% right, and no weight moves"
    reveal = view.outcome(found)
    assert reveal and view.QUIZ.choices[reveal.right or 0] == "above 80%" and f"{lists.without_examples():.0%}" in reveal.story
    for share, right in ((0.1, 0), (0.5, 1)):
        told = view.outcome(ended(shots_0=0.0, shots_1=share, shots_4=share))
        assert told and told.right == right


def test_hashes_that_differ_are_not_called_equal() -> None:
    found = Hashes(9, "a" * 64, "a" * 64, 1_000)
    assert "**equal**, no weight has moved." in view.hashes(found, None, 2) and "1,000 weights" in view.hashes(found, None, 2)
    moved = view.hashes(replace(found, after="b" * 64), Hashes(9, "c" * 64, "c" * 64, 900), 1)
    assert "**not equal**" in moved and "`cccccccccc…`" in moved and "before 1 prompt," in moved


# Below


def test_curves_have_a_band_and_every_kind_of_examples() -> None:
    found = shares()
    drawn = shots_view.curves(found)
    right, *others = drawn["lines"]
    assert right["steps"] == [0, 1, 2, 3, 4, 5, 6] and right["values"][0] == 0 and len(others) == 3
    assert all(line["steps"] == [1, 2, 3, 4, 5, 6] for line in others)
    assert right["low"][1] < right["values"][1] < right["high"][1] == pytest.approx(0.9)
    assert drawn["bounds"][0]["value"] == pytest.approx(lists.without_examples(), abs=1e-4)
    rows = shots_view.table(found)["rows"]
    assert [row["name"] for row in rows] == [relation.title for relation in RELATIONS.values()]
    assert rows[0]["cells"][1]["bits"][0]["text"] == "87 %" and rows[0]["cells"][1]["more"] == ["81% to 90%"]


def test_what_is_said_of_wrong_and_unknown_examples_follows_from_the_figures() -> None:
    alike = "\n".join(shots_view.told(shares()))
    assert shots_view.TRUTH_ASIDE in alike and shots_view.NOT_LEARNT in alike and "90% to 96% right" in alike
    found = shares()
    right = list(found.right)
    right[CONDITIONS.index(WRONG)] = right[CONDITIONS.index(WRONG)] * 0.5
    right[CONDITIONS.index(REVERSED)] = np.full_like(right[CONDITIONS.index(REVERSED)], 0.8)
    right[CONDITIONS.index(OTHER)] = np.full_like(right[CONDITIONS.index(OTHER)], 0.7)
    other = "\n".join(shots_view.told(replace(found, right=tuple(right))))
    assert shots_view.TRUTH_MATTERS in other and shots_view.NOT_LEARNT not in other and "the other value in 70%" in other


def test_heads_are_named_by_what_is_measured() -> None:
    found = fake_prompting.answer(9, 1.0, LookBack())
    assert isinstance(found, LookedBack)
    named = heads_view.names({9: found})["named"][0]["heads"]
    assert named[6][0] == 0 and named[6][2] and named[1][0] == 2 and named[1][2] and not named[0][2]
    told = "\n".join(heads_view.told(found))
    assert "Head 3 of layer 2** looks most at the values" in told and "Head 2 of layer 1** looks most at the subject" in told
    assert "lost without head 3 of layer 2: 25% are left" in told and "None is one here" in told
    matches = "\n".join(heads_view.told(replace(found, prefix=found.prefix + 0.5)))
    assert "That is one by the definition" in matches


def test_a_pair_in_the_prompt_is_worth_the_labels_that_come_to_the_same() -> None:
    found = fake_prompting.answer(9, 1.0, PromptOrTune())
    assert isinstance(found, Worth)
    prompted, tuned = worth_view.curves(found)["lines"]
    assert prompted["steps"] == [1, 2, 4, 8] and tuned["steps"] == [1, 2, 4, 8, 16]
    assert "names 90% of the facts. Fine-tuning needs about 8 labelled pairs" in worth_view.told(found)[0]
    never = replace(found, tuned=found.tuned * 0.5)
    assert "Fine-tuning on 16 does not come to that" in worth_view.told(never)[0]


def test_three_ways_stand_between_the_best_possible_and_chance() -> None:
    moods = fake_prompting.answer(9, 1.0, TellMoods())
    assert isinstance(moods, Moods)
    headed = Headed(16, {"accuracy": 0.8, "accuracy_ceiling": 1.0, "ngram": 0.6, "chance": 0.5})
    names = [rung["name"] for rung in ways_view.bars(headed, moods)["rungs"]]
    assert names == ["best possible", "zero-shot", "1 example", "2 examples", "head, 16 labels", "counting words", "chance"]
    told = "\n".join(ways_view.told(headed, moods, moods))
    assert "puts “it was” behind" in told and "does not help: 89% with 2, 97% without" in told and "Zero-shot: more (97%)" in told
    better = replace(moods, right=moods.right[:, ::-1])
    assert "With 2 it names 97%" in "\n".join(ways_view.told(headed, better, None))
    assert not ways_view.bars(None, None)["rungs"] and not ways_view.told(None, None, None)
