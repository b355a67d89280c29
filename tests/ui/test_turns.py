"""Scripts take turns, so many at once; what they tell the server is handed over in handfuls, in its order."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest
from streamlit.runtime import app_session
from streamlit.runtime.scriptrunner import script_runner

from llmviz.ui import turns, visit
from llmviz.ui.gathered import Handfuls
from llmviz.ui.turns import Order, Turns

PATIENCE = 10.0


def test_no_more_than_so_many_have_a_turn_at_once() -> None:
    turns, lock = Turns(at_once=2, long=PATIENCE), threading.Lock()
    now, most = 0, 0

    def script() -> None:
        nonlocal now, most
        with turns.turn():
            with lock:
                now += 1
                most = max(most, now)
            time.sleep(0.005)
            with lock:
                now -= 1

    with ThreadPoolExecutor(16) as visitors:
        for each in [visitors.submit(script) for _ in range(40)]:
            each.result(PATIENCE)
    assert most == 2 and not turns.busy


def waiting(turns: Turns, said: list[str], name: str, first: bool = False) -> threading.Thread:
    """A thread that waits for a turn, and says its name when it has one."""

    def script() -> None:
        with turns.turn(first):
            said.append(name)

    before = len(turns._waiting)
    thread = threading.Thread(target=script)
    thread.start()
    while len(turns._waiting) == before:
        time.sleep(0.001)
    return thread


def test_turns_come_in_order_and_who_is_first_before_all() -> None:
    turns, said = Turns(at_once=1, long=PATIENCE), list[str]()
    with turns.turn():
        threads = [waiting(turns, said, "a"), waiting(turns, said, "b"), waiting(turns, said, "teacher", first=True)]
        assert turns.busy and not said
    for thread in threads:
        thread.join(PATIENCE)
    assert said == ["teacher", "a", "b"]


def test_a_teachers_page_is_drawn_before_all_others(monkeypatch: pytest.MonkeyPatch) -> None:
    shared, drawn = Turns(at_once=1, long=PATIENCE), list[str]()
    monkeypatch.setattr(script_runner.ScriptRunner, "_run_script", lambda runner, asked: drawn.append(asked))
    monkeypatch.setattr(app_session.AppSession, "request_rerun", app_session.AppSession.request_rerun)  # as it was, when this is over
    monkeypatch.setattr(turns, "turns", shared)
    monkeypatch.setattr(visit, "teaches", lambda: threading.current_thread().name == "teacher")
    turns.share()
    run = script_runner.ScriptRunner._run_script
    pages = [threading.Thread(target=run, args=(SimpleNamespace(_session_id=name), name), name=name) for name in ("a", "b", "teacher")]
    with shared.turn():
        for place, page in enumerate(pages):
            page.start()
            while len(shared._waiting) <= place:
                time.sleep(0.001)
    for page in pages:
        page.join(PATIENCE)
    assert drawn == ["teacher", "a", "b"]


def test_runs_of_one_session_begin_in_their_order_one_after_the_other() -> None:
    order, said = Order(long=PATIENCE), list[str]()
    older_waits, newer_asks = threading.Event(), threading.Event()

    def older() -> None:
        with order.after_others("session") as run:
            older_waits.set()
            newer_asks.wait(PATIENCE)  # it has no turn yet
            run.began = time.monotonic()
            time.sleep(0.01)
            said.append("older")

    def newer() -> None:
        with order.after_others("session"):
            said.append("newer")

    threads = [threading.Thread(target=older), threading.Thread(target=newer)]
    threads[0].start()
    assert older_waits.wait(PATIENCE)
    threads[1].start()
    with order.after_others("another"):  # which waits for neither
        said.append("another")
    newer_asks.set()
    for thread in threads:
        thread.join(PATIENCE)
    assert said == ["another", "older", "newer"] and not order._last


def test_a_run_that_goes_on_for_long_is_not_waited_for() -> None:
    order = Order(long=0.05)
    with order.after_others("session") as run:
        run.began = time.monotonic()
        with ThreadPoolExecutor(1) as pool:

            def newer() -> str:
                with order.after_others("session"):
                    return "begun"

            assert pool.submit(newer).result(PATIENCE) == "begun"


def test_who_waits_for_something_keeps_nobody_and_goes_on_at_once() -> None:
    turns, said = Turns(at_once=1, long=PATIENCE), list[str]()
    with turns.turn():
        thread = waiting(turns, said, "other")
        with turns.apart():
            thread.join(PATIENCE)
            assert said == ["other"]
        late = waiting(turns, said, "late")
        assert said == ["other"]  # the turn is this thread's again
    late.join(PATIENCE)
    with turns.apart():  # of whom has none
        assert said == ["other", "late"]


def test_a_turn_that_is_long_is_anothers() -> None:
    turns, said = Turns(at_once=1, long=0.05), list[str]()
    with turns.turn():
        thread = waiting(turns, said, "other")
        thread.join(PATIENCE)
        assert said == ["other"]


def test_handfuls_keep_their_order_and_wake_once() -> None:
    handfuls, called = Handfuls(), list[int]()
    assert [handfuls.add(lambda place=place: called.append(place)) for place in range(5)] == [True, *[False] * 4]  # type: ignore[misc]
    handfuls.call()
    assert called == [0, 1, 2, 3, 4] and handfuls.add(lambda: None)
