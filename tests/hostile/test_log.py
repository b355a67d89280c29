"""A hosted server's log: what happens stands in it, and nothing that a visitor wrote or is known by."""

import json
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from llmviz.core import journal
from llmviz.runs.engine import UNDER_WAY
from tests.hostile.client import PATIENCE, serving, visiting
from tests.runs.conftest import MakeEngine, engine_of, until
from tests.runs.fake import BREAKS, spec

__all__ = ["engine_of"]
SECRET = "my-neighbour-is-a-spy"
SCRIPT = """
import threading, warnings
import streamlit as st
said = st.query_params["s"]
warnings.warn(said)
thread = threading.Thread(target=int, args=(said,))
thread.start()
thread.join()
try:
    int(said)
except ValueError as problem:
    raise RuntimeError(said) from problem
"""


def refused(address: str, host: str = "localhost", **more: Any) -> int:
    asked = urllib.request.Request(address, headers={"Host": host, "Cookie": f"name={SECRET}"}, **more)
    with pytest.raises(urllib.error.HTTPError) as told:
        urllib.request.urlopen(asked, timeout=PATIENCE)
    return told.value.code


def test_what_happens_is_a_line_and_what_a_visitor_wrote_is_in_none(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(SCRIPT)
    with serving(str(script), tmp_path, hosted=1) as (address, _):
        assert refused(f"http://{address}/?s={SECRET}", host=f"{SECRET}.example") == 421
        assert refused(f"http://{address}/_stcore/upload_file/{SECRET}/{SECRET}", data=b"text", method="PUT") == 403
        assert refused(f"http://{address}/{SECRET}/_stcore/metrics?s={SECRET}") == 404
        with visiting(address, Cookie=f"name={SECRET}") as opened:
            asked, answer = BackMsg(), ForwardMsg()
            asked.rerun_script.query_string = f"s={SECRET}"
            opened.send(asked.SerializeToString())
            while answer.WhichOneof("type") != "script_finished":
                answer.ParseFromString(opened.recv(timeout=PATIENCE))
    written = (tmp_path / "server.log").read_text(encoding="utf-8")
    assert SECRET not in written
    lines = [json.loads(line) for line in written.splitlines()]
    assert all(line["time"] and line["event"] for line in lines)
    assert lines[0]["event"] == "start" and lines[0]["hosted"] is True
    assert [(line["what"], line["status"]) for line in lines if line["event"] == "refused"] == [
        ("page", 421),
        ("upload_file", 403),
        ("other", 404),
    ]
    raised = {line["exception"]: line for line in lines if line["event"] == "error"}
    assert raised.keys() == {"RuntimeError", "ValueError"}, "the script's and the thread's"
    assert raised["RuntimeError"]["traceback"][-1] == f"{script}:12 <module>"
    assert raised["RuntimeError"]["because"]["exception"] == "ValueError"
    assert any(line["event"] == "log" and line["logger"] == "py.warnings" for line in lines)


def test_runs_begin_and_end_in_it(engine_of: MakeEngine, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    engine = engine_of()
    engine.train(spec(), "ann")  # not a line of it: nobody has begun the log
    until(lambda: not engine.standing())
    monkeypatch.setattr(journal._begun, "is_set", lambda: True)
    runs = [engine.train(each, SECRET) for each in (spec(seed=1), spec(seed=BREAKS))]
    until(lambda: all(engine.status(run, "ann").state not in UNDER_WAY for run in runs))
    lines = [json.loads(line) for line in capfd.readouterr().err.splitlines() if line.startswith("{")]
    assert [(line["event"], line["run"]) for line in lines] == [
        ("run begun", runs[0].key),
        ("run done", runs[0].key),
        ("run begun", runs[1].key),
        ("run failed", runs[1].key),
    ]
    assert SECRET not in str(lines)


@pytest.mark.parametrize(("word", "hosted", "kept"), [("", True, True), ("", False, False), ("plain", True, False), ("json", False, True)])
def test_a_hosted_server_keeps_it_and_a_word_decides(monkeypatch: pytest.MonkeyPatch, word: str, hosted: bool, kept: bool) -> None:
    monkeypatch.setenv(journal.CHOICE, word)
    assert journal.wanted(hosted) == kept
    monkeypatch.setenv(journal.CHOICE, "xml")
    with pytest.raises(ValueError, match="it is json or plain"):
        journal.wanted(hosted)
