"""A browser is given a name with its first page, and keeps it."""

import re
from typing import Any

import pytest
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.types import ASGIApp

from llmviz.ui import browsers
from llmviz.ui.browsers import COOKIE, Browsers, name
from tests.looped import looped
from tests.ui.test_ahead import asked

PAGE = HTMLResponse("<p>a page</p>")
MINE = "0123456789abcdef" * 2


def given(app: ASGIApp, cookies: str = "") -> str:
    headers = ((b"cookie", cookies.encode()),) if cookies else ()
    return asked(Browsers(app), "/masked-tokens", headers=headers)[0].get("set-cookie", "")


def test_a_page_comes_with_a_name_that_no_script_reads_and_no_two_share() -> None:
    first, second = given(PAGE), given(PAGE)
    assert re.fullmatch(rf"{COOKIE}=[0-9a-f]{{32}}; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax", first)
    assert first != second


def test_whoever_has_a_name_keeps_it() -> None:
    assert given(PAGE, f"{COOKIE}={MINE}") == given(PAGE, f"other=1; {COOKIE}={MINE}; _streamlit_xsrf=2|x") == ""


@pytest.mark.parametrize(
    "cookies", ["other=1", f"{COOKIE}=", f"{COOKIE}=guessed", f"{COOKIE}={MINE}0", f"{COOKIE}={MINE.upper()}", "\xff;=;;"]
)
def test_what_is_no_name_of_ours_is_replaced(cookies: str) -> None:
    assert given(PAGE, cookies).startswith(f"{COOKIE}=")


def test_only_pages_carry_names() -> None:
    assert given(PlainTextResponse("ok")) == ""


def test_a_page_that_the_browser_keeps_carries_one_too() -> None:
    unchanged = Browsers(Response(status_code=304))
    assert COOKIE in asked(unchanged, "/", headers=((b"accept", b"text/html,*/*"),))[0]["set-cookie"]
    assert "set-cookie" not in asked(unchanged, "/static/js/index.js", headers=((b"accept", b"*/*"),))[0]


def test_a_socket_is_passed_on() -> None:
    scopes: list[Any] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        scopes.append(scope)

    looped(Browsers(app)({"type": "websocket", "headers": []}, None, None))  # type: ignore[arg-type] # it hands on what it was given
    assert [scope["type"] for scope in scopes] == ["websocket"]


@pytest.mark.parametrize(("value", "found"), [(MINE, MINE), (None, None), ("", None), ("ann", None), (MINE + "\n", None)])
def test_a_name_is_read_as_written(value: str | None, found: str | None) -> None:
    assert name(value) == found


def test_a_browser_lets_its_name_go_once_by_a_word_that_it_was_given(monkeypatch: pytest.MonkeyPatch) -> None:
    def leaves(token: str) -> tuple[str, str]:
        heads, _ = asked(Browsers(PAGE), "/lab-book", headers=((b"cookie", f"{COOKIE}={MINE}".encode()),), query=f"forgotten={token}&one=x")
        return heads.get("set-cookie", ""), heads.get("location", "")

    token = browsers.leaving()
    assert leaves("0" * 32) == leaves("") == ("", "")  # a link from elsewhere does nothing
    assert leaves(token) == (f"{COOKIE}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax", "./lab-book?one=x")
    assert leaves(token) == ("", "")
    monkeypatch.setattr(browsers, "SOON", -1.0)
    assert leaves(browsers.leaving()) == ("", "")
