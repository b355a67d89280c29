"""A run that starts from another: the parent's weights, the parent's vocabulary, perhaps another text."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from llmviz.core.settings import TextSpec
from llmviz.core.spec import RunSpec, starting_from
from llmviz.core.update import Step
from llmviz.experiments.building import build
from llmviz.text.masks import IGNORED
from llmviz.text.special import CLS, PAD, SEP, UNK
from llmviz.text.tokenizers import load_tokenizer
from llmviz.training.loop import Training
from llmviz.training.texts import encoded, padded
from tests.small import digest, spec, stage

TINYLAND, SPEECHES = TextSpec("tinyland"), TextSpec("sotu")


@pytest.fixture
def parent(tmp_path: Path) -> Path:
    """The folder of a parent's last snapshot."""
    stage(spec(seed=5)).save(tmp_path / "parent")
    return tmp_path / "parent"


def child(text: TextSpec) -> RunSpec:
    return replace(spec(), inputs=starting_from(spec(seed=5)), text=text)


def test_a_child_starts_from_its_parents_weights(parent: Path) -> None:
    started = stage(child(TINYLAND), parent).model
    kept = stage(spec(seed=5)).model
    for name, tensor in started.state_dict().items():
        assert torch.equal(tensor, kept.state_dict()[name].half().float()), name
    assert digest(started) != digest(stage(spec()).model)


def test_on_its_parents_text_the_floor_is_exact(parent: Path) -> None:
    assert set(stage(child(TINYLAND), parent).references) == {"random_guess", "floor", "accuracy_ceiling"}


def test_on_another_text_it_keeps_its_parents_words_and_has_no_floor(parent: Path, tmp_path: Path) -> None:
    given = child(SPEECHES)
    made = stage(given, parent)
    assert not made.text.told_by_grammar
    assert made.text.pieces == stage(spec()).text.pieces
    assert set(made.references) == {"random_guess", "unigram", "trigram"}
    assert made.references["trigram"] < made.references["unigram"] < made.references["random_guess"]
    assert set(made.evaluate()) == {"loss", "accuracy"}
    steps = [update for update in Training(made, given.train).updates() if isinstance(update, Step)]
    assert len(steps) == given.train.steps
    made.save(tmp_path / "child")
    vocabularies = [load_tokenizer(folder / "tokenizer.json").get_vocab() for folder in (parent, tmp_path / "child")]
    assert vocabularies[0] == vocabularies[1]
    # and a grandchild that comes back to Tinyland has the exact floor again
    assert "floor" in stage(replace(spec(), inputs=starting_from(given)), tmp_path / "child").references


def test_an_unknown_word_is_never_asked_for(parent: Path) -> None:
    """Of a speech a model with Tinyland's words knows little."""
    made = stage(child(SPEECHES), parent)
    unknown = 0
    for step in range(1, 30):
        batch = made.batch(step)
        unknown += int((batch.input_ids == UNK).sum())
        assert not torch.isin(batch.labels, torch.tensor([UNK, PAD, CLS, SEP])).any()
        assert (batch.labels != IGNORED).any()
        assert batch.input_ids.shape[1] <= made.spec.train.context
        assert made.loss(batch).isfinite()
    assert unknown > 1_000


def test_a_parent_that_reads_less_is_refused(parent: Path) -> None:
    given = replace(child(SPEECHES), train=replace(spec().train, context=128))
    with pytest.raises(ValueError, match="Context: the model it starts from reads 64 tokens"):
        build(given, parent)


def test_a_missing_parent_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="there is no model in nowhere"):
        build(child(TINYLAND), tmp_path / "nowhere")


def test_texts_keep_every_word() -> None:
    text = encoded(TINYLAND, learnt_on=TINYLAND)
    whole = np.concatenate([ids[1:-1] for ids in text.train])
    assert all(ids[0] == CLS and ids[-1] == SEP for ids in text.train)
    assert UNK not in whole


def test_tinyland_in_another_texts_words_is_not_told_by_its_grammar() -> None:
    """Its probabilities are of words, and here a word is several tokens."""
    text = encoded(TINYLAND, learnt_on=SPEECHES)
    assert not text.told_by_grammar
    assert text.pieces == encoded(SPEECHES, learnt_on=SPEECHES).pieces
    assert max(map(len, text.train)) > max(map(len, encoded(TINYLAND, learnt_on=TINYLAND).train))


def test_padding_fills_up_to_the_longest() -> None:
    texts = [np.array([CLS, 7, SEP]), np.array([CLS, 8, 9, 10, SEP])]
    assert padded(texts).tolist() == [[CLS, 7, SEP, PAD, PAD], [CLS, 8, 9, 10, SEP]]
