"""All snapshots in one pass, against each model alone as transformers loads it."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from transformers import AutoModelForMaskedLM

from llmviz.core.questions.cloze import Cloze
from llmviz.core.settings import ModelSpec
from llmviz.inspect.masked import answer
from llmviz.models import files
from llmviz.models.masked import random_start
from llmviz.text.special import CLS, FIRST, MASK, SEP, UNK
from llmviz.text.tinyland.corpus import words
from llmviz.text.tokenizers import load_tokenizer, pieces, word_level
from tests.small import shaken

CONTEXT = 24
QUESTION = Cloze("Anna found a dog near the river . the dog barks .", hidden=(3, 9), top=5)
STEPS = (0, 1, 3, 10, 22, 40, 90, 160, 250, 1_000)  # more than go through at once
Folders = dict[int, Path]
MODELS = [("roformer", "0.1M"), ("bert", "0.1M"), ("roformer", "0.3M")]


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, str], Folders]:
    """Ten snapshots of a model, each with other weights, made once."""
    made: dict[tuple[str, str], Folders] = {}

    def snapshots(architecture: str, size: str) -> Folders:
        if (architecture, size) not in made:
            run, tokenizer = tmp_path_factory.mktemp(architecture) / "snapshots", word_level(words())
            made[architecture, size] = {step: run / str(step) for step in STEPS}
            for step, folder in made[architecture, size].items():
                model = random_start(ModelSpec(architecture, size), tokenizer.get_vocab_size(), CONTEXT, seed=step)
                files.save(shaken(model, seed=step), tokenizer, folder)
        return made[architecture, size]

    return snapshots


@pytest.fixture
def folders(kept: Callable[[str, str], Folders]) -> Folders:
    return kept("roformer", "0.1M")


@pytest.mark.parametrize(("architecture", "size"), MODELS)
def test_every_snapshot_answers_as_it_does_alone(architecture: str, size: str, kept: Callable[[str, str], Folders]) -> None:
    folders = kept(architecture, size)
    tokenizer = load_tokenizer(folders[0] / "tokenizer.json")
    ids = np.array([piece.id for piece in pieces(tokenizer, QUESTION.text)])
    seen = ids.copy()
    seen[list(QUESTION.hidden)] = MASK
    traces = answer(folders, QUESTION)
    assert tuple(trace.step for trace in traces) == STEPS
    for trace in traces:
        model = AutoModelForMaskedLM.from_pretrained(folders[trace.step], dtype=torch.float32, attn_implementation="eager").eval()
        with torch.no_grad():
            output = model(input_ids=torch.tensor([[CLS, *seen, SEP]]))
        ordinary = output.logits[0, 1:-1].double().numpy()
        ordinary[:, :FIRST] = -np.inf
        chances = np.exp(ordinary) / np.exp(ordinary).sum(-1, keepdims=True)
        best = np.take_along_axis(chances, trace.candidates, axis=1)
        assert trace.tokens == tuple(QUESTION.text.split())
        np.testing.assert_allclose(trace.probability, chances[np.arange(len(ids)), ids], rtol=0, atol=1e-5)
        np.testing.assert_allclose(trace.candidate_probability, best, rtol=0, atol=1e-5)
        np.testing.assert_allclose(trace.candidate_probability, -np.sort(-chances)[:, :5], rtol=0, atol=1e-5)
        assert trace.words == tuple(tuple(tokenizer.id_to_token(id) for id in row) for row in trace.candidates)
    assert len({trace.probability.tobytes() for trace in traces}) == len(STEPS)


def test_candidates_are_sorted_and_never_special(folders: Folders) -> None:
    for trace in answer(folders, replace(QUESTION, top=10_000)):
        assert trace.candidates.shape == (12, len(words()))  # all there are
        assert trace.candidates.min() >= FIRST
        assert (np.diff(trace.candidate_probability) <= 0).all()
        np.testing.assert_allclose(trace.candidate_probability.sum(1), 1, atol=1e-5)
        own = trace.candidates == [[pieces_id] for pieces_id in ids_of(folders, QUESTION.text)]
        np.testing.assert_allclose(trace.candidate_probability[own], trace.probability, atol=1e-7)
    for trace in answer(folders, QUESTION):
        assert trace.candidates.shape == trace.candidate_probability.shape == (12, 5)
        assert (trace.candidate_probability.sum(1) < 1).all()


def ids_of(folders: Folders, text: str) -> list[int]:
    return [piece.id for piece in pieces(load_tokenizer(folders[0] / "tokenizer.json"), text)]


def test_what_is_hidden_does_not_matter_and_what_is_visible_does(folders: Folders) -> None:
    def expected(text: str) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
        return answer(folders, Cloze(text, hidden=(5,)))[-1].candidate_probability

    same = expected("the capital of France is Paris .")
    assert np.array_equal(same, expected("the capital of France is Rome ."))
    assert not np.allclose(same, expected("the capital of Italy is Paris ."), atol=1e-5)


def test_nothing_need_be_hidden_and_everything_may(folders: Folders) -> None:
    text = "the dog barks ."
    for hidden in ((), (0, 1, 2, 3)):
        for trace in answer(folders, Cloze(text, hidden)):
            assert trace.tokens == tuple(text.split())
            assert ((trace.probability > 0) & (trace.probability < 1)).all()


def test_capitals_do_not_matter(folders: Folders) -> None:
    one = answer(folders, Cloze("the capital of France is Paris .", (5,)))
    other = answer(folders, Cloze("THE capital of france is PARIS.", (5,)))
    for left, right in zip(one, other, strict=True):
        assert left.tokens == right.tokens
        assert np.array_equal(left.probability, right.probability)


def test_unknown_words_are_read_as_unknown(folders: Folders) -> None:
    [trace] = answer({0: folders[0]}, Cloze("the 😀 of Atlantis שלום <script>", hidden=(0,)))
    known = [piece.id != UNK for piece in pieces(load_tokenizer(folders[0] / "tokenizer.json"), "the 😀 of Atlantis שלום <script>")]
    assert [token != "[UNK]" for token in trace.tokens] == known
    assert known[0] and known[2] and not known[1] and not known[3]
    assert (trace.probability[np.array(known)] > 0).all()
    assert (trace.probability[~np.array(known)] == 0).all()  # no answer names an unknown word
    assert trace.candidates.min() >= FIRST


def test_one_snapshot_or_all_it_is_the_same_answer(folders: Folders) -> None:
    whole = {trace.step: trace for trace in answer(folders, QUESTION)}
    for step in (0, 160, 1_000):
        [alone] = answer({step: folders[step]}, QUESTION)
        np.testing.assert_allclose(alone.probability, whole[step].probability, rtol=0, atol=1e-6)
    assert answer({}, QUESTION) == []


@pytest.mark.parametrize("text", ["", "   ", "\n\t"])
def test_an_empty_sentence_is_refused(text: str, folders: Folders) -> None:
    with pytest.raises(ValueError, match="no word to read"):
        answer(folders, Cloze(text))


@pytest.mark.parametrize("hidden", [(4,), (-1,), (0, 99), (10**9,)])
def test_a_hidden_place_outside_is_refused(hidden: tuple[int, ...], folders: Folders) -> None:
    with pytest.raises(ValueError, match="this sentence has 4 tokens; a hidden place lies outside"):
        answer(folders, Cloze("the dog barks .", hidden))


def test_a_sentence_that_is_too_long_is_refused(folders: Folders) -> None:
    longest = " ".join(["dog"] * (CONTEXT - 2))
    assert len(answer(folders, Cloze(longest, (0,)))[0].tokens) == CONTEXT - 2
    for count in (CONTEXT - 1, 500):
        with pytest.raises(ValueError, match=f"this sentence has {count} tokens; this model reads {CONTEXT - 2}"):
            answer(folders, Cloze(" ".join(["dog"] * count), (0,)))


@pytest.mark.parametrize("name", ["model.safetensors", "tokenizer.json", "config.json"])
@pytest.mark.parametrize("damage", ["missing", "cut"])
def test_a_damaged_snapshot_is_a_sentence(name: str, damage: str, tmp_path: Path) -> None:
    folder = tmp_path / "snapshots" / "7"
    files.save(random_start(ModelSpec(), 5 + len(words()), CONTEXT, seed=1), word_level(words()), folder)
    if damage == "missing":
        (folder / name).unlink()
    else:
        (folder / name).write_bytes((folder / name).read_bytes()[:100])
    with pytest.raises(ValueError, match=r"\w+ \w+"):
        answer({7: folder}, QUESTION)
