import pytest

from tests.small import little_to_evaluate


@pytest.fixture(autouse=True)
def little(monkeypatch: pytest.MonkeyPatch) -> None:
    little_to_evaluate(monkeypatch)
