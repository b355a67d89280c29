"""Scores of planted heads: each pattern is found under its own name, and nothing is found where attention is even."""

from pathlib import Path

import numpy as np
import pytest

from llmviz.core.questions.heads import Heads, HeadScores
from llmviz.inspect.heads import LENGTH, TEXTS, Weights, answer, score, targets
from llmviz.text.special import CLS, FIRST, SEP
from llmviz.text.splits import split_of
from llmviz.views.heads import NAMED, name
from tests.inspect.kept import keep

TOLD = "the capital of France is Paris . Anna from Paris works as a baker . the dog barks . in Italy , Rome is the capital ."
STORY = tuple(TOLD.split())
VOCABULARY = {word: FIRST + place for place, word in enumerate(dict.fromkeys(STORY))}
STOP = VOCABULARY["."]


def ids(ends: bool) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    return np.array([[CLS, *(VOCABULARY[word] for word in STORY), *[SEP] * ends]])


def even(n: int, causal: bool) -> Weights:
    """(query, key) of a head that looks alike at all it may see."""
    seen = np.tril(np.ones((n, n))) if causal else np.ones((n, n))
    return np.asarray(seen / seen.sum(-1, keepdims=True), np.float32)


def planted(pattern: np.ndarray[tuple[int, ...], np.dtype[np.bool_]], causal: bool, share: float = 1.0) -> HeadScores:
    """The scores of one head that gives `share` of each token's attention to its targets, where it has any."""
    tables = targets(ids(not causal), [STORY], STOP, causal, not causal)
    n = pattern.shape[-1]
    weights = even(n, causal)
    has = pattern.any(-1)
    weights[has] = (1 - share) * weights[has] + share * pattern[has] / pattern[has].sum(-1, keepdims=True)
    return score(0, weights[None, None, None], tables, causal)


@pytest.mark.parametrize("causal", [False, True])
def test_each_planted_head_gets_its_own_name(causal: bool) -> None:
    tables = targets(ids(not causal), [STORY], STOP, causal, not causal)
    ahead = {"next token", "two tokens ahead", "three tokens ahead", "[SEP]"}
    assert ahead & set(tables) == (set() if causal else ahead)
    assert {"subject of the verb", "rest of a fact", "same word", "previous token", "[CLS]", "full stop", "itself"} <= set(tables)
    for target, table in tables.items():
        for share in (1.0, 0.6):
            found = planted(table[0], causal, share)
            best = name(found, 0, 0)
            assert found.targets[best.target] == target and best.named
            assert best.mass == pytest.approx(share + (1 - share) * float(found.chance[best.target]), abs=0.02)


@pytest.mark.parametrize("causal", [False, True])
def test_an_even_head_scores_chance_and_has_no_name(causal: bool) -> None:
    found = planted(np.zeros((len(STORY) + 2 - causal,) * 2, bool), causal)
    np.testing.assert_allclose(found.mass[0, 0], found.chance, atol=1e-6)
    assert not name(found, 0, 0).named


def test_a_weak_head_has_no_name() -> None:
    table = targets(ids(True), [STORY], STOP, causal=False, ends=True)["previous token"][0]
    assert not name(planted(table, False, NAMED - 0.05), 0, 0).named
    assert name(planted(table, False, NAMED + 0.05), 0, 0).named


def test_a_head_that_looks_three_back_is_not_taken_for_one_that_finds_subjects() -> None:
    n = len(STORY) + 2
    found = planted(np.eye(n, k=-3, dtype=bool), causal=False)
    assert found.targets[name(found, 0, 0).target] == "three tokens back"


def test_chance_is_even_attention_over_what_can_be_seen() -> None:
    n = len(STORY) + 1
    [found] = [planted(np.zeros((n, n), bool), causal=True)]
    chance = dict(zip(found.targets, found.chance, strict=True))
    assert chance["[CLS]"] == pytest.approx(np.mean([1 / (query + 1) for query in range(1, n)]))
    assert dict(zip(found.targets, found.places, strict=True))["[CLS]"] == n - 1


def test_subjects_and_facts_stand_where_the_words_do() -> None:
    tables = targets(ids(True), [STORY], STOP, causal=False, ends=True)
    said = ("[CLS]", *STORY, "[SEP]")

    def pairs(target: str) -> set[tuple[str, str]]:
        return {(said[query], said[key]) for query, key in np.argwhere(tables[target][0])}

    assert pairs("subject of the verb") == {("is", "capital"), ("works", "Anna")}
    assert pairs("rest of a fact") == {
        ("France", "Paris"), ("Paris", "France"), ("Italy", "Rome"), ("Rome", "Italy"), ("dog", "barks"), ("barks", "dog"),
    }  # fmt: skip
    assert pairs("same word") >= {("Paris", "Paris"), ("is", "is"), ("capital", "capital")} and (".", ".") not in pairs("same word")


@pytest.mark.parametrize("kind", ["roformer", "neox"])
def test_every_snapshot_is_measured_on_the_same_unseen_texts(kind: str, tmp_path: Path) -> None:
    from llmviz.inspect import heads

    folders = keep(kind, tmp_path, (0, 5))
    found = answer(folders, Heads("tinyland"))
    assert [each.step for each in found] == [0, 5]
    assert all(each.mass.shape == (2, 4, len(each.targets)) and each.texts == TEXTS for each in found)
    assert not np.array_equal(found[0].mass, found[1].mass) and np.array_equal(found[0].chance, found[1].chance)
    [alone] = answer({5: folders[5]}, Heads("tinyland"))
    np.testing.assert_allclose(alone.mass, found[1].mass, atol=1e-6)
    told = heads._told()
    assert all(split_of(next(told)) != "train" for _ in range(50))
    read, *_ = heads._texts("tinyland", folders[0] / "tokenizer.json", LENGTH, kind == "roformer")
    assert read.shape == (TEXTS, LENGTH) and len({row.tobytes() for row in read}) == TEXTS
    assert answer({}, Heads("tinyland")) == []
