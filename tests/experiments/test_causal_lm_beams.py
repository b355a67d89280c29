"""Beam search against every continuation there is, on a vocabulary of a few words."""

from pathlib import Path

import numpy as np
import pytest
import torch
from transformers import AutoModelForCausalLM

from llmviz.core.questions.generation import Generate
from llmviz.experiments.causal_lm import beams_answer as beams
from llmviz.experiments.causal_lm.question import Search, Tree
from llmviz.inspect import generation
from llmviz.inspect.sampling import possible
from llmviz.text.special import CLS, FIRST, SEP
from llmviz.text.tokenizers import word_level
from tests.inspect.writers import CONTEXT, snapshots

WORDS = ["the", "dog", "barks"]
NEXT = (SEP, *range(FIRST, FIRST + len(WORDS)))
STEPS = (0, 5, 9)
Folders = dict[int, Path]


@pytest.fixture(scope="module", params=["neox", "gpt2"])
def folders(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Folders:
    return snapshots(tmp_path_factory.mktemp(request.param), word_level(WORDS), request.param, STEPS)


def likeliest(folder: Path, beginning: list[int], most: int) -> tuple[float, list[int]]:
    """The best of all continuations, one after the other."""
    model = AutoModelForCausalLM.from_pretrained(folder, local_files_only=True).float().eval()

    def best(way: list[int], score: float) -> tuple[float, list[int]]:
        if len(way) == most or way[-1:] == [SEP]:
            return score, way
        with torch.no_grad():
            chances = possible(model(torch.tensor([beginning + way])).logits[0, -1]).log_softmax(-1)
        return max(best([*way, id], score + float(chances[id])) for id in NEXT)

    return best([], 0.0)


def way(tree: Tree, node: int) -> list[int]:
    found: list[int] = []
    while node >= 0:
        found.insert(0, int(tree.ids[node]))
        node = int(tree.parents[node])
    return found


def test_wide_enough_it_finds_the_likeliest_of_all(folders: Folders) -> None:
    for tree in beams.answer(folders, Search("the", width=8, tokens=3)):  # 4 + 3 × 4 continuations of two tokens: 8 may miss one of three
        score, ids = likeliest(folders[tree.step], [CLS, FIRST + sorted(WORDS).index("the")], 3)
        assert float(tree.scores[tree.best]) <= score + 1e-4
    for tree in beams.answer(folders, Search("the", width=8, tokens=2)):
        score, ids = likeliest(folders[tree.step], [CLS, FIRST + sorted(WORDS).index("the")], 2)
        assert way(tree, tree.best) == ids
        assert float(tree.scores[tree.best]) == pytest.approx(score, abs=1e-4)


def test_one_beam_takes_the_likeliest_token_each_time(folders: Folders) -> None:
    greedy = generation.answer(folders, Generate("dog", tokens=5, temperature=0.0))
    for tree, written in zip(beams.answer(folders, Search("dog", width=1, tokens=5)), greedy, strict=True):
        assert way(tree, tree.best) == written.ids.tolist()
        assert tree.greedy.all() and tree.kept.all()


def test_the_tree_holds_together(folders: Folders) -> None:
    for tree in beams.answer(folders, Search("the dog", width=3, tokens=5)):
        inner = tree.parents >= 0
        assert (tree.parents < np.arange(len(tree.ids))).all()
        np.testing.assert_allclose(tree.scores[inner], tree.scores[tree.parents[inner]] + tree.chances[inner], atol=1e-5)
        assert (tree.depths[inner] == tree.depths[tree.parents[inner]] + 1).all()
        assert tree.kept[tree.parents[inner]].all() and not tree.ended[tree.parents[inner]].any()
        for depth in range(1, 6):
            assert tree.kept[tree.depths == depth].sum() <= 3
        assert tree.kept[tree.best]
        assert np.array_equal(tree.ended, tree.ids == SEP)


def test_alone_or_together_it_is_the_same_tree(folders: Folders) -> None:
    question = Search("the", width=3, tokens=4)
    for tree in beams.answer(folders, question):
        [alone] = beams.answer({tree.step: folders[tree.step]}, question)
        assert np.array_equal(alone.ids, tree.ids) and np.array_equal(alone.kept, tree.kept) and alone.best == tree.best
    assert beams.answer({}, question) == []


@pytest.mark.parametrize("question", [Search("the", width=0), Search("the", width=99), Search("the", tokens=0), Search("the", tokens=99)])
def test_a_search_out_of_bounds_is_refused(question: Search, folders: Folders) -> None:
    with pytest.raises(ValueError, match="beam search follows"):
        beams.answer(folders, question)


def test_a_beginning_without_room_is_refused(folders: Folders) -> None:
    with pytest.raises(ValueError, match="this model reads"):
        beams.answer(folders, Search(" ".join(["dog"] * CONTEXT)))
    [tree] = beams.answer({0: folders[0]}, Search(" ".join(["dog"] * (CONTEXT - 2))))
    assert tree.depths.max() <= 2
