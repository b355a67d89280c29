"""What snapshots write: against each model alone without a cache, and in every corner of the question."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from transformers import AutoModelForCausalLM

from llmviz.core.questions.generation import COUNTED, ENDED, FILTERS, FULL, Generate
from llmviz.inspect import sampling
from llmviz.inspect.generation import answer
from llmviz.inspect.reading import reader
from llmviz.inspect.sampling import possible
from llmviz.text.special import CLS, FIRST, SEP
from llmviz.text.tokenizers import load_tokenizer, pieces, train_bytes, word_level
from tests.inspect.writers import CONTEXT, snapshots

STEPS = tuple(range(0, 190, 10))  # more than go through at once
WORDS = ["the", "dog", "barks", "owl", "hoots", "a", "cat", ".", "Anna", "sees"]
QUESTION = Generate("the dog", tokens=10, temperature=0.8, top_k=8, top_p=0.95, repetition_penalty=1.2, seed=5, top=4)
Folders = dict[int, Path]


@pytest.fixture(scope="module", params=["neox", "gpt2"])
def folders(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Folders:
    return snapshots(tmp_path_factory.mktemp(request.param), word_level(WORDS), request.param, STEPS)


def plainly(folder: Path, question: Generate) -> tuple[list[int], list[torch.Tensor]]:
    """The same by a model of transformers that reads everything again for each token: its ids and what each was drawn from."""
    model = AutoModelForCausalLM.from_pretrained(folder, local_files_only=True).float().eval()
    ids = [CLS, *(piece.id for piece in pieces(load_tokenizer(folder / "tokenizer.json"), question.text))]
    begun, chances = len(ids), []
    for place, draw in enumerate(sampling.draws(question.seed, question.tokens)):
        with torch.no_grad():
            logits = possible(model(torch.tensor([ids])).logits[:, -1])
        filters = (question.repetition_penalty, question.temperature, question.top_k, question.top_p)
        *_, last = sampling.filtered(logits, torch.tensor([ids]), *filters)
        chances.append(last[0].softmax(-1))
        ids.append(question.chosen[place] if place < len(question.chosen) else int(sampling.drawn(chances[-1], draw)[0]))
        if ids[-1] == SEP:
            break
    return ids[begun:], chances


@pytest.mark.parametrize("chosen", [(), (9,), (9, 7, 6)])
def test_the_cache_changes_nothing(chosen: tuple[int, ...], folders: Folders) -> None:
    question = replace(QUESTION, chosen=chosen)
    answers = answer(folders, question)
    assert [found.step for found in answers] == sorted(folders)
    for found in (answers[0], answers[1], answers[-1]):
        ids, chances = plainly(folders[found.step], question)
        assert found.ids.tolist() == ids
        assert found.ids[: len(chosen)].tolist() == list(chosen)[: len(ids)]
        for place, own in enumerate(chances):
            np.testing.assert_allclose(found.chances[place, -1], own[found.candidates[place]], atol=2e-5)


def test_alone_or_together_it_is_the_same_text(folders: Folders) -> None:
    together = {found.step: found for found in answer(folders, QUESTION)}
    for step in (0, 70, 180):
        [alone] = answer({step: folders[step]}, QUESTION)
        assert alone.ids.tolist() == together[step].ids.tolist()
        np.testing.assert_allclose(alone.chances, together[step].chances, atol=2e-5)
    assert answer({}, QUESTION) == []


def test_a_row_read_on_is_the_row_asked_for(folders: Folders) -> None:
    some = [folders[0], folders[10]]
    for snapshots_read in (some[:1], some):
        reads = reader(snapshots_read)
        reads.read(torch.tensor([[[CLS, 6], [CLS, 7]]]).expand(len(snapshots_read), -1, -1))
        swapped = reads.read(torch.tensor([[[8], [8]]]).expand(len(snapshots_read), -1, -1), torch.tensor([[1, 0]] * len(snapshots_read)))
        whole = reader(snapshots_read).read(torch.tensor([[[CLS, 7, 8], [CLS, 6, 8]]]).expand(len(snapshots_read), -1, -1))
        torch.testing.assert_close(swapped[:, :, -1], whole[:, :, -1], atol=2e-5, rtol=0)


def test_every_token_keeps_its_candidates(folders: Folders) -> None:
    for found in answer(folders, replace(QUESTION, tokens=6)):
        count = len(found.ids)
        assert found.chances.shape == (count, len(FILTERS), QUESTION.top + 1)
        assert found.candidates.shape == (count, QUESTION.top + 1) and len(found.words) == count
        assert np.array_equal(found.candidates[:, -1], found.ids)
        assert (found.chances[:, -1, -1] > 0).all()  # only what is left can have been drawn
        assert (np.diff(found.chances[:, 0, :-1], axis=1) <= 1e-7).all()  # the likeliest first
        assert ((found.left >= 1) & (found.left <= QUESTION.top_k)).all()
        begins, own = found.starts[:, -1], found.chances[:, -1, -1]
        assert ((begins <= found.draws + 1e-5) & (found.draws <= begins + own + 1e-5)).all()


def test_the_same_seed_writes_the_same_text(folders: Folders) -> None:
    warm = Generate("the", tokens=12)
    one, again, other = (answer(folders, replace(warm, seed=seed)) for seed in (1, 1, 2))
    assert [found.ids.tolist() for found in one] == [found.ids.tolist() for found in again]
    assert [found.ids.tolist() for found in one] != [found.ids.tolist() for found in other]


def test_without_heat_every_seed_writes_the_likeliest(folders: Folders) -> None:
    texts = {tuple(answer({0: folders[0]}, Generate("the", tokens=8, temperature=0.0, seed=seed))[0].ids.tolist()) for seed in range(4)}
    assert len(texts) == 1
    [found] = answer({0: folders[0]}, Generate("the", tokens=8, temperature=0.0))
    assert np.array_equal(found.ids, found.candidates[:, 0]) and (found.left == 1).all()


def test_a_branch_leaves_what_stands_before_and_changes_what_follows(folders: Folders) -> None:
    [plain] = answer({0: folders[0]}, Generate("the", tokens=6, chosen=(6, 7)))
    [branch] = answer({0: folders[0]}, Generate("the", tokens=6, chosen=(6, 8)))
    assert (plain.ids[:2].tolist(), branch.ids[:2].tolist()) == ([6, 7], [6, 8])
    np.testing.assert_allclose(branch.chances[:2, 0, :-1], plain.chances[:2, 0, :-1], atol=2e-5)
    assert not np.allclose(branch.chances[2, 0, :-1], plain.chances[2, 0, :-1], atol=1e-4)
    assert np.array_equal(branch.draws[:3], plain.draws[:3])  # the numbers belong to the places, whatever was chosen before


def test_why_a_text_stops(folders: Folders) -> None:
    folder = {0: folders[0]}
    [counted] = answer(folder, Generate("the", tokens=3, chosen=(6, 7)))
    assert counted.why in (COUNTED, ENDED) and len(counted.ids) <= 3
    [ended] = answer(folder, Generate("the", tokens=3, chosen=(6, SEP)))
    assert ended.why == ENDED and ended.words[-1] == "(end)" and "end" not in ended.text
    [full] = answer(folder, Generate(" ".join(["dog"] * (CONTEXT - 3)), tokens=40, chosen=(6, 7, 8)))
    assert full.why == FULL and len(full.ids) == 3


def test_from_nothing_to_the_last_place(folders: Folders) -> None:
    [nothing] = answer({0: folders[0]}, Generate("", tokens=40))
    assert nothing.why in (ENDED, FULL) and not nothing.joined.any()
    longest = " ".join(["dog"] * (CONTEXT - 1))
    [one] = answer({0: folders[0]}, Generate(longest, tokens=40))
    assert len(one.ids) == 1
    with pytest.raises(ValueError, match=f"this beginning has {CONTEXT} tokens; this model reads {CONTEXT - 1}"):
        answer({0: folders[0]}, Generate(f"{longest} dog"))


@pytest.mark.parametrize(
    ("chosen", "said"),
    [((9_999,), "none of this model's"), ((0,), "none of"), ((-1,), "none of"), ((SEP, 6), "after the end"), ((6,) * 30, "room")],
)
def test_a_branch_that_cannot_be_is_refused(chosen: tuple[int, ...], said: str, folders: Folders) -> None:
    with pytest.raises(ValueError, match=said):
        answer({0: folders[0]}, Generate("the", chosen=chosen))


def test_special_tokens_are_never_written(folders: Folders) -> None:
    for found in answer(folders, Generate("the", tokens=12, temperature=100.0)):
        assert all(id >= FIRST or id == SEP for id in found.candidates.flatten().tolist())


def test_bytes_are_joined_to_words(tmp_path: Path) -> None:
    tokenizer = train_bytes(["the dog barks at the dog and the cat sees the dog"] * 20, 280)
    folders = snapshots(tmp_path, tokenizer, "neox", (0,), context=24)
    ids = tokenizer.encode("the dog", add_special_tokens=False).ids + tokenizer.encode(" do", add_special_tokens=False).ids[:1]
    [found] = answer(folders, Generate("Xq", tokens=10, chosen=tuple(ids)))
    assert found.joined.tolist()[:3] == [not str(tokenizer.id_to_token(id)).startswith("Ġ") for id in found.ids[:3].tolist()]
    assert all("Ġ" not in word for row in found.candidate_words for word in row)
    assert found.text == tokenizer.decode([id for id in found.ids.tolist() if id != SEP])
