"""What a stranger tries on a hosted server to reach what is another visitor's, or the teacher's: none of it gives them anything."""

import http.client
import re
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psutil
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from llmviz.core import hosting
from llmviz.core.settings import TrainSpec
from llmviz.core.spec import RunSpec
from llmviz.text import own, own_labels, own_table
from llmviz.ui import browsers, lectern, teachers
from llmviz.ui import visit as visits
from tests.hostile.client import rerun, serving, visiting
from tests.ui.fake_engine import FakeEngine
from tests.ui.test_given import TABLE
from tests.ui.test_lab_book import done, texts
from tests.ui.test_page import query

Visit = Callable[..., AppTest]
OWN = RunSpec("mlm", train=TrainSpec(steps=50))
KEY = "k3y-of-a-class-in-may"


@pytest.fixture
def hosted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("LLMVIZ_HOME", str(tmp_path))
    monkeypatch.setenv("LLMVIZ_HOSTED", "1")
    monkeypatch.setenv("LLMVIZ_TEACHER_KEY", KEY)
    hosting.limits.cache_clear()
    lectern.forget()
    yield
    monkeypatch.undo()
    hosting.limits.cache_clear()
    lectern.forget()


@pytest.fixture
def hers(hosted: None, fake: FakeEngine) -> dict[str, str]:
    """What a visitor has: a run, a text, a table."""
    text, _ = own.take("a secret of hers", "ann")
    table = own_labels.keep(own_labels.labelled(own_table.read(TABLE.replace("number", "secret").encode()), 0, 1), "ann")
    return {"run": done(fake, OWN).key, "text": text, "table": table}


ADDRESSES: list[tuple[str, dict[str, str]]] = [
    ("masked_tokens", {"run": "{run}"}),
    ("masked_tokens", {"run": "{run}", "lecture": "1"}),
    ("masked_tokens", {"run": "{run}", "tab": "attention"}),
    ("before_after", {"parent": "{run}"}),
    ("own_labels", {"parent": "{run}"}),
    ("attention_maps", {"run": "{run}"}),
    ("next_token", {"run": "{run}"}),
    ("lab_book", {"one": "{run}"}),
    ("lab_book", {"one": "{run}", "other": "{run}"}),
    ("own_labels", {"labels_digest": "{table}"}),
    ("own_labels", {"labels_digest": "{text}"}),
    ("own_names", {"tags_digest": "{table}"}),
    ("human_feedback", {"choices_digest": "{table}"}),
    ("tokens", {"own": "{text}"}),
    ("tokens", {"own": "{text}", "live": "1"}),
    ("tokens", {"own": "{table}"}),
]


@pytest.mark.parametrize(("page", "asked"), ADDRESSES, ids=lambda each: str(each) if isinstance(each, str) else "-".join(each))
def test_an_address_that_names_what_is_anothers_shows_nothing_of_it(
    visit: Visit, hers: dict[str, str], page: str, asked: dict[str, str]
) -> None:
    filled = {name: value.format(**hers) for name, value in asked.items()}
    app = visit(page, **filled)
    assert not app.exception and "secret" not in texts(app)
    assert not any(digest in str(query(app)) for digest in hers.values())  # nor does the page go on with it


@pytest.mark.parametrize("name", ["", "0" * 32, "ann", "teacher", "teacher ", "teacher 0", "TEACHER " + "0f" * 16, None, 7])
@pytest.mark.parametrize(
    "cookie",
    ["", "1.0", KEY, "9" * 11 + "." + "0" * 64, teachers.sign(KEY, "1e" * 16, 4102444800), teachers.sign("", "0f" * 16, 4102444800)],
)
def test_no_cookie_but_a_signed_one_makes_a_teacher(hosted: None, monkeypatch: pytest.MonkeyPatch, name: object, cookie: str) -> None:
    def become(given: object, signed: str) -> str:
        cookies = {browsers.COOKIE: given, teachers.COOKIE: signed}
        monkeypatch.setattr(st, "context", SimpleNamespace(cookies=cookies))
        return visits.viewer()

    monkeypatch.setattr(st, "session_state", {})
    assert not become(name, cookie).startswith("teacher")
    assert become("0f" * 16, teachers.sign(KEY, "0f" * 16)) == "teacher " + "0f" * 16


def test_a_follower_without_a_lecturer_stays_where_they_are(hosted: None, visit: Visit) -> None:
    app = visit("next_token")
    app.session_state[lectern.ASKED] = True
    app.session_state[lectern.TAKEN] = 10**9
    lectern._lectern().follow(app.session_state["viewer"], True)
    app.run()
    assert not app.exception and app.session_state["page"] == "next-token"


def get(address: str, path: str, cookies: str = "") -> tuple[int, dict[str, Any], str]:
    """A page as a program asks for it, which follows no way elsewhere."""
    with closing(http.client.HTTPConnection(address, timeout=20)) as asked:
        asked.request("GET", path, headers={"Accept": "text/html", **({"Cookie": cookies} if cookies else {})})
        answer = asked.getresponse()
        return answer.status, {"all": str(answer.getheaders()), **dict(answer.getheaders())}, answer.read().decode("utf-8", "replace")


def test_the_key_is_in_no_page_no_log_and_no_program_that_trains(tmp_path: Path) -> None:
    """And a thousand guesses make nobody else wait."""
    with serving("tests/ui/fake_app.py", tmp_path, hosted=1, teacher_key=KEY) as (address, server):
        status, heads, body = get(address, f"/masked-tokens?teacher={KEY}")
        assert status == 303 and KEY not in str(heads) + body
        cookies = "; ".join(re.findall(rf"{browsers.COOKIE}=\w+|{teachers.COOKIE}=[\w.]+", heads["all"]))
        begun = time.monotonic()
        for guess in range(1_000):
            status, told, body = get(address, f"/?teacher={KEY[:-4]}{guess:04}")
            assert (status, body, told["location"]) == (303, "", "./") and "set-cookie" not in {name.lower() for name in told}
        each = (time.monotonic() - begun) / 1_000
        began = time.monotonic()
        status, _, page = get(address, "/masked-tokens", cookies)
        assert status == 200 and KEY not in page and time.monotonic() - began < 1.0
        assert each < 0.1
        with visiting(address, Cookie=cookies) as opened:
            rerun(opened)
        assert all(KEY not in str(each.environ()) for each in server.children(recursive=True))
    assert KEY not in (tmp_path / "server.log").read_text(encoding="utf-8")
    kept = [file for file in tmp_path.rglob("*") if file.is_file()]
    assert not any(KEY.encode() in file.read_bytes() for file in kept)


def test_on_the_real_engine_workers_do_not_have_the_key_either(tmp_path: Path) -> None:
    with serving("app.py", tmp_path, hosted=1, teacher_key=KEY) as (address, server), visiting(address) as opened:
        rerun(opened, "masked-tokens")
        end = time.monotonic() + 20
        while not (programs := server.children(recursive=True)) and time.monotonic() < end:
            time.sleep(0.1)
        assert programs and all(KEY not in str(_environment(each)) for each in programs)


def _environment(program: psutil.Process) -> dict[str, str]:
    try:
        return program.environ()
    except psutil.NoSuchProcess:
        return {}
