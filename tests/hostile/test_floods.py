"""More messages than a person could send, and more pages than the server bears: others do not wait for them."""

import time
from itertools import accumulate
from pathlib import Path
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from llmviz.core.hosting import Limits
from llmviz.ui import browsers, sockets
from llmviz.ui.sockets import AT_ONCE, PATIENCE, Pace, Sockets
from tests.hostile.client import ask, rerun, serving, visiting
from tests.hostile.test_addresses import get
from tests.looped import looped

FLOOD = 3_000
MINE = f"{browsers.COOKIE}={'ab' * 16}"


def test_who_sends_three_thousand_reruns_lets_nobody_wait(tmp_path: Path) -> None:
    with serving("tests/ui/fake_app.py", tmp_path) as (address, _), visiting(address) as other, visiting(address) as stranger:
        rerun(other)
        rerun(stranger)
        for _ in range(FLOOD):
            ask(stranger)
        waits = []
        for _ in range(10):
            began = time.monotonic()
            rerun(other)
            waits.append(time.monotonic() - began)
        assert max(waits) < 2.0, waits  # 14 s without a limit, 0.5 s with it
    assert "Traceback" not in (tmp_path / "server.log").read_text(encoding="utf-8")


def test_one_message_has_so_many_megabytes(tmp_path: Path) -> None:
    with serving("tests/ui/fake_app.py", tmp_path, message_mb=2) as (address, _):
        for megabytes, code in ((1, None), (3, 1009)):
            with visiting(address) as stranger:
                rerun(stranger)
                stranger.send(bytes(megabytes * 1_000_000))
                with pytest.raises(ConnectionClosed) as ended:
                    while True:
                        stranger.recv(timeout=30)
                assert ended.value.rcvd is not None and ended.value.rcvd.code == (code or 1002)  # too large; or no message of the page's


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds


def heard(gaps: list[float]) -> tuple[list[float], int | None]:
    """When the app hears messages that come so far apart, and with which code it was closed."""
    clock, times, closed = Clock(), list[float](), list[int]()
    left = list(gaps)

    async def app(scope: Any, receive: Any, send: Any) -> None:
        while (await receive())["type"] == "websocket.receive":
            times.append(clock.now)
        await send({"type": "websocket.send", "bytes": b"more"})

    async def receive() -> dict[str, Any]:
        if not left:
            return {"type": "websocket.disconnect", "code": 1000}
        clock.now += left.pop(0)
        return {"type": "websocket.receive", "bytes": b""}

    async def send(message: Any) -> None:
        if message["type"] == "websocket.close":
            closed.append(message["code"])
        else:
            assert not closed, "more was said after the end"

    looped(Sockets(app, Limits(), clock, clock.sleep)({"type": "websocket", "headers": []}, receive, send))
    return times, closed[0] if closed else None


def test_a_flood_is_slowed_down_and_then_closed() -> None:
    times, code = heard([0.0] * 50_000)
    rate, at_once = Limits().messages, int(Limits().messages * AT_ONCE)
    assert times[at_once - 1] == 0.0 and times[at_once] > 0.0
    assert len(times) / (times[-1] - times[0]) <= rate + at_once / PATIENCE + 1
    assert code == 1008 and PATIENCE - 1 < times[-1] < PATIENCE + 1


def test_a_page_full_of_moving_pictures_and_a_busy_hand_never_wait() -> None:
    """Four pictures drawn every 0.4 s and four clicks a second, for an hour; and eighty clicks at once."""
    gaps = [0.0] * 80 + [0.4 / 4] * 10 + [1 / 14] * (14 * 3_600)
    times, code = heard(gaps)
    assert code is None and times == pytest.approx(list(accumulate(gaps)))


def test_a_pause_is_forgiven() -> None:
    clock = Clock()
    pace = Pace(10, clock)
    for _ in range(200):
        pace.wait()
    assert pace.wait() > 5
    clock.now = 60.0
    assert pace.wait() == 0.0 and pace.slowed == 0.0


def test_so_many_pages_are_open_and_one_more_is_told_so(tmp_path: Path) -> None:
    with serving("tests/ui/fake_app.py", tmp_path, sessions=3, sessions_each=2) as (address, _):
        page = {"Accept": "text/html"}
        with visiting(address, Cookie=MINE), visiting(address, Cookie=MINE):
            assert get(address, **page)[0] == 200  # another browser
            assert get(address, Cookie=MINE, **page)[::2] == (503, sockets.MANY.format(2))
            with pytest.raises(InvalidStatus, match="403"), visiting(address, Cookie=MINE):
                pass
            with visiting(address):
                assert get(address, **page)[::2] == (503, sockets.FULL.format(3))
                assert get(address, "/_stcore/health")[0] == 200
                with pytest.raises(InvalidStatus, match="403"), visiting(address):
                    pass
        time.sleep(0.2)
        assert get(address, Cookie=MINE, **page)[0] == 200  # whoever leaves makes room
