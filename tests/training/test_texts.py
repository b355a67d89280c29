"""Texts as ids: what is kept on this machine is what encoding yields."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from llmviz.core import catalogue
from llmviz.core.experiment import PRETRAINING
from llmviz.core.recorded import RECORDED
from llmviz.core.settings import TextSpec
from llmviz.core.spec import RunSpec
from llmviz.text import corpora, store
from llmviz.text.tokenizers import tokenizer_for
from llmviz.training import texts

TINYLAND = TextSpec("tinyland")


@pytest.fixture(scope="module")
def corpus() -> corpora.Corpus:
    """The beginning of Tinyland: to encode all of it takes three seconds, and more on a busy machine."""
    whole = corpora.load(TINYLAND)
    return replace(whole, train=whole.train[:400], validation=whole.validation[:40], test=whole.test[:40])


@pytest.fixture
def text(corpus: corpora.Corpus, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[TextSpec]:
    monkeypatch.setenv("LLMVIZ_HOME", str(tmp_path))
    monkeypatch.setattr(texts, "load", lambda _: corpus)
    texts.encoded.cache_clear()
    yield TINYLAND
    texts.encoded.cache_clear()  # others read all of it


def kept(text: TextSpec) -> Path:
    (file,) = store.path(text.digest, "").glob("ids-*.npz")
    return file


def flat(made: texts.Encoded) -> list[list[int]]:
    return [part.flat.tolist() + part.ends.tolist() for part in (made.train, made.validation, made.test)]


@pytest.mark.parametrize("damage", [None, b"", b"no archive", "half"])
def test_ids_are_kept_and_made_again_where_the_file_is_damaged(text: TextSpec, damage: bytes | str | None) -> None:
    made = flat(texts.encoded(text, text))
    file = kept(text)
    whole = file.read_bytes()
    if damage is not None:
        file.write_bytes(damage if isinstance(damage, bytes) else whole[: len(whole) // 2])
    texts.encoded.cache_clear()
    assert flat(texts.encoded(text, text)) == made
    with np.load(kept(text)) as again:
        assert again["train_flat"].tolist() == texts.encoded(text, text).train.flat.tolist()


def test_another_tokenizer_has_ids_of_its_own(text: TextSpec, corpus: corpora.Corpus) -> None:
    pieces = texts.encoded(text, text)
    spans = texts.encoded(text, text, "spans")
    assert len(list(store.path(text.digest, "").glob("ids-*.npz"))) == 2
    assert pieces.vocabulary < spans.vocabulary and len(pieces.train) == len(spans.train) == len(corpus.train)


ROOTS = {
    name: spec
    for name, spec in RECORDED.items()
    if spec.lineage == (spec,) and catalogue.experiment(spec.stage).phase == PRETRAINING and spec.text.name != "library"
}


@pytest.mark.parametrize("spec", ROOTS.values(), ids=ROOTS)
def test_the_tokenizer_that_came_with_a_recording_is_that_of_its_text(spec: RunSpec, monkeypatch: pytest.MonkeyPatch) -> None:
    trained = tokenizer_for(corpora.load(spec.text), texts._kind(spec)).to_str()
    monkeypatch.setattr(texts, "load", None)  # it reads no text
    assert texts.tokenizer_of(spec).to_str() == trained


def test_without_its_recording_a_text_is_read_for_its_tokenizer(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(texts, "RECORDINGS", tmp_path)
    (tmp_path / "mlm-wiki").mkdir()
    (tmp_path / "mlm-wiki" / "tokenizer.json").write_text("{}")
    assert texts.tokenizer_of(RECORDED["mlm-wiki"]).to_str() == tokenizer_for(corpora.load(TextSpec("wiki")), "pieces").to_str()
