"""Limits from the environment and one file: what is set holds, what cannot be is refused in a sentence."""

import os
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest

from llmviz.core import hosting
from llmviz.core.hosting import Limits, read

ALIKE = ("messages", "text_hours", "waiting", "studies", "away_seconds", "answering")
ROOT = Path(__file__).parents[2]


def test_without_a_word_it_is_one_s_own_machine() -> None:
    assert read({}) == Limits() and not Limits().hosted


def test_strangers_get_less_than_oneself() -> None:
    mine, hosted = Limits(), read({"LLMVIZ_HOSTED": "1"})
    for item in fields(Limits):
        if isinstance(item.default, int) and not isinstance(item.default, bool) and item.name not in ALIKE:
            assert getattr(hosted, item.name) < getattr(mine, item.name), item.name
    assert hosted.hosted and not hosted.imports and hosted.text_hours and mine.imports and not mine.text_hours


@pytest.mark.parametrize(("cores", "told", "answerers"), [(2, {}, 1), (4, {}, 2), (2, {"LLMVIZ_ANSWERING": "3"}, 3)])
def test_a_second_worker_answers_where_it_has_a_core(
    monkeypatch: pytest.MonkeyPatch, cores: int, told: dict[str, str], answerers: int
) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: cores)
    assert read({"LLMVIZ_HOSTED": "1"} | told).answerers == answerers
    assert read({}).answerers == 1


def test_the_environment_goes_before_the_file_and_the_file_before_what_is_usual(tmp_path: Path) -> None:
    file = tmp_path / "hosting.toml"
    file.write_text('hosted = true\nsessions = 50\nfile_mb = 5\nhosts = ["Demo.example.org", "*.class.example"]\n', encoding="utf-8")
    found = read({"LLMVIZ_HOSTING": str(file), "LLMVIZ_SESSIONS": "60"})
    assert (found.hosted, found.sessions, found.file_mb) == (True, 60, 5)
    assert found.hosts == ("demo.example.org", "*.class.example")
    assert found.upload_mb == read({"LLMVIZ_HOSTED": "1"}).upload_mb


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("SESSIONS", "many"),
        ("SESSIONS", "0"),
        ("SESSIONS", "-4"),
        ("SESSIONS", "1e3"),
        ("SESSIONS", "9" * 30),
        ("SESSIONS", "٣"),
        ("HOSTED", "perhaps"),
        ("IMPORTS", "2"),
        ("HOSTS", "https://demo.example.org"),
        ("HOSTS", "a b"),
        ("FRAMED_BY", "demo.example.org"),
        ("FRAMED_BY", "https://x; script-src *"),
        ("FILE_MB", "200"),  # more than a page may hold
        ("SESSIONS_EACH", "2000"),  # more than all together
    ],
)
def test_a_wrong_value_is_named_in_a_sentence(variable: str, value: str) -> None:
    with pytest.raises(ValueError, match=f"LLMVIZ_{variable}") as refused:
        read({f"LLMVIZ_{variable}": value})
    assert "\n" not in str(refused.value) and len(str(refused.value)) < 250


@pytest.mark.parametrize(
    "text", ["sessions = true", "sessions = -1", "sessions = 1.5", "sesions = 3", "sessions", 'hosts = "a b"', "[a]\nb=1"]
)
def test_so_is_a_wrong_file(tmp_path: Path, text: str) -> None:
    file = tmp_path / "hosting.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=r"hosting\.toml"):
        read({"LLMVIZ_HOSTING": str(file)})


def test_a_file_that_is_not_there_is_missed() -> None:
    with pytest.raises(ValueError, match="LLMVIZ_HOSTING names nowhere"):
        read({"LLMVIZ_HOSTING": "nowhere"})


def test_the_server_does_not_start_with_a_wrong_value() -> None:
    command = [sys.executable, "-m", "llmviz.ui.serve", "app.py"]
    ended = subprocess.run(command, cwd=ROOT, env=os.environ | {"LLMVIZ_SESSIONS": "many"}, capture_output=True, text=True, timeout=60)
    assert ended.returncode == 1 and ended.stderr == (
        "The server does not start: LLMVIZ_SESSIONS is 'many'; it is a whole number from 1 to 100,000.\n"
    )


def test_the_table_for_hosts_has_every_limit_as_it_is() -> None:
    def said(value: object) -> str:
        if isinstance(value, bool):
            return str(int(value))
        return f"{value:,}" if isinstance(value, int) else "none"

    lines = (ROOT / "docs/hosting.md").read_text(encoding="utf-8").splitlines()
    told = [tuple(cell.strip() for cell in line.strip("|").split("|")) for line in lines if line.startswith("| `LLMVIZ_")]
    assert told == [
        (f"`{hosting.variable(item.name)}`", item.metadata["about"], said(item.default), said(item.metadata["hosted"]))
        for item in fields(Limits)
    ]


def test_what_limits_are_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    hosting.limits.cache_clear()
    first = hosting.limits()
    monkeypatch.setenv("LLMVIZ_SESSIONS", "7777")
    assert hosting.limits() is first


SECRET = "s3cret of a class"  # with spaces: no key


@pytest.mark.parametrize("key", ["short", "fifteen-letters", SECRET, "schlüssel-der-klasse", "x" * 201, "key\nof-a-whole-class"])
def test_a_key_that_is_none_is_refused_and_not_repeated(key: str) -> None:
    with pytest.raises(ValueError, match="LLMVIZ_TEACHER_KEY is no key: one has 16 to 200") as refused:
        read({"LLMVIZ_HOSTED": "1", "LLMVIZ_TEACHER_KEY": key})
    assert key not in str(refused.value)


def test_a_key_is_for_a_hosted_server_and_is_not_shown() -> None:
    key = "k3y-of-a-class-in-may"
    with pytest.raises(ValueError, match="LLMVIZ_TEACHER_KEY is set, but LLMVIZ_HOSTED is not") as refused:
        read({"LLMVIZ_TEACHER_KEY": key})
    found = read({"LLMVIZ_HOSTED": "1", "LLMVIZ_TEACHER_KEY": key})
    assert found.teacher_key == key and key not in repr(found) and key not in str(refused.value)
