from dataclasses import dataclass, replace

import pytest

from llmviz.core.address import Address, change, differences, entries, read, write
from llmviz.core.checkpoint import Checkpoint
from llmviz.core.run import RunRef
from llmviz.core.settings import LabelsSpec, MaskingSpec, ModelSpec, TextSpec, TrainSpec, check, setting
from llmviz.core.spec import RunSpec, preset, starting_from

PLAIN = RunSpec("mlm")
MLM = ("mlm",)
ADDRESSES = [
    Address(PLAIN),
    Address(RunSpec("mlm", text=TextSpec("sotu")), sentence="two words", hidden=()),
    Address(RunSpec("mlm", text=TextSpec("wiki"), train=TrainSpec(steps=7, learning_rate=1 / 3)), step=0, lecture=True),
    Address(RunSpec("mlm", model=ModelSpec("bert", "1M"), objective=MaskingSpec(mask_rate=0.15), seed=3), hidden=(3, 5)),
    Address(PLAIN, run=RunRef(PLAIN.id, 2), sentence="<b>&=%?# 😀 שלום", step=348),
    Address(PLAIN, sentence=""),
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_what_is_written_is_read(address: Address) -> None:
    assert read(write(address, "mlm"), MLM) == (address, {})


def test_defaults_leave_the_address_empty() -> None:
    assert write(Address(PLAIN), "mlm") == {}
    assert write(Address(RunSpec("mlm", text=TextSpec("sotu"))), "mlm") == {"text": "sotu"}


def test_a_page_may_have_another_usual_text() -> None:
    sotu = TextSpec("sotu")
    assert read({}, MLM, text=sotu) == (Address(preset("mlm", sotu)), {})
    for text in ("sotu", "tinyland", "wiki"):
        address = Address(preset("mlm", TextSpec(text)))
        written = write(address, "mlm", text=sotu)
        assert written == ({} if text == "sotu" else {"text": text}) and read(written, MLM, text=sotu) == (address, {})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("text", "nope"),
        ("size", "9M"),
        ("steps", "many"),
        ("steps", "99999999"),
        ("steps", "1e3"),
        ("mask_rate", "nan"),
        ("learning_rate", "inf"),
        ("seed", "-1"),
        ("seed", "9" * 40),
        ("run", "../../etc/passwd"),
        ("run", "a" * 64),
        ("run", f"{'a' * 64}-1/../x"),
        ("hide", "1,x"),
        ("hide", "-1"),
        ("hide", "²"),
        ("step", "-3"),
        ("step", "1.5"),
        ("s", "x" * 7_000),
    ],
)
def test_nonsense_gives_the_default_and_a_sentence(name: str, value: str) -> None:
    address, problems = read({name: value}, MLM)
    assert address == Address(PLAIN)
    assert list(problems) == [name]
    assert problems[name].endswith(".") and len(problems[name]) < 200


def test_one_bad_setting_leaves_the_others() -> None:
    address, problems = read({"seed": "4", "steps": "x", "text": "sotu"}, MLM)
    assert address.spec == RunSpec("mlm", text=TextSpec("sotu"), seed=4)
    assert list(problems) == ["steps"]


def test_unknown_parameters_are_left_alone() -> None:
    assert read({"utm_source": "x", "embed": "true"}, MLM) == (Address(PLAIN), {})


def test_a_change_of_text_takes_its_recipe_and_keeps_what_was_set_by_hand() -> None:
    spec = change(RunSpec("mlm", seed=3), {"mask_rate": 0.2})
    moved = change(spec, {"text": "sotu", "steps": spec.train.steps, "learning_rate": 0.004})
    recipe = RunSpec("mlm", text=TextSpec("sotu"))
    assert moved.train.steps == recipe.train.steps
    assert (moved.seed, moved.objective.mask_rate, moved.train.learning_rate) == (3, 0.2, 0.004)


def test_change_refuses_with_a_sentence() -> None:
    with pytest.raises(ValueError, match="Steps"):
        change(PLAIN, {"steps": 0})
    with pytest.raises(ValueError, match="no setting"):
        change(PLAIN, {"colour": 1})


def test_every_setting_has_a_name_of_its_own() -> None:
    names = [entry.name for entry in entries(PLAIN)]
    assert len(names) == len(set(names))
    assert not set(names) & {"run", "s", "hide", "step", "lecture"}


@dataclass(frozen=True)
class View:
    """The settings of some page."""

    temperature: float = setting(1.0, "Temperature", "How bold.", low=0.0, high=100.0)
    kind: str = setting("head", "View", "Which picture.", choices=("head", "model"))
    other: str = setting("", "Second sentence", "To compare.", letters=20)
    open: bool = setting(False, "Open", "Whether it is.")

    def __post_init__(self) -> None:
        check(self)


def test_a_page_has_settings_of_its_own() -> None:
    address = Address(PLAIN, view=View(0.5, "model", "<b>&=é", open=True))
    written = write(address, "mlm")
    assert written == {"temperature": "0.5", "kind": "model", "other": "<b>&=é", "open": "1"}
    assert read(written, MLM, View()) == (address, {})
    assert read({}, MLM, View()) == (Address(PLAIN, view=View()), {})
    for name, value in {"temperature": "hot", "kind": "nope", "other": "x" * 21}.items():
        found, problems = read({name: value, "open": "1"}, MLM, View())
        assert found.view == View(open=True)
        assert list(problems) == [name] and problems[name].endswith(".")


def test_a_page_of_two_stages_says_which() -> None:
    both = ("mlm", "clm")
    gpt = Address(RunSpec("clm", seed=2))
    assert write(gpt, "mlm") == {"stage": "clm", "seed": "2"}
    assert read(write(gpt, "mlm"), both) == (gpt, {})
    found, problems = read({"stage": "<x>"}, both)
    assert found.spec == PLAIN and list(problems) == ["stage"]


TUNED = preset("sentiment")
SCRATCH = preset("sentiment", parent="none")


@pytest.mark.parametrize(
    "spec",
    [
        TUNED,
        SCRATCH,
        preset("sentiment", parent="clm"),
        RunSpec("sentiment", starting_from(preset("mlm")), objective=LabelsSpec(256), seed=4),
        RunSpec("sentiment", starting_from(replace(preset("mlm"), model=ModelSpec("bert", "0.3M")))),
        RunSpec("sentiment", model=ModelSpec("gpt2")),
    ],
)
def test_what_a_run_starts_from_is_in_its_address(spec: RunSpec) -> None:
    assert read(write(Address(spec), "sentiment"), ("sentiment",)) == (Address(spec), {})


def test_a_parent_of_this_machine_is_named_by_its_run() -> None:
    parent = RunSpec("mlm", seed=7)
    run = RunRef(parent.id, 1)
    address = Address(RunSpec("sentiment", starting_from(parent), objective=LabelsSpec(8)), parent=run)
    written = write(address, "sentiment")
    assert written == {"parent": run.key, "labels": "8"}
    assert read(written, ("sentiment",), specs={run: parent}.__getitem__) == (address, {})

    def gone(run: RunRef) -> RunSpec:
        raise ValueError("this run has been deleted")

    found, problems = read(written, ("sentiment",), specs=gone)
    assert found.spec == RunSpec("sentiment", starting_from(preset("mlm")), objective=LabelsSpec(8))
    assert "deleted" in problems["parent"]


def test_a_checkpoint_stays_what_a_run_starts_from() -> None:
    """An address cannot name it, yet its settings can be read and changed."""
    elsewhere = RunSpec("sentiment", starting_from(Checkpoint("ab" * 32, "elsewhere")), objective=LabelsSpec(8))
    assert next(entry for entry in entries(elsewhere) if entry.name == "parent").value == "checkpoint elsewhere"
    assert differences(elsewhere, SCRATCH) == {"parent": "checkpoint elsewhere", "labels": 8}
    assert change(elsewhere, {"labels": 4, "seed": 2}) == replace(elsewhere, objective=LabelsSpec(4), seed=2)
    assert change(elsewhere, {"parent": "mlm"}) == replace(TUNED, objective=LabelsSpec(8))
    reviews = TextSpec("reviews")  # in other words than the checkpoint knows
    assert change(elsewhere, {"text": "reviews"}) == replace(preset("sentiment", reviews, "none"), objective=LabelsSpec(8))
    found, problems = read(write(Address(elsewhere), "sentiment"), ("sentiment",))
    assert found.spec == replace(TUNED, objective=LabelsSpec(8)) and list(problems) == ["parent"]


def test_another_model_is_another_parent() -> None:
    larger = change(TUNED, {"size": "0.3M"})
    assert larger.parent == replace(preset("mlm"), model=ModelSpec(size="0.3M"))
    assert change(TUNED, {"parent": "clm"}).model.architecture == RunSpec("clm").model.architecture
    with pytest.raises(ValueError, match="takes roformer or bert, not"):
        change(TUNED, {"architecture": "gpt2"})
    assert change(SCRATCH, {"architecture": "gpt2"}).model.architecture == "gpt2"
