"""The recordings that come with the program are runs of the present code, and all that a page opens on."""

import itertools
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import fields, replace
from pathlib import Path
from statistics import median

import numpy as np
import pytest

from llmviz.core import catalogue
from llmviz.core.experiment import Experiment
from llmviz.core.lesson import Lesson
from llmviz.core.questions.base import Answer, AnyAnswer, Question
from llmviz.core.questions.classification import Classification, Classify
from llmviz.core.questions.generation import Generate, Generation
from llmviz.core.recorded import RECORDED
from llmviz.core.run import RunRef
from llmviz.core.spec import preset
from llmviz.core.update import Begin, Done, Step
from llmviz.experiments import classification
from llmviz.experiments.building import build
from llmviz.experiments.forgetting import TASKS
from llmviz.experiments.forgetting.question import Recall
from llmviz.experiments.start import LESSON as START_PAGE
from llmviz.runs import learning_curves, seconds, tail, wire
from llmviz.runs.attempt import folders
from llmviz.runs.folder import SHARED
from llmviz.runs.library import Library
from llmviz.runs.record import MOST_BYTES, MOST_OF_A_LARGER_MODEL
from llmviz.runs.recordings import HERE, TEXT_ANSWERS, Recordings
from llmviz.runs.store import Store
from llmviz.runs.worker import Real
from llmviz.text import store
from llmviz.training.loop import Training
from llmviz.views.accuracy_bars import band, finished, siblings
from tests.runs.conftest import outcome

MOST_BYTES_IN_ALL = 40_000_000  # besides the larger models
LARGER = ("clm-library",)
# By recording the beginning of its run's id, and a SHA-256 over the weights of its snapshots.
WEIGHTS = {
    "mlm-tinyland": ("9b88da9bd4491683", "011589fe24c2c09ef675753c3af238b72fd5ac44a0195ee92a65524e1f39d8a7"),
    "mlm-sotu": ("7f90cf0b574212a6", "1447044be518030212963aac0a29b07325fedc01a7ffcd201594be106e1d357b"),
    "mlm-wiki": ("acea955917d324b7", "faab35b4defefb60a20863050a79a93822c1736406f186ee55d79f9640ce7d91"),
    "mlm-reviews": ("6d6a65ff8b8929d7", "9dd1d987b90fb35576821ed4236df279fe3fde70c1273cf31cee0cbdaab4acef"),
    "mlm-requests": ("a25dc527ead0a906", "38ce43bf1a622fcf5ef24c29cd663102d401d9fc07610c0550136aaa57e26a30"),
    "clm-tinyland": ("e5dff61fdfdc9e91", "f21f9c9b3432bbf4ffd0679564cfb86be051bff9ad5782da89a4b3ee96f67290"),
    "clm-sotu": ("6e2627a8a0b8fd32", "c233dc42d34455d17ab1cb980cead13910c47b8ceb958d3b3a8ee83d65ca7f38"),
    "clm-library": ("559f60638dea1110", "1897543bba7374d64194f17ecaa4eaf240f201766aa88e24f52f3609575c9b05"),
    "clm-wiki": ("eb4138294e053a85", "550acae9740655dae86c842df04b3a472ecebb2d1127a75c1e482fb70503aa77"),
    "sentiment-tinyland": ("d4bb1c595b2d8d89", "8024f44cf85e0d7096ef066ca1c43767a517368a15fe6144880d29a8b5e113e6"),
    "sentiment-reviews": ("60938cf776359484", "dfb285f029b00574339e944b51318fed53ae805141d74837e57182e14f2aa765"),
    "entities-tinyland": ("134b383218d782d1", "b6e091e8d01bf4fe5d48fcb61fcb2ac31ef1a0a2344527b446aef2c016f6e812"),
    "entities-requests": ("fb6f855f8f6cd876", "040e1cd86d98e51575dd695c0a037940fdf2e6604d46e464542a33ff9e04905c"),
    "answers-tinyland": ("66e21e37b055d110", "c642a776c3db4ceb91bfbdc79f9f4c11fa60c77d3817ec9eb73981125599fe3a"),
    "nsp-tinyland": ("7e0c948b12dd4eca", "64296ffc71e278929ef03165dd24ce95f7f012c832c0999fc9602878625f71c2"),
    "icl-tinyland": ("fa1f4f7e421aabe4", "64a013b92dd092658e2394f8f785f9f08883c2a6e26afef99069972e97dc52de"),
    "instruct-tinyland": ("7fb507648527ec7b", "2d8ca5fdfff1e740a52f9588cc28a9c31699923423882ba20e478d7779be4d57"),
    "reward-tinyland": ("4aaeb93e8ee0ca67", "9c190d8c6a43fc8e9c4c2fb8df154da9183d54554487a44a8259c993714db687"),
    "grpo-tinyland": ("be0975b53f6d2fb2", "9d62eadee04000deacbce080b7b3a41feb7ce17a4ef015eb47922853039166a1"),
    "safety-tinyland": ("0cb9e15944d52f7c", "e74028c51c9a52a4e217d7525f05d8c7ae771b42e57ed47eb5237b22b26c0bf7"),
    "span-tinyland": ("d0acf43a6cd0ee52", "701382285434e6a1ac5ccb57de15c631442277111934393847fffdecdd03c88b"),
    "text2text-tinyland": ("d8d707df9a11a3e0", "69872a0fc1799ad3b1597f23da2e02b308e31e5b0cf4923b162b31986ff26857"),
    "continual-tinyland": ("df6111c802381192", "3503e454bb4b459302beb7cda48ce7baf87f746db81b4c204d776805c56eac9b"),
    "sentiment-tinyland-scratch": ("0f26585054dd0460", "4842e854e0e56f447cd965872b472a4b19e1c58e098a5e2141f56d7caaaee6ed"),
    "sentiment-reviews-scratch": ("3e9e4b7555b788b2", "7d1552d28ab5dedc4fb3a5c5d55f99fe443fc49118139e60ada7bbe1016a0dda"),
    "entities-tinyland-scratch": ("7a45e92654229bd2", "76b6537876b646da835c0e13c4a18d57d670226dab11b136b0fffd5e3e78099f"),
    "entities-requests-scratch": ("2f6e09c9b7a9d4f1", "d19c5f71324e588714f12a7c00b012a8f7391c993327ac2eec7f7bf662d1a3c5"),
    "answers-tinyland-scratch": ("04cb58e62f65e4b0", "a74a593967a7202c1359fd5cd540928ef068bc119bcf8f848004f1f6a617bf44"),
    "instruct-tinyland-scratch": ("31bdfd91534d7596", "e7825023e32228a5e99c06166b50f4db78fce9a494a37ae13524659297d4a50a"),
    "text2text-tinyland-scratch": ("36f8c14157f3e81e", "98decffbe368217de0f1cedda7469dc7f6aa923729f03d4e0a72074438d743d6"),
    "nsp-tinyland-words": ("b6b6bf7567ffa081", "07780e2093d53b5443e047e5445c68fe52fa06ec1e0a8358ce01e841c80ca069"),
    "sentiment-tinyland-gpt": ("3a6462a38ddde6c0", "b08d0d1fae1462b9839e74c619296b0c3fbb819747053b5c4ee377f974b53932"),
    "continual-tinyland-replay": ("717b5662e1174109", "a832bdde58d1fa59b718f24cccde5ce73980a95115acd2d32f14022f9a12e81b"),
    "continual-tinyland-back": ("c8d70791f41f5283", "5d720105d595d368032d1143a4d2bb1d0f8690a7e4629689fa4519daa7e78da3"),
}
BARS = {
    "mlm-tinyland": dict.fromkeys(("facts", "sounds", "grammar", "meaning"), 0.95),
    "clm-tinyland": dict.fromkeys(("facts", "grammar", "meaning"), 0.95),
}


def test_there_are_no_others_and_all_are_small() -> None:
    files = {learning_curves.FILE, TEXT_ANSWERS, store.CAME_WITH.name, seconds.FILE.name}
    assert {item.name for item in HERE.iterdir()} == {*RECORDED, *files}
    sizes = {file.relative_to(HERE): file.stat().st_size for file in HERE.rglob("*") if file.is_file()}
    assert sum(size for file, size in sizes.items() if file.parts[0] not in LARGER) <= MOST_BYTES_IN_ALL


def test_film_reviews_come_with_the_figures_of_five_seeds_both_ways() -> None:
    for name in ("sentiment-reviews", "sentiment-reviews-scratch"):
        found = band(classification.EXPERIMENT.metric("accuracy"), RECORDED[name], finished(Recordings().learning_curves))
        assert found and found.runs >= 5 and 0 <= found.low <= found.high <= 1


def test_five_hundred_labels_of_film_reviews_go_further_after_pretraining_whatever_the_seed() -> None:
    """One parent with five samples of labels, the worst of which is above the best from scratch: a small gain, told as it is."""
    metric, ended = classification.EXPERIMENT.metric("accuracy"), finished(Recordings().learning_curves)
    tuned, scratch = (band(metric, RECORDED[name], ended) for name in ("sentiment-reviews", "sentiment-reviews-scratch"))
    assert RECORDED["sentiment-reviews"].objective.labels == 500
    assert tuned and scratch and tuned.low > scratch.high


def test_the_model_of_the_library_needs_fewer_bits_than_a_trigram_and_what_compresses() -> None:
    end = Recordings().folder(RunRef(RECORDED["clm-library"].id, 0)).ending()
    assert isinstance(end, Done)
    others = {name: end.metrics[name] for name in ("trigram_bits", "xz_after_bits", "xz_bits", "zlib_bits")}
    assert end.metrics["bits_per_byte"] < min(others.values())
    assert end.metrics["loss"] < end.metrics["trigram"] < end.metrics["unigram"]


def test_sixteen_labels_go_far_after_pretraining_whatever_the_seeds() -> None:
    """Five parents, each with five samples of labels."""
    ended = finished(Recordings().learning_curves)
    tuned, scratch = (
        sorted(kept.metrics["accuracy"] for kept in siblings(classification.EXPERIMENT.metric("accuracy"), RECORDED[name], ended).values())
        for name in ("sentiment-tinyland", "sentiment-tinyland-scratch")
    )
    assert len(tuned) >= 25 and len(scratch) >= 5
    assert median(tuned) >= 0.9 and tuned[len(tuned) // 4] >= 0.8
    assert median(tuned) - median(scratch) >= 0.3


@pytest.mark.parametrize("name", RECORDED)
def test_its_name_and_its_weights_are_those_it_was_recorded_with(name: str) -> None:
    """Whoever rewrites descriptions trains nothing; whoever records anew writes the new line into WEIGHTS."""
    folder = Recordings().folder(RunRef(RECORDED[name].id, 0))
    assert (RECORDED[name].id[:16], outcome(folder)[0]) == WEIGHTS[name]


@pytest.mark.parametrize("name", RECORDED)
def test_it_is_the_default_run_and_meets_its_bars(name: str) -> None:
    spec = RECORDED[name]
    folder = Recordings().folder(RunRef(spec.id, 0))
    assert folder.path.name == name
    assert folder.spec() == spec
    assert folder.size() <= (MOST_OF_A_LARGER_MODEL if name in LARGER else MOST_BYTES)
    assert [file.name for file in folder.shared] == list(SHARED) and not list(folder.path.glob("snapshots/*/tokenizer*"))
    history = tail.look(folder.updates, tail.Reached()).history
    assert list(history.snapshots) == folder.snapshots()
    assert (history.snapshots[0], history.snapshots[-1]) == (0, spec.train.steps)
    assert history.batches.steps == tuple(range(1, spec.train.steps + 1))
    assert history.begin and isinstance(history.end, Done)
    assert "floor" not in history.end.metrics or history.end.metrics["loss"] > history.end.metrics["floor"]
    assert all(history.end.metrics[figure] >= bar for figure, bar in BARS.get(name, {}).items())


def openings(name: str) -> list[Question[Answer]]:
    """What its pages ask first, without what this run refuses: a random start and a GPT have no old head, say."""
    folder = Recordings().folder(RunRef(RECORDED[name].id, 0))
    asked = []
    for question in catalogue.openings(RECORDED[name].stage, RECORDED[name].text.name):
        with suppress(ValueError):
            Real().answer({0: folder.snapshot(0)}, question)
            asked.append(question)
    return asked


def test_what_a_run_refuses_is_asked_of_others() -> None:
    refused = {name: set(catalogue.openings(spec.stage, spec.text.name)) - set(openings(name)) for name, spec in RECORDED.items()}
    assert {name for name, questions in refused.items() if questions} == {
        *(name for name, spec in RECORDED.items() if spec.stage in TASKS and not spec.start),
        "sentiment-tinyland-gpt",
    }
    assert {type(question) for questions in refused.values() for question in questions} == {Recall}


@pytest.mark.parametrize("name", RECORDED)
def test_a_page_opens_on_it_without_a_worker(name: str) -> None:
    library = Library(Store(Path("nowhere")), Recordings())
    run = library.recorded(RECORDED[name])
    assert run
    shown = library.history(run).snapshots
    for question in openings(name):
        answers = library.answered(run, shown, question)
        assert answers and [answer.step for answer in answers] == list(shown)


@pytest.mark.parametrize("name", RECORDED)
def test_its_answers_are_those_its_snapshots_give(name: str) -> None:
    folder = Recordings().folder(RunRef(RECORDED[name].id, 0))
    files = sorted(folder.answers.glob("*.npz"))
    asked = [wire.read_answers(file)[0] for file in files]
    assert set(asked) == set(openings(name)) and len(asked) == len(set(asked))
    there = set(folder.snapshots())
    for file in files:
        question, every = wire.read_answers(file)
        kept = {step: answer for step, answer in every.items() if step in there}
        assert set(kept) == there and (name in LARGER or set(every) == there)  # of a larger model more than it has weights of
        for then, now in _again(question, kept, {step: folder.snapshot(step) for step in folder.snapshots()}):
            for item in fields(now):
                was, is_now = getattr(then, item.name), getattr(now, item.name)
                if isinstance(is_now, float) or (isinstance(is_now, np.ndarray) and is_now.dtype.kind == "f"):
                    np.testing.assert_allclose(was, is_now, atol=1e-4)  # processors round differently
                elif not isinstance(is_now, np.ndarray):
                    assert was == is_now


def _again(question: Question[AnyAnswer], kept: Mapping[int, AnyAnswer], folders: dict[int, Path]) -> Iterator[tuple[AnyAnswer, Answer]]:
    """Each kept answer, and what its snapshot says now."""
    if not isinstance(question, Generate):
        yield from ((kept[now.step], now) for now in Real().answer(folders, question))
        return
    for step, then in kept.items():  # a draw that fell on the very edge of a token falls beside it on another processor: given the tokens
        assert isinstance(then, Generation)
        starts, chances = then.starts[:, -1], then.chances[:, -1, -1]
        assert ((starts - 1e-4 <= then.draws) & (then.draws <= starts + chances + 1e-4)).all()
        yield from ((then, now) for now in Real().answer({step: folders[step]}, replace(question, chosen=tuple(then.ids.tolist()))))


@pytest.mark.parametrize("name", RECORDED)
def test_the_present_code_says_the_same(name: str) -> None:
    spec = RECORDED[name]
    history = tail.look(Recordings().folder(RunRef(spec.id, 0)).updates, tail.Reached()).history
    assert history.begin
    others = folders([Recordings()], spec)
    stage = build(spec, others.pop("start", None), **others)
    stage.evaluate = dict  # type: ignore[method-assign] # figures are no part of how it learns, and take longer than twenty steps
    updates = Training(stage, spec.train).updates()
    begin = next(updates)
    assert isinstance(begin, Begin)
    assert (begin.parameters, begin.vocabulary) == (history.begin.parameters, history.begin.vocabulary)
    assert begin.references == pytest.approx(history.begin.references)
    steps = 4 if name in LARGER else 20
    losses = [update.loss for update in itertools.takewhile(lambda update: update.step <= steps, updates) if isinstance(update, Step)]
    assert losses == pytest.approx(history.batches.values[:steps], abs=1e-2)  # processors round differently, and training adds it up


@pytest.mark.parametrize("stage", ["mlm", "clm"])
def test_the_lines_that_came_with_the_program_are_those_that_would_be_worked_out(
    stage: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("LLMVIZ_HOME", str(tmp_path))
    given = build(preset(stage), None).references
    assert not list(tmp_path.rglob(f"{store.BOUNDS}*"))  # none had to be worked out
    monkeypatch.setattr(store, "CAME_WITH", tmp_path / "nowhere")
    assert build(preset(stage), None).references == pytest.approx(given)
    assert len(list(tmp_path.rglob(f"{store.BOUNDS}*"))) == 1


@pytest.mark.parametrize("stage", ["mlm", "clm", "span", "nsp"])
def test_the_default_runs_on_tinyland_find_their_lines(stage: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Those of the final test as well, which take a minute for spans."""
    monkeypatch.setenv("LLMVIZ_HOME", str(tmp_path))
    folder = Recordings(HERE).folder(RunRef(preset(stage).id, 0))
    end = folder.ending()
    assert isinstance(end, Done)
    assert build(preset(stage), folder.snapshot(0)).test()["floor"] == pytest.approx(end.metrics["floor"])
    assert not list(tmp_path.rglob(f"{store.BOUNDS}*"))


@pytest.mark.parametrize("page", [START_PAGE, classification.EXPERIMENT], ids=["start", "sentiment"])
def test_the_first_sentence_shows_what_pretraining_is_worth(page: Experiment | Lesson) -> None:
    """The model that has read is right about it, the one that has not is wrong."""
    first = page.examples["tinyland"][0]
    for name, right in (("sentiment-tinyland", True), ("sentiment-tinyland-scratch", False)):
        folder = Recordings().folder(RunRef(RECORDED[name].id, 0))
        last = max(folder.snapshots())
        [said] = Real().answer({last: folder.snapshot(last)}, Classify(first.sentence))
        assert isinstance(said, Classification)
        assert (said.label == first.truth) is right
