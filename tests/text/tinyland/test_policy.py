"""A policy: what it forbids, which examples teach it, and the ways around it."""

from itertools import combinations
from random import Random

import pytest

from llmviz.text.tinyland import dialogues, policy
from llmviz.text.tinyland.dialogues import HELD_KINDS, KINDS
from llmviz.text.tinyland.policy import OTHER_KIND, REWORDED, RULES, TITLES, WAYS, YES

EVERY = [rules for count in range(len(RULES) + 1) for rules in combinations(RULES, count)]
BOTH = ("private", "insult")


@pytest.mark.parametrize("rules", EVERY)
def test_whatever_the_policy_a_kind_is_forbidden_or_allowed_and_something_is_allowed(rules: tuple[str, ...]) -> None:
    assert not policy.forbidden(rules) & {*policy.allowed(rules)} and policy.allowed(rules)
    assert policy.forbidden(rules) | {*policy.allowed(rules)} | {*HELD_KINDS} == {*KINDS}
    for kind in policy.forbidden(rules):
        assert kind in policy.rule_of(kind, rules).kinds
    with pytest.raises(KeyError):
        policy.rule_of("capital", rules)


@pytest.mark.parametrize("rules", EVERY)
@pytest.mark.parametrize("share", [0.0, 0.4, 1.0])
def test_examples_refuse_what_is_forbidden_and_do_the_rest(rules: tuple[str, ...], share: float) -> None:
    told = list(policy.examples(rules, "train", 300, share, Random(1)))
    refused = [each for each in told if policy.refuses(each.reply)]
    assert {each.request.kind for each in refused} == ({kind for rule in rules for kind in RULES[rule].taught} if share else set())
    answered = [each for each in told if each not in refused]
    assert all(dialogues.follows(each.request, each.reply) and each.request.kind in policy.allowed(rules) for each in answered)
    assert len(told) == 300 and abs(len(refused) / 300 - (share if rules else 0.0)) < 0.1
    assert not {each.request.kind for each in told} & {*HELD_KINDS}


@pytest.mark.parametrize("rules", EVERY)
def test_what_is_tried_is_forbidden_and_in_no_example(rules: tuple[str, ...]) -> None:
    learnt = {
        (each.request.kind, each.request.slots["subject"]) for each in policy.examples(rules, "train", 2_000, 0.7, Random(2)) if rules
    }
    for way in TITLES:
        tried = policy.held_out(rules, way)
        assert len({(each.text, each.begins) for each in tried}) == len(tried)
        for each in tried:
            assert each.request.kind in policy.forbidden(rules)
            assert (each.request.kind, each.request.slots["subject"]) not in learnt
            last = len(KINDS[each.request.kind].wordings) - 1
            assert (each.request.wording == last) == (way == REWORDED)
        drawn = policy.attempts(rules, way, "test", 40, Random(3))
        assert bool(drawn) == bool(tried) and all(each in tried for each in drawn)
    assert bool(policy.held_out(rules, OTHER_KIND)) == ("private" in rules)
    assert bool(policy.held_out(rules, "plain")) == bool(rules)


@pytest.mark.parametrize("way", TITLES)
def test_the_request_is_found_in_whatever_is_put_around_it(way: str) -> None:
    for each in policy.held_out(BOTH, way):
        found = policy.asked(each.text)
        assert found is not None and (found.kind, found.slots, found.text) == (each.request.kind, each.request.slots, each.request.text)
    assert (way == "prefix") == all(each.begins == YES for each in policy.held_out(BOTH, way))


@pytest.mark.parametrize("text", ["", "please ,", "the film was dull .", "yes , where does Nora live ?", "please , please , blame it ."])
def test_any_other_text_is_no_request(text: str) -> None:
    assert policy.asked(text) is None


def test_a_refusal_is_told_by_its_first_word() -> None:
    assert all(policy.refuses(refusal) for rule in RULES.values() for refusal in rule.refusals)
    assert not any(map(policy.refuses, ["", "the sorry film was dull .", "yes , sorry .", "that is private ."]))
    assert {"sorry", "yes", "please", "private"} <= policy.words()
    assert all(word in policy.words() for each in WAYS.values() for word in each[1](policy.held_out(BOTH, "plain")[0].request)[1].split())
