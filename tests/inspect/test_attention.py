"""Where heads look, against each model alone as transformers loads it."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from llmviz.core.questions.attention import FULL, MOST_TOKENS, Attend
from llmviz.inspect import snapshots
from llmviz.inspect.attention import answer, read
from llmviz.inspect.queries import queries_and_keys
from llmviz.models import files
from tests.inspect.kept import CAUSAL, CONTEXT, KINDS, Folders, keep

STEPS = (0, 1, 3, 10, 22, 40, 90, 160, 250, 1_000)  # more than go through at once
TEXT = "Anna found a dog near the river . the dog barks ."
Kept = Callable[[str], Folders]


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    made: dict[str, Folders] = {}

    def folders(kind: str) -> Folders:
        if kind not in made:
            made[kind] = keep(kind, tmp_path_factory.mktemp(kind), STEPS)
        return made[kind]

    return folders


def alone(folder: Path, ids: tuple[int, ...]) -> torch.Tensor:
    """The attention (layer, head, query, key) of one model by itself."""
    model = files.load(folder)
    model.set_attn_implementation("eager")
    with torch.no_grad():
        layers = model(input_ids=torch.tensor([ids]), output_attentions=True).attentions
    return torch.cat(layers)


@pytest.mark.parametrize("kind", KINDS)
def test_every_snapshot_attends_as_it_does_alone(kind: str, kept: Kept) -> None:
    folders = kept(kind)
    ids = read(folders[0], TEXT).ids
    exact = snapshots.attention(list(folders.values()), torch.tensor([ids]))[:, 0]
    np.testing.assert_allclose(exact.sum(-1), 1, atol=1e-5)
    answers = answer(folders, Attend(TEXT))
    assert tuple(found.step for found in answers) == STEPS
    for place, found in enumerate(answers):
        expected = alone(folders[found.step], ids)
        np.testing.assert_allclose(exact[place], expected, rtol=0, atol=1e-5)
        np.testing.assert_allclose(found.weights / FULL, expected, rtol=0, atol=0.51 / FULL)
    assert len({found.weights.tobytes() for found in answers}) > 1


@pytest.mark.parametrize("kind", KINDS)
def test_a_gpt_looks_back_only_and_a_bert_both_ways(kind: str, kept: Kept) -> None:
    folders = kept(kind)
    found = answer(folders, Attend(TEXT))[-1]
    exact = snapshots.attention([folders[STEPS[-1]]], torch.tensor([read(folders[0], TEXT).ids]))[0, 0]
    above = torch.triu(torch.ones(exact.shape[-2:], dtype=torch.bool), diagonal=1)
    assert found.causal == (kind in CAUSAL)
    assert bool((exact[..., above] == 0).all()) == found.causal
    assert (exact[..., ~above] > 0).all()


@pytest.mark.parametrize("kind", KINDS)
def test_special_tokens_stand_where_the_model_saw_them_in_training(kind: str, kept: Kept) -> None:
    [found] = answer({0: kept(kind)[0]}, Attend(TEXT))
    ends = ("[SEP]",) if kind not in ("neox", "gpt2") else ()
    assert found.tokens == ("[CLS]", *TEXT.split(), *ends)
    assert (found.special, found.count) == (1 + len(ends), 12)
    assert found.weights.shape[2:] == (len(found.tokens),) * 2 and found.joined.shape == (len(found.tokens),)


@pytest.mark.parametrize("kind", KINDS)
def test_queries_and_keys_make_the_attention(kind: str, kept: Kept) -> None:
    folder = kept(kind)[250]
    ids = read(folder, TEXT).ids
    queries, keys = queries_and_keys(folder, torch.tensor([ids]))
    scores = queries @ keys.transpose(2, 3) / queries.shape[-1] ** 0.5
    if kind in CAUSAL:
        scores = scores.masked_fill(torch.triu(torch.ones(scores.shape[-2:], dtype=torch.bool), diagonal=1), -torch.inf)
    np.testing.assert_allclose(scores.softmax(-1), alone(folder, ids), rtol=0, atol=1e-5)


def test_the_future_does_not_matter_to_a_gpt(kept: Kept) -> None:
    [one], [other] = (answer({0: kept("neox")[0]}, Attend(text)) for text in ("the dog barks .", "the dog barks !"))
    assert np.array_equal(one.weights[:, :, :-1], other.weights[:, :, :-1])
    assert not np.array_equal(one.weights, other.weights)


def test_only_so_many_tokens_are_read(kept: Kept, tmp_path: Path) -> None:
    [found] = answer({0: kept("bert")[0]}, Attend("dog " * 500))
    assert (found.count, len(found.tokens)) == (500, MOST_TOKENS + 2)
    assert MOST_TOKENS + 2 < CONTEXT
    assert len(read(kept("gpt2")[0], "dog " * 500, most=10**6).ids) == CONTEXT


@pytest.mark.parametrize("text", ["", "  \n"])
def test_an_empty_sentence_is_refused(text: str, kept: Kept) -> None:
    with pytest.raises(ValueError, match="no word to read"):
        answer(kept("bert"), Attend(text))
    assert answer({}, Attend(text)) == []


def test_an_unknown_word_is_shown_as_it_was_typed(kept: Kept) -> None:
    [found] = answer({0: kept("bert")[0]}, Attend("the 😀 <script>"))
    assert found.tokens == ("[CLS]", "the", "😀", "<", "script", ">", "[SEP]")
