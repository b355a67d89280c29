"""Models that nobody trained here: taken in from a folder that the host names, asked in a process of its own, and let go."""

import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from llmviz.core.hosting import Limits, read
from llmviz.core.questions.generation import Generate
from llmviz.core.run import RunRef
from llmviz.experiments.architecture.question import Walk
from llmviz.experiments.instructions.question import InDialogue
from llmviz.runs import held
from llmviz.runs.real_models import COMING, MISSING, OFFERED, THERE, Offer, RealModels, Stands, offers
from tests.checkpoints import DIALOGUE, byte_level, llama, save

TEXT = "the dog barks and the cat meows "
PATIENCE = 90.0


@pytest.fixture(scope="module")
def checkpoints(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a tiny Llama, and one that is half a checkpoint."""
    place = tmp_path_factory.mktemp("checkpoints")
    tokenizer = byte_level(*DIALOGUE, read=[TEXT] * 9)
    save(llama(tokenizer, tie_word_embeddings=True), tokenizer, place / "tiny")
    (place / "half").mkdir()
    shutil.copy(place / "tiny" / "config.json", place / "half")
    (place / "no checkpoint").mkdir()
    return place


@pytest.fixture(scope="module")
def there(checkpoints: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[RealModels, Offer]]:
    """The tiny one, taken in."""
    found = RealModels(tmp_path_factory.mktemp("home"), Limits(checkpoints=(str(checkpoints),)))
    tiny = found.offer("tiny")
    assert tiny and found.stands(tiny) == Stands(OFFERED)
    found.take_in(tiny)
    assert settled(found, tiny).state == THERE
    yield found, tiny
    found.close()


def settled(found: RealModels, offer: Offer) -> Stands:
    end = time.monotonic() + PATIENCE
    while (stands := found.stands(offer)).state == COMING and time.monotonic() < end:
        time.sleep(0.1)
    return stands


def test_what_a_host_offers_are_the_checkpoints_in_the_folders_it_names(checkpoints: Path) -> None:
    here = offers(Limits(checkpoints=(str(checkpoints), str(checkpoints / "nowhere"))))
    assert [offer.name for offer in here] == ["smollm2", "half", "tiny"]
    assert offers(Limits(real_models=False, checkpoints=(str(checkpoints),))) == ()
    assert not read({"LLMVIZ_HOSTED": "1"}).real_models
    assert read({"LLMVIZ_CHECKPOINTS": "/Models, /other"}).checkpoints == ("/Models", "/other")
    with pytest.raises(ValueError, match="whole paths"):
        read({"LLMVIZ_CHECKPOINTS": "models"})


def test_it_is_walked_through_and_goes_on_with_a_text(there: tuple[RealModels, Offer]) -> None:
    found, tiny = there
    run = RunRef(tiny.key, 0)
    [walked] = found.answer(run, [0], Walk("the dog barks", (), 1))
    assert walked.model == "LlamaForCausalLM" and walked.sequences == (("[CLS]", "the", "dog", "barks"),)
    assert walked.shapes[walked.names.index("key")].tolist() == [2, 4, 8]
    [written] = found.answer(run, [0], Generate("the dog", tokens=5, temperature=0.0))
    assert 1 <= len(written.ids) <= 5


def test_a_beginning_beyond_its_context_is_refused_with_how_much_it_reads(there: tuple[RealModels, Offer]) -> None:
    found, tiny = there
    with pytest.raises(ValueError, match=r"^this beginning has \d\d\d tokens; this model reads 63$"):  # [CLS] is the 64th
        found.answer(RunRef(tiny.key, 0), [0], Generate(TEXT * 40, tokens=1, temperature=0.0))


def test_a_request_is_put_to_it_with_and_without_the_marks_of_a_dialogue(there: tuple[RealModels, Offer]) -> None:
    found, tiny = there
    [told] = found.answer(RunRef(tiny.key, 0), [0], InDialogue("the dog <|im_start|>", tokens=4))
    assert told.plain != told.reply
    with pytest.raises(ValueError, match="no word to reply to"):
        found.answer(RunRef(tiny.key, 0), [0], InDialogue(""))
    with pytest.raises(ValueError, match="200 are read here"):
        found.answer(RunRef(tiny.key, 0), [0], InDialogue("x y " * 150))


def test_the_process_that_holds_it_ends_when_nobody_asks_and_begins_again(there: tuple[RealModels, Offer]) -> None:
    found, tiny = there
    found.answer(RunRef(tiny.key, 0), [0], Walk("the", (), 0))
    assert len(found.workers()) == 1
    found.let_go(idle=1_000.0)
    assert len(found.workers()) == 1
    found.let_go(idle=0.0)
    assert found.workers() == []
    assert found.answer(RunRef(tiny.key, 0), [0], Walk("the cat", (), 0))


def test_half_a_checkpoint_is_refused_in_a_sentence_and_leaves_nothing(checkpoints: Path, tmp_path: Path) -> None:
    found = RealModels(tmp_path, Limits(checkpoints=(str(checkpoints),)))
    half = found.offer("half")
    assert half
    found.take_in(half)
    stands = settled(found, half)
    assert stands.state == OFFERED and "half could not be taken in: half is half a checkpoint" in stands.reason
    assert list((tmp_path / "real").iterdir()) == []


def test_a_folder_that_vanishes_and_a_model_that_was_never_taken_in_are_said(checkpoints: Path, tmp_path: Path) -> None:
    copied = tmp_path / "checkpoints"
    shutil.copytree(checkpoints, copied)
    found = RealModels(tmp_path / "home", Limits(checkpoints=(str(copied),)))
    tiny = found.offer("tiny")
    assert tiny
    with pytest.raises(ValueError, match="has not been taken in"):
        found.answer(RunRef(tiny.key, 0), [0], Walk("the"))
    shutil.rmtree(copied / "tiny")
    assert found.stands(tiny) == Stands(MISSING, reason="tiny is no longer in its folder.")
    assert found.offer("tiny") is None


def test_another_file_in_the_folder_is_another_model(checkpoints: Path, tmp_path: Path) -> None:
    shutil.copytree(checkpoints / "tiny", tmp_path / "tiny")
    offer = Offer("tiny", "tiny", "", tmp_path / "tiny")
    before = offer.key
    (tmp_path / "tiny" / "config.json").write_text("{}", encoding="utf-8")
    assert len(before) == 64 and offer.key != before


def test_where_memory_is_short_nothing_begins(checkpoints: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(held, "free", lambda: 400)
    found = RealModels(tmp_path, Limits(checkpoints=(str(checkpoints),)))
    tiny = found.offer("tiny")
    assert tiny
    with pytest.raises(ValueError, match="this machine has 400 MB free"):
        found.take_in(tiny)
    assert found.stands(tiny).state == OFFERED
