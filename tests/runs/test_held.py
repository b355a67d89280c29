"""Large models from elsewhere have processes of their own: begun at the first question, and let go."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from llmviz.core.hosting import Limits
from llmviz.core.questions.classification import Classify
from llmviz.core.questions.onestep import OneStep
from llmviz.core.run import RunRef
from llmviz.core.settings import ModelSpec
from llmviz.core.spec import RunSpec, adapted
from llmviz.experiments.own_labels import OwnLabelsSpec
from llmviz.runs import held
from llmviz.runs.local import LocalEngine
from llmviz.runs.real_models import Offer, RealModels
from llmviz.runs.worker import train
from tests.checkpoints import DIALOGUE, byte_level, llama, save
from tests.runs.test_real_models import settled


@pytest.fixture(scope="module")
def models(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[RealModels, Offer]]:
    """A host's folder with a tiny Llama, taken in."""
    place, tokenizer = tmp_path_factory.mktemp("checkpoints"), byte_level(*DIALOGUE)
    save(llama(tokenizer, tie_word_embeddings=True, hidden_size=64), tokenizer, place / "tiny")
    found = RealModels(home, Limits(checkpoints=(str(place),)))
    tiny = found.offer("tiny")
    assert tiny
    with pytest.raises(ValueError, match="tiny has not been taken in"):
        found.checkpoint(tiny)
    found.take_in(tiny)
    settled(found, tiny)
    yield found, tiny
    found.close()


@pytest.fixture(scope="module")
def run(home: Path, models: tuple[RealModels, Offer]) -> tuple[RunRef, RunSpec]:
    """A run that started from it."""
    found, tiny = models
    spec = adapted("own", *found.checkpoint(tiny))
    spec = replace(spec, objective=OwnLabelsSpec(20, "lora"), train=replace(spec.train, steps=2))
    done = train(spec, home)
    list(done)
    return done.run, spec


def test_what_was_taken_in_is_a_checkpoint_that_runs_start_from_without_a_second_copy(models: tuple[RealModels, Offer], home: Path) -> None:
    found, tiny = models
    checkpoint, model = found.checkpoint(tiny)
    assert (checkpoint.name, model) == ("tiny", ModelSpec("llama", "0.1M"))
    kept = home / "checkpoints" / checkpoint.digest / "model.safetensors"
    assert kept.stat().st_nlink == 2
    note = home / "real" / tiny.key / "checkpoint"
    note.unlink()  # as models were taken in before runs started from them
    assert found.checkpoint(tiny) == (checkpoint, model) and note.read_text(encoding="utf-8") == checkpoint.digest
    shutil.rmtree(kept.parent)
    assert found.checkpoint(tiny) == (checkpoint, model) and kept.is_file()


def test_its_questions_go_to_a_process_of_its_own_which_is_let_go(
    home: Path, run: tuple[RunRef, RunSpec], monkeypatch: pytest.MonkeyPatch
) -> None:
    ref, _ = run
    engine = LocalEngine(home, workers=1)
    try:
        before = set(engine.workers())
        [answer] = engine.answer(ref, [2], Classify("switch off the radio"))
        assert answer.probability.sum() == pytest.approx(1, abs=1e-5)
        [alone] = engine._held.workers()
        assert alone not in before and psutil.pid_exists(alone)
        with pytest.raises(ValueError, match="one training step is not opened of a model from elsewhere"):
            engine.answer(ref, [0], OneStep(1, start=0))
        engine._held.let_go(0.0)
        assert not engine._held.workers()
        with monkeypatch.context() as short:
            short.setattr(held, "free", lambda: 400)
            with pytest.raises(ValueError, match="some 1,000 MB of memory; this machine has 400 MB free"):
                engine.answer(ref, [1], Classify("switch off the radio"))
        [again] = engine.answer(ref, [2], Classify("switch off the radio"))
        assert again.probability.tolist() == answer.probability.tolist()
    finally:
        engine.close()
    assert not engine._held.workers()
