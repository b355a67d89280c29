"""Fine-tuning a model from elsewhere on a visitor's own labels by LoRA, on a tiny Llama: what moves, what is kept, what is answered."""

import hashlib
import re
import shutil
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file
from transformers import AutoModelForSequenceClassification

from llmviz.core import low_rank
from llmviz.core.address import Address, change, read, write
from llmviz.core.checkpoint import Checkpoint
from llmviz.core.questions.classification import Classify
from llmviz.core.questions.tensors import Tensors
from llmviz.core.rival import rival
from llmviz.core.settings import LORA_RANK, ModelSpec
from llmviz.core.spec import RunSpec, adapted, from_json, starting_from, to_json
from llmviz.core.update import Begin, Done, Failed, Score, Snapshot, Step
from llmviz.experiments.building import build
from llmviz.experiments.own_labels import OwnLabelsSpec, view
from llmviz.experiments.own_labels.stage import OwnLabels
from llmviz.inspect import classification, tensors
from llmviz.models import files, methods
from llmviz.models.adopted import adopt
from llmviz.runs import checkpoints, parcel, tail
from llmviz.runs.attempt import Attempt
from llmviz.runs.export import export
from llmviz.runs.recordings import Recordings
from llmviz.runs.store import Store
from llmviz.runs.worker import Real, train
from llmviz.text import own_example
from llmviz.views import words
from llmviz.views.script import script
from tests import scripts
from tests.checkpoints import DIALOGUE, byte_level, llama, save
from tests.experiments.test_own_labels import kept as kept_table

STEPS = 30
Start = tuple[Checkpoint, ModelSpec]
SENTENCE = "paint the sea again"


@pytest.fixture(scope="module")
def start(home: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Checkpoint, ModelSpec]:
    """A tiny Llama as it is taken in, kept as a checkpoint."""
    place, tokenizer = tmp_path_factory.mktemp("elsewhere"), byte_level(*DIALOGUE)
    model = llama(tokenizer, tie_word_embeddings=True, hidden_size=64, max_position_embeddings=2_000)
    adopt(save(model, tokenizer, place / "source"), place / "adopted")
    snapshot = place / "adopted" / "snapshots" / "0"
    found = {file.name: file for file in (*snapshot.iterdir(), place / "adopted" / "tokenizer.json")}
    return checkpoints.known(home, checkpoints.keep_files(home, found, "Tiny Llama").digest)


@pytest.fixture(scope="module")
def table(home: Path) -> str:
    """Three classes that single words tell, on this machine."""
    return kept_table()


def of(start: Start, table: str, method: str = "lora", **settings: object) -> RunSpec:
    bare = adapted("own", *start)
    objective = OwnLabelsSpec(60, method, labels_digest=table)
    return replace(bare, objective=objective, train=replace(bare.train, steps=STEPS, learning_rate=0.005, **settings))  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def trained(start: Start, table: str, home: Path) -> Attempt:
    """A run that has ended; what it said is in its folder."""
    done = train(of(start, table), home)
    *_, last = done
    assert isinstance(last, Done), last
    return done


def test_the_recipe_follows_from_the_checkpoint(start: Start) -> None:
    given = adapted("own", *start)
    assert given.model == ModelSpec("llama", "0.1M") and given.foreign == start[0] and start[0].name == "Tiny Llama"
    assert given.objective.method == "lora" and given.objective.rank == LORA_RANK and given.train.optimizer == "adamw"
    assert from_json(to_json(given)) == given and given.id != adapted("own", Checkpoint("0" * 64), start[1]).id
    assert words.recipe(given) == "308 labels · from checkpoint Tiny Llama · 0.1 M · 60 steps · seed 0"


def test_what_cannot_be_trained_so_is_refused_in_a_sentence(start: Start, home: Path) -> None:
    checkpoint, model = start
    with pytest.raises(ValueError, match="begins with no llama; such a model comes as a checkpoint"):
        RunSpec("own", model=model)
    with pytest.raises(ValueError, match="begins with no llama"):
        RunSpec("sentiment", starting_from(checkpoint), model=model)
    with pytest.raises(ValueError, match="lora or head is trained here"):
        change(adapted("own", checkpoint, model), {"method": "full"})
    with pytest.raises(ValueError, match="without replay"):
        change(adapted("own", checkpoint, model), {"replay": 1.0})
    with pytest.raises(ValueError, match="not 135M"):
        RunSpec("mlm", model=ModelSpec("roformer", "135M"))
    with pytest.raises(ValueError, match="not on this machine"):
        checkpoints.known(home, "1" * 64)
    other = checkpoints.place(home, checkpoint).with_name("2" * 64)
    shutil.copytree(checkpoints.place(home, checkpoint), other)
    written = (other / "config.json").read_text(encoding="utf-8")
    (other / "config.json").write_text(written.replace('"num_hidden_layers": 2', '"num_hidden_layers": 7'), encoding="utf-8")
    with pytest.raises(ValueError, match="this is a llama, 7 layers of width 64"):
        checkpoints.known(home, "2" * 64)


def test_an_address_names_the_checkpoint_and_survives_a_reload(start: Start, home: Path) -> None:
    given = change(adapted("own", *start), {"steps": 30, "labels": 64})
    written = write(Address(given), "own")
    assert written == {"parent": start[0].digest, "steps": "30", "labels": "64", "text": given.text.name}
    found, problems = read(written, ["own"], models=lambda digest: checkpoints.known(home, digest))
    assert found.spec == given and not problems
    _, problems = read(written | {"parent": "3" * 64}, ["own"], models=lambda digest: checkpoints.known(home, digest))
    assert "is not on this machine" in problems["parent"]
    back = change(given, {"parent": "mlm"})
    assert back.model.architecture == "roformer" and back.objective.method == "full"
    assert (back.train.steps, back.objective.labels) == (30, 64)  # what was set by hand stays


def test_it_is_held_against_the_small_model_with_the_same_labels(start: Start, table: str) -> None:
    other = rival(of(start, table))
    assert other and other.parent and other.foreign is None
    assert (other.objective.labels, other.objective.labels_digest, other.objective.method) == (60, table, "full")


def test_factors_and_head_move_alone_and_a_snapshot_keeps_no_more(trained: Attempt, start: Start, home: Path) -> None:
    folder = trained.snapshot
    assert not (folder / "model.safetensors").exists()
    kept = load_file(folder / low_rank.FILE)
    factors = {name for name in kept if ".lora_" in name}
    assert kept.keys() - factors == {"score.weight"} and len(factors) == 2 * 2 * 7  # layers, A and B, matrices of a layer
    assert (folder / low_rank.FILE).stat().st_size < (checkpoints.place(home, start[0]) / "model.safetensors").stat().st_size / 2
    with safe_open(folder / low_rank.FILE, "pt") as opened:
        assert opened.metadata() == low_rank.about(start[0].digest, methods.SCALE)
    said = list(tail.updates(trained.folder.updates))
    [begun] = [update for update in said if isinstance(update, Begin)]
    assert begun.parameters == sum(tensor.numel() for tensor in kept.values())


def test_it_learns_and_answers_as_the_model_in_training_did(trained: Attempt, start: Start, table: str) -> None:
    said = list(tail.updates(trained.folder.updates))
    scores = [update.metrics["loss"] for update in said if isinstance(update, Score)]
    assert scores[-1] < 0.7 * scores[0]
    steps = trained.folder.snapshots()
    asked = classification.answer({step: trained.folder.snapshot(step) for step in steps}, Classify(SENTENCE))
    assert [each.step for each in asked] == steps and asked[0].probability.tolist() == pytest.approx([1 / 3] * 3)
    stage = build(of(start, table), checkpoints.place(trained.folder.path.parents[2], start[0]))
    assert isinstance(stage, OwnLabels)
    files.restore(stage.model, trained.snapshot)
    stage.model.eval()
    batch = stage._tensors([stage._encoded(SENTENCE)], [0])
    with torch.no_grad():
        expected = stage.guess(batch)[0].softmax(-1)[0]
    assert asked[-1].probability.tolist() == pytest.approx(expected.tolist(), abs=1e-5)
    assert max(abs(asked[-1].probability - asked[0].probability)) > 0.05


def test_added_to_the_checkpoint_it_is_the_plain_model_that_anybody_opens(
    trained: Attempt, start: Start, table: str, tmp_path: Path
) -> None:
    stage = build(of(start, table), checkpoints.place(trained.folder.path.parents[2], start[0]))
    assert isinstance(stage, OwnLabels)
    files.restore(stage.model, trained.snapshot)
    merged, found = methods.merged(stage.model), files.tensors(trained.snapshot)
    assert merged.keys() == found.keys()
    assert all(torch.allclose(merged[name], found[name].float(), atol=1e-6) for name in merged)
    plain = AutoModelForSequenceClassification.from_pretrained(export(trained.folder, tmp_path / "out"), local_files_only=True).eval()
    ids = torch.from_numpy(stage._encoded(SENTENCE))[None]
    stage.model.eval()
    with torch.no_grad():
        assert torch.allclose(plain(input_ids=ids).logits, stage.model(input_ids=ids).logits, atol=1e-4)
    assert not (tmp_path / "out" / low_rank.FILE).exists()
    with pytest.raises(ValueError, match="is none without it; `python -m llmviz export` writes both"):
        parcel.pack(trained.folder, BytesIO())


def test_resumed_from_its_checkpoint_it_ends_in_the_same_weights(trained: Attempt, start: Start, table: str, home: Path) -> None:
    store = Store(home)
    run, claim = store.create(of(start, table))
    claim.release()
    first = Attempt(Real(), store, Recordings(), run)
    for update in first:
        if isinstance(update, Step) and update.step == STEPS // 2:
            break
    first.checkpoint()
    first.close()
    with safe_open(first.folder.checkpoint, "pt") as opened:
        weights = [name for name in opened.keys() if name.startswith("model.")]  # noqa: SIM118 - it is no dictionary
    assert all(".lora_" in name or "score" in name for name in weights)  # half a gigabyte less of the real one
    *_, last = Attempt(Real(), store, Recordings(), run)
    assert isinstance(last, Done)
    assert _sum(first.snapshot) == _sum(trained.snapshot)


def _sum(snapshot: Path) -> str:
    return hashlib.sha256((snapshot / low_rank.FILE).read_bytes()).hexdigest()


def test_the_head_alone_is_trained_too(start: Start, table: str, home: Path) -> None:
    done = train(of(start, table, "head"), home)
    *_, last = done
    assert isinstance(last, Done)
    assert load_file(done.snapshot / low_rank.FILE).keys() == {"score.weight"}
    [asked] = classification.answer({STEPS: done.snapshot}, Classify(SENTENCE))
    assert asked.probability.sum() == pytest.approx(1)


def test_a_long_text_is_cut_where_the_run_says_not_where_the_checkpoint_could(trained: Attempt) -> None:
    with pytest.raises(ValueError, match="this model reads 62"):
        classification.answer({STEPS: trained.snapshot}, Classify("paint " * 300))


def test_what_needs_all_weights_says_that_they_are_not_there(trained: Attempt) -> None:
    with pytest.raises(ValueError, match="keeps no more than what was learnt beside its checkpoint"):
        tensors.answer({STEPS: trained.snapshot}, Tensors(STEPS))


def test_without_its_checkpoint_nothing_is_answered_and_nothing_goes_on(trained: Attempt, start: Start, table: str, home: Path) -> None:
    there = checkpoints.place(home, start[0])
    hidden = there.rename(there.with_name("away"))
    try:
        with pytest.raises(ValueError, match="is no longer on this machine"):
            low_rank.whole(trained.snapshot)
        *_, last = train(replace(of(start, table), seed=5), home)
        assert isinstance(last, Failed) and "Tiny Llama, which it starts from, is not on this machine" in last.reason
    finally:
        hidden.rename(there)


def test_where_memory_is_short_it_does_not_begin(start: Start, table: str, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("llmviz.runs.held.free", lambda: 700)
    *_, last = train(replace(of(start, table), seed=6), home)
    assert isinstance(last, Failed) and "some 1,600 MB of memory; this machine has 700 MB free" in last.reason


def test_a_large_model_is_looked_at_less_often(monkeypatch: pytest.MonkeyPatch, start: Start, table: str, home: Path) -> None:
    monkeypatch.setattr("llmviz.training.loop.LARGE", 1_000)
    said = list(train(replace(of(start, table), seed=7), home))
    assert sum(isinstance(update, Snapshot) for update in said) <= 8


def test_the_script_has_the_losses_of_the_run(start: Start, table: str, home: Path, tmp_path: Path) -> None:
    given = of(start, table)
    given = replace(given, train=replace(given.train, steps=8))
    losses = [update.loss for update in train(given, home) if isinstance(update, Step)]
    (tmp_path / "script.py").write_text(script(given), encoding="utf-8")
    assert "python -m llmviz export" in scripts.run(tmp_path).refused
    shutil.copytree(checkpoints.place(home, start[0]), tmp_path / "parent")
    told = [float(loss) for loss in re.findall(r"step \d+  loss ([\d.]+)", scripts.run(tmp_path).printed)]
    assert told == pytest.approx(losses, abs=1e-3)


def test_what_it_will_take_is_said_before_it_begins(start: Start) -> None:
    large = adapted("own", Checkpoint("4" * 64, "SmolLM2 135M"), ModelSpec("llama", "135M"))
    said = view.ahead(large, own_example.read(""))
    assert said.startswith("SmolLM2 135M has 135 M parameters.") and re.search(r"about \d+ (s|min)", said) and "1.5 GB" in said
    longer = view.ahead(replace(large, train=replace(large.train, steps=6_000)), own_example.read(""))
    assert re.search(r"about \d+ h", longer)
