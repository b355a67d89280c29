import pytest

from llmviz.core.address import Address, change, entries, read, write
from llmviz.core.run import RunRef
from llmviz.core.settings import MaskingSpec, ModelSpec, TextSpec, TrainSpec
from llmviz.core.spec import RunSpec

PLAIN = RunSpec("mlm")
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
    assert read(write(address), "mlm") == (address, {})


def test_defaults_leave_the_address_empty() -> None:
    assert write(Address(PLAIN)) == {}
    assert write(Address(RunSpec("mlm", text=TextSpec("sotu")))) == {"text": "sotu"}


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
    address, problems = read({name: value}, "mlm")
    assert address == Address(PLAIN)
    assert list(problems) == [name]
    assert problems[name].endswith(".") and len(problems[name]) < 200


def test_one_bad_setting_leaves_the_others() -> None:
    address, problems = read({"seed": "4", "steps": "x", "text": "sotu"}, "mlm")
    assert address.spec == RunSpec("mlm", text=TextSpec("sotu"), seed=4)
    assert list(problems) == ["steps"]


def test_unknown_parameters_are_left_alone() -> None:
    assert read({"utm_source": "x", "embed": "true"}, "mlm") == (Address(PLAIN), {})


def test_a_change_of_text_takes_its_recipe_and_keeps_what_was_set_by_hand() -> None:
    spec = change(RunSpec("mlm", seed=3), {"mask_rate": 0.2})
    moved = change(spec, {"text": "sotu", "steps": spec.train.steps, "learning_rate": 0.005})
    recipe = RunSpec("mlm", text=TextSpec("sotu"))
    assert moved.train.steps == recipe.train.steps
    assert (moved.seed, moved.objective.mask_rate, moved.train.learning_rate) == (3, 0.2, 0.005)


def test_change_refuses_with_a_sentence() -> None:
    with pytest.raises(ValueError, match="Steps"):
        change(PLAIN, {"steps": 0})
    with pytest.raises(ValueError, match="no setting"):
        change(PLAIN, {"colour": 1})


def test_every_setting_has_a_name_of_its_own() -> None:
    names = [entry.name for entry in entries(PLAIN)]
    assert len(names) == len(set(names))
    assert not set(names) & {"run", "s", "hide", "step", "lecture"}
