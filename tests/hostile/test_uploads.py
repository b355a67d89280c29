"""Uploads that no page asks for, too large ones, and too many: each is refused by a sentence, and the server holds no more than its cap."""

import asyncio
import contextlib
import http.client
import re
import uuid
from collections.abc import Iterator
from types import SimpleNamespace as Plain
from typing import Any

import psutil
import pytest

from llmviz.core.hosting import Limits
from llmviz.ui import gate, uploads
from tests.hostile.client import rerun, serving, visiting
from tests.looped import looped

MB = 1_000_000
BOUND = "x" * 16
LIMITS = {"file_mb": 4, "upload_mb_each": 6, "upload_mb": 9, "uploads_each": 3, "imports": 1}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, psutil.Process]]:
    with serving("tests/ui/fake_app.py", tmp_path_factory.mktemp("uploads"), **LIMITS) as started:
        yield started


@pytest.fixture
def address(server: tuple[str, psutil.Process]) -> str:
    return server[0]


def multipart(content: bytes) -> bytes:
    head = f'--{BOUND}\r\nContent-Disposition: form-data; name="f"; filename="f.txt"\r\nContent-Type: text/plain\r\n\r\n'
    return head.encode() + content + f"\r\n--{BOUND}--\r\n".encode()


def put(address: str, session: str, size: int, **headers: str) -> tuple[int, str]:
    """Send a file of so many bytes as a page does; the status and what is said."""
    with contextlib.closing(http.client.HTTPConnection(address, timeout=30)) as connection:
        connection.request("GET", "/_stcore/health")
        first = connection.getresponse()
        first.read()
        xsrf = (re.search(r"_streamlit_xsrf=([^;]+)", first.headers["set-cookie"] or "") or ["", ""])[1]
        sent = {
            "Content-Type": f"multipart/form-data; boundary={BOUND}",
            "Cookie": f"_streamlit_xsrf={xsrf}",
            "X-Xsrftoken": xsrf,
        } | headers
        body = multipart(b"\0" * size)
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # what is refused is not read to its end
            whole = "Transfer-Encoding" not in headers
            place = f"/_stcore/upload_file/{session}/{uuid.uuid4()}"
            connection.request("PUT", place, body if whole else iter([body]), sent, encode_chunked=not whole)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()


def test_a_page_that_asks_for_a_file_is_given_it(address: str) -> None:
    with visiting(address) as visitor:
        assert put(address, rerun(visitor, "tokens"), 3 * MB) == (204, "")


NOBODY = str(uuid.uuid4())
ROWS: dict[str, tuple[str, str, int, dict[str, str], int, str]] = {  # page, session where it is another, bytes, headers: status, sentence
    "a page without a widget": ("scoreboard", "", 10, {}, 403, uploads.UNASKED),
    "no such session": ("tokens", NOBODY, 10, {}, 403, uploads.UNASKED),
    "a session that leads elsewhere": ("tokens", "..%2F..%2Fx", 10, {}, 400, ""),
    "a file past the limit": ("tokens", "", 5 * MB, {}, 413, uploads.LARGE.format(4)),
    "no length": ("tokens", "", 10, {"Transfer-Encoding": "chunked"}, 411, uploads.NO_LENGTH),
    "a length that is none": ("tokens", "", 10, {"Content-Length": "-1"}, 400, ""),
    "a huge length": ("tokens", "", 10, {"Content-Length": "9" * 15}, 413, uploads.LARGE.format(4)),
    "no token": ("tokens", "", 10, {"X-Xsrftoken": ""}, 403, "XSRF token missing or invalid"),
    "another's name as host": ("tokens", "", 10, {"Host": "evil.example"}, 421, gate.MISDIRECTED),
}


@pytest.mark.parametrize("row", ROWS)
def test_what_no_page_sends_is_refused_in_a_sentence(address: str, row: str) -> None:
    page, session, size, headers, status, sentence = ROWS[row]
    with visiting(address) as visitor:
        drawn = rerun(visitor, page)
        found = put(address, session or drawn, size, **headers)
    assert found[0] == status and (found[1] == sentence or not sentence)
    assert "Traceback" not in found[1] and "<" not in found[1]


def test_a_page_that_was_left_asks_no_more(address: str) -> None:
    with visiting(address) as visitor:
        session = rerun(visitor, "tokens")
        assert put(address, session, 10)[0] == 204
        rerun(visitor, "scoreboard")
        assert put(address, session, 10) == (403, uploads.UNASKED)


def test_one_page_holds_so_much(address: str) -> None:
    with visiting(address) as visitor:
        session = rerun(visitor, "tokens")
        assert [put(address, session, 3 * MB - 1_000)[0] for _ in range(3)] == [204, 204, 413]
        assert put(address, session, 3 * MB)[1] == uploads.FULL_PAGE.format(6, 3)


def test_one_page_holds_so_many_however_small(address: str) -> None:
    with visiting(address) as visitor:
        session = rerun(visitor, "tokens")
        assert [put(address, session, 1)[0] for _ in range(5)] == [204, 204, 204, 413, 413]


def test_all_pages_together_hold_no_more_than_the_cap_and_give_it_back(server: tuple[str, psutil.Process]) -> None:
    address, process = server
    with visiting(address) as first:
        rerun(first, "tokens")
    before = process.memory_info().rss
    said = []
    for _ in range(3):
        with visiting(address) as one, visiting(address) as two, visiting(address) as three:
            sessions = [rerun(each, "tokens") for each in (one, two, three)]
            said += [put(address, session, 3 * MB) for session in sessions for _ in range(2)]
    assert [status for status, _ in said] == [204, 204, 204, 507, 507, 507] * 3  # what they held is free again once they are gone
    assert {sentence for status, sentence in said if status == 507} == {uploads.FULL.format(9)}
    assert process.memory_info().rss - before < 60 * MB


def test_uploads_on_their_way_count_too() -> None:
    """Of twenty that come at once and stand still, so many are let in as there is room for; each gives up its room in time."""
    limits = Limits(file_mb=4, upload_mb_each=6, upload_mb=9, uploads_each=3)
    runtime: Any = Pretended()

    async def stalls(scope: Any, receive: Any, send: Any) -> None:
        await asyncio.sleep(60)

    app = uploads.Uploads(stalls, limits, lambda: runtime, longest=0.2)

    async def one(session: int) -> int:
        said: list[Any] = []

        async def send(message: Any) -> None:
            said.append(message)

        async def receive() -> Any:
            return {"type": "http.request", "body": b""}

        path = f"/_stcore/upload_file/{session}/file"
        scope = {"type": "http", "method": "PUT", "path": path, "headers": [(b"content-length", b"2000000")]}
        await app(scope, receive, send)
        return int(said[0]["status"])

    async def many() -> list[int]:
        return await asyncio.gather(*(one(number) for number in range(20)))

    for _ in range(2):
        assert sorted(looped(many())) == [408] * 4 + [507] * 16


class Pretended:
    """Streamlit's runtime, each of whose sessions asks for a file, and none holds any."""

    uploaded_file_mgr = None

    @property
    def _session_mgr(self) -> "Pretended":
        return self

    def get_active_session_info(self, session: str) -> Any:
        widgets = Plain(widget_metadata={"w": Plain(value_type=uploads.ASKS)}, states={"w": 1})
        return Plain(session=Plain(session_state=Plain(_new_widget_state=widgets, _old_state={})))
