import pytest

from llmviz.core.run import RunRef, parse

ID = "0123456789abcdef" * 4


@pytest.mark.parametrize("run", [RunRef(ID, 0), RunRef(ID, 1), RunRef("f" * 64, 999_999)])
def test_a_key_names_its_run(run: RunRef) -> None:
    assert parse(run.key) == run


@pytest.mark.parametrize(
    "key",
    [
        "",
        "../",
        f"../{ID}-1",
        f"{ID}-1/..",
        f"{ID}/1",
        f"{ID}-",
        f"{ID}--1",
        f"{ID}-1\n",
        f" {ID}-1",
        f"{ID}-1234567",
        f"{ID}-١",  # a digit, but not one of ours
        f"{ID[:-1]}-1",
        f"{ID}0-1",
        f"{ID.upper()}-1",
        f"{'g' * 64}-1",
        f"{ID}-1\0",
        "C:\\runs",
        f"{'.' * 64}-1",
    ],
)
def test_nothing_else_is_a_key(key: str) -> None:
    with pytest.raises(ValueError, match="not the name of a run"):
        parse(key)
