from pathlib import Path

import pytest

from llmviz.text import store

DIGEST, OTHER = "1" * 64, "2" * 64


@pytest.fixture
def came(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("LLMVIZ_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(store, "CAME_WITH", tmp_path / "came")
    return tmp_path / "came"


def test_what_this_machine_keeps_comes_before_what_came_with_the_program(came: Path) -> None:
    with pytest.raises(OSError):
        store.read(DIGEST, "lines.json")
    (came / DIGEST).mkdir(parents=True)
    (came / DIGEST / "lines.json").write_text("theirs", encoding="utf-8")
    assert store.read(DIGEST, "lines.json") == "theirs"
    store.keep(store.path(DIGEST, "lines.json"), "ours")
    assert store.read(DIGEST, "lines.json") == "ours"


def test_what_is_kept_is_read_again_byte_for_byte(came: Path) -> None:
    content = "one\rtwo\r\nthree\n\x85 é"
    store.keep(store.path(DIGEST, "text.txt"), content)
    assert store.path(DIGEST, "text.txt").read_bytes() == content.encode() and store.read(DIGEST, "text.txt") == content


def test_recording_copies_what_is_kept_of_these_texts_under_such_names(came: Path) -> None:
    for digest, name in ((DIGEST, "bounds-1.json"), (DIGEST, "documents.json"), (OTHER, "bounds-2.json")):
        store.keep(store.path(digest, name), name)
    assert store.record(store.BOUNDS, [DIGEST, "3" * 64], came) == 1
    assert [file.relative_to(came).as_posix() for file in came.rglob("*.json")] == [f"{DIGEST}/bounds-1.json"]
    assert store.record(store.BOUNDS, [OTHER], came) == 2
