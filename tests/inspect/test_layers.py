"""What the layers hold: against transformers' own hidden states, and to the last bit where nothing moves."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from llmviz.core.cka import linear_cka
from llmviz.core.questions.layers import CLASSES, SPANS, TAGS, HiddenStates, Layers, Project
from llmviz.core.settings import LabelsSpec, ModelSpec, TextSpec
from llmviz.core.spec import RunSpec, starting_from
from llmviz.experiments.building import build
from llmviz.inspect import examples, layers, projection
from llmviz.inspect.examples import Examples
from llmviz.models import files, transfer
from llmviz.text.special import CLS, FIRST, SEP
from llmviz.text.tagged import tags
from llmviz.text.tinyland.corpus import words
from llmviz.text.tinyland.passages import NEW_WORDS
from llmviz.text.tokenizers import with_words, word_level
from llmviz.training.loop import Training
from tests.inspect.judges import ARCHITECTURES, Folders, keep, language_model
from tests.small import little_to_evaluate, shaken

STEPS = 3


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fewer examples, and no memory of more."""
    for name, count in {"TEXTS": 24, "WORDS": 40}.items():
        monkeypatch.setattr(examples, name, count)
    monkeypatch.setattr(layers, "TOKENS", 100)
    little_to_evaluate(monkeypatch)
    examples.examples.cache_clear()


def trained(architecture: str, method: str, path: Path) -> Folders:
    """A run of this method before and after some steps, from a parent with weights of its own."""
    start = RunSpec("clm" if architecture in ("neox", "gpt2") else "mlm", model=ModelSpec(architecture))
    bare = RunSpec("sentiment", starting_from(start), model=start.model, objective=LabelsSpec(16, method))
    given = replace(bare, train=replace(bare.train, steps=STEPS, learning_rate=1e-2, context=40))
    parent = path / "parent/snapshots/9"
    files.save(shaken(language_model(architecture, 1), seed=1), word_level(words()), parent)
    made = build(given, parent)
    folders = {step: path / "run/snapshots" / str(step) for step in (0, STEPS)}
    made.save(folders[0])
    for _ in Training(made, given.train).updates():
        pass
    made.save(folders[STEPS])
    return folders


def reader(path: Path) -> Folders:
    """Two snapshots of a model that finds answers."""
    tokenizer = with_words(word_level(words()), NEW_WORDS)
    model = transfer.reader(language_model("roformer", 1), tokenizer.get_vocab_size(), 1)
    folders = {step: path / "snapshots" / str(step) for step in (0, 4)}
    for step, folder in folders.items():
        files.save(shaken(model, seed=step) if step else model, tokenizer, folder)
    return folders


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_the_states_are_those_of_transformers(architecture: str, tmp_path: Path) -> None:
    folders = keep(architecture, tmp_path, (0, 5))
    read = examples.examples(folders[0], "tinyland", CLASSES, "validation")
    tokens = read.tokens(30)
    found = layers.features([folders[0], folders[5]], read, [*read.examples, *tokens])
    assert found.shape[:3] == (2, 3, 24 + 30)
    model = files.load(folders[5])
    for place, example in [*enumerate(read.examples)][:4] + [*enumerate(tokens, 24)][::7]:
        with torch.no_grad():
            hidden = model(input_ids=torch.tensor([read.ids[example.input]]), output_hidden_states=True).hidden_states
        alone = torch.stack(hidden)[:, 0, list(example.tokens)].mean(1)
        assert np.allclose(found[1, :, place], alone.numpy(), atol=1e-4)


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_cka_is_that_of_the_states_and_1_where_it_began(architecture: str, tmp_path: Path) -> None:
    folders = keep(architecture, tmp_path, (0, 2, 5))
    found = layers.answer(folders, Layers("tinyland", CLASSES))
    states = layers.states(folders, HiddenStates("tinyland", CLASSES))
    assert (found[0].cka == 1.0).all() and (found[1].cka < 1.0).all()
    for report, each in zip(found, states, strict=True):
        assert report.layers == each.layers and report.layers[0] == "embeddings" and len(report.layers) == 3
        told = [linear_cka(now, then) for now, then in zip(each.states, states[0].states, strict=True)]
        assert report.cka == pytest.approx(told, abs=2e-3)  # states travel in half precision
        assert report.tokens == 100 == len(each.ids) and (each.ids >= FIRST).all()
    (later,) = layers.answer({5: folders[5]}, Layers("tinyland", CLASSES))  # asked alone, as while a run goes on
    assert later.cka == pytest.approx(found[2].cka, abs=1e-5) and later.accuracy.tolist() == found[2].accuracy.tolist()


@pytest.mark.parametrize("architecture", ARCHITECTURES)
@pytest.mark.parametrize("method", ["head", "last layer", "lora"])
def test_what_is_frozen_stays_as_it_was_to_the_last_bit(architecture: str, method: str, tmp_path: Path) -> None:
    first, last = layers.answer(trained(architecture, method, tmp_path), Layers("tinyland", CLASSES))
    frozen = {"head": 3, "last layer": 2, "lora": 1}[method]  # of the three representations, those below all that moves
    assert (last.cka[:frozen] == 1.0).all() and (last.cka[frozen:] < 1.0).all()
    assert last.accuracy[:frozen].tolist() == first.accuracy[:frozen].tolist()


def test_nine_snapshots_are_as_exact_as_one(tmp_path: Path) -> None:
    """They are read in two passes, of eight and of two, with the one they are compared with."""
    folders = {step: tmp_path / "snapshots" / str(step) for step in range(10)}
    for folder in folders.values():
        files.save(transfer.classifier(language_model("roformer", 1), ("bad", "good")), word_level(words()), folder)
    assert all((each.cka == 1.0).all() for each in layers.answer(folders, Layers("tinyland", CLASSES)))


def test_a_probe_reads_what_is_linear_and_nothing_else() -> None:
    rng = np.random.default_rng(0)
    states = rng.normal(size=(400, 8)).astype(np.float32) * np.array([1e-3, *[1.0] * 7], np.float32)  # what counts is small
    linear, folded = (states[:, 0] > 0).astype(int).tolist(), (states[:, 1] * states[:, 2] > 0).astype(int).tolist()
    told = [layers.probe(states[:300], labels[:300], states[300:], labels[300:]) for labels in (linear, folded)]
    assert told[0] > 0.9 and 0.3 < told[1] < 0.7
    assert np.isnan(layers.probe(states * np.inf, linear, states, linear))


def test_examples_of_tags_are_words_of_names_and_one_word_more(tmp_path: Path) -> None:
    folders = {step: tmp_path / "snapshots" / str(step) for step in (0, 4)}
    for step, folder in folders.items():
        files.save(transfer.classifier(language_model("bert", step), tags(TextSpec())), word_level(words()), folder)
    read = examples.examples(folders[0], "tinyland", TAGS, "validation")
    assert read.labels == ("person", "place", "organisation", "no name") and {each.label for each in read.examples} == {0, 1, 2, 3}
    for row, ids in enumerate(read.ids):
        assert sum(each.label == 3 for each in read.examples if each.input == row) <= 1 and ids[0] == CLS and ids[-1] == SEP
    spelt = word_level(words())
    for each in read.examples:
        word, text = each.shown.split("\n")
        assert [spelt.id_to_token(read.ids[each.input][place]) for place in each.tokens] == [word] and word in text.split()
    (report, _) = layers.answer(folders, Layers("tinyland", TAGS))
    assert report.asked == len(read.examples) and report.chance == np.bincount([each.label for each in read.examples]).max() / report.asked


def test_examples_of_spans_are_an_answer_and_a_rival_of_its_kind(tmp_path: Path) -> None:
    folders = reader(tmp_path)
    read = examples.examples(folders[0], "tinyland", SPANS, "validation")
    assert len(read.examples) == 24 == 2 * len(read.ids) and [each.label for each in read.examples] == [1, 0] * 12
    spelt = with_words(word_level(words()), NEW_WORDS)
    for right, wrong in zip(read.examples[::2], read.examples[1::2], strict=True):
        assert right.input == wrong.input and right.tokens != wrong.tokens
        for each in (right, wrong):
            span, question, passage = each.shown.split("\n")
            assert spelt.id_to_token(read.ids[each.input][each.tokens[0]]) == span.split()[0] and span in passage
            assert read.ids[each.input][1 : 1 + len(question.split())] == spelt.encode(question, add_special_tokens=False).ids
    first, last = layers.answer(folders, Layers("tinyland", SPANS))
    assert first.chance == 0.5 and (first.cka == 1.0).all() and (last.cka < 1.0).all()


def test_the_axes_of_the_projection_are_the_same_for_all_snapshots(tmp_path: Path) -> None:
    folders = keep("roformer", tmp_path, (0, 2, 5))
    asked = Project("tinyland", CLASSES, 0, 5, own="what a superb show !")
    found = projection.answer(folders, asked)
    read = examples.examples(folders[0], "tinyland", CLASSES, "validation")
    states = layers.features([folders[step] for step in (0, 5, 2)], read, read.examples)[:, -1]
    pooled = np.concatenate([states[0], states[1]])
    spread = np.linalg.eigvalsh(np.cov(pooled.T))[::-1]
    assert found[0].variance == pytest.approx(spread[:2] / spread.sum(), rel=1e-3)
    both = np.concatenate([found[0].points, found[2].points])
    assert both.mean(0) == pytest.approx(0, abs=1e-4) and np.cov(both.T)[0, 1] == pytest.approx(0, abs=1e-3)
    assert np.var(both, axis=0, ddof=1) == pytest.approx(spread[:2], rel=1e-3)
    (alone,) = projection.answer({2: folders[2]}, asked)
    assert np.allclose(alone.points, found[1].points, atol=1e-4)
    assert found[0].own.shape == (1, 2) and found[0].own_shown == ("what a superb show !",)
    assert found[0].labels == ("negative", "positive") and len(found[0].shown) == len(found[0].truth) == 24


def test_what_a_visitor_wrote_is_a_point_where_it_can_be_read(tmp_path: Path) -> None:
    folder = reader(tmp_path)[0]

    def own(kind: str, text: str, question: str = "", words: range = range(0)) -> Examples:
        return examples.own(folder, kind, text, question, words)

    assert [each.shown for each in own(CLASSES, "Tom sleeps .").examples] == ["Tom sleeps ."]
    assert [(each.shown, each.tokens) for each in own(TAGS, "Tom sleeps .").examples] == [("Tom", (1,)), ("sleeps", (2,)), (".", (3,))]
    (point,) = own(SPANS, "Tom sleeps in Rome .", "where does he sleep ?", range(3, 4)).examples
    assert point.shown.startswith("Rome\n") and point.tokens == (1 + 5 + 1 + 3,)
    for nothing in (own(CLASSES, " "), own(SPANS, "Tom sleeps .", "who ?"), own(SPANS, "Tom " * 90, "who ?", range(1))):
        assert not nothing.examples
    assert len(own(TAGS, "Tom " * 90).examples) == 38  # as many as it reads


def test_a_text_without_labels_is_a_sentence(tmp_path: Path) -> None:
    folders = keep("roformer", tmp_path, (0,))
    with pytest.raises(ValueError, match="nobody has labelled this text"):
        layers.answer(folders, Layers("wiki", CLASSES))
    assert layers.answer({}, Layers("tinyland", CLASSES)) == [] and projection.answer({}, Project("tinyland", CLASSES, 0, 1)) == []
