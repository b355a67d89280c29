"""The teacher's key: right, it comes back as a cookie and leaves the address; wrong, it does nothing, and few are looked at."""

import re
import time

import pytest
from starlette.responses import HTMLResponse

from llmviz.ui import browsers, teachers
from llmviz.ui.teachers import COOKIE, STAYS, WRONG_ALL, WRONG_EACH, Teachers, sign, valid
from tests.looped import looped

KEY, BROWSER = "k3y-of-a-class-in-may", "0f" * 16


Answer = tuple[int, dict[str, list[str]]]


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


class Door:
    """The layer, and what it answers to an address."""

    def __init__(self, key: str = KEY) -> None:
        self.clock = Clock()
        self.layer = Teachers(HTMLResponse("a page"), key, self.clock)

    def asks(
        self, query: str, browser: str | None = None, path: str = "/masked-tokens", scheme: str = "http"
    ) -> tuple[int, dict[str, list[str]]]:
        said: list[dict[str, object]] = []

        async def receive() -> dict[str, object]:
            return {"type": "http.request", "body": b""}

        async def send(message: dict[str, object]) -> None:
            said.append(message)

        headers = [(b"cookie", f"{browsers.COOKIE}={browser}".encode())] if browser else []
        scope = {"type": "http", "method": "GET", "path": path, "query_string": query.encode(), "headers": headers, "scheme": scheme}
        looped(self.layer(scope, receive, send))  # type: ignore[arg-type]
        heads: dict[str, list[str]] = {}
        for name, value in said[0]["headers"]:  # type: ignore[attr-defined]
            heads.setdefault(name.decode(), []).append(value.decode())
        return said[0]["status"], heads  # type: ignore[return-value]

    def cookie(self, key: str, browser: str | None = None) -> str | None:
        """The teacher's cookie that this key is answered with."""
        found = [each for each in self.asks(f"teacher={key}", browser)[1].get("set-cookie", []) if each.startswith(COOKIE)]
        return re.match(r"[^=]+=([^;]*)", found[0])[1] if found else None  # type: ignore[index]


def test_the_key_comes_back_as_a_cookie_of_this_browser_and_leaves_the_address() -> None:
    status, heads = Door().asks(f"lecture=1&teacher={KEY}&beat=2", BROWSER)
    assert (status, heads["location"], heads["cache-control"]) == (303, ["./masked-tokens?lecture=1&beat=2"], ["no-store"])
    cookie = heads["set-cookie"][1]
    assert re.fullmatch(rf"{COOKIE}=\d+\.[0-9a-f]{{64}}; Path=/; Max-Age={STAYS}; HttpOnly; SameSite=Lax", cookie)
    assert KEY not in str(heads) and BROWSER in heads["set-cookie"][0]
    assert valid(KEY, BROWSER, cookie.partition("=")[2].partition(";")[0])


def test_whoever_has_no_name_yet_is_given_one_with_it() -> None:
    first, second = Door().asks(f"teacher={KEY}", scheme="https")[1]["set-cookie"]
    name = re.match(rf"{browsers.COOKIE}=([0-9a-f]{{32}});", first)
    assert (
        name
        and valid(KEY, name[1], second.partition("=")[2].partition(";")[0])
        and first.endswith("; Secure")
        and second.endswith("; Secure")
    )


@pytest.mark.parametrize("path", ["/", "//evil.example", "/a/b", "/\\evil.example", "/%0d%0aset-cookie:x"])
def test_the_way_back_leads_nowhere_else(path: str) -> None:
    location = Door().asks("teacher=x", path=path)[1]["location"][0]
    assert location.startswith("./") and "//" not in location and "\\" not in location and "\r" not in location


def test_a_page_without_a_key_is_left_alone() -> None:
    assert Door().asks("lecture=1")[0] == 200


def test_an_empty_key_takes_the_cookie_away() -> None:
    assert Door().asks("teacher=", BROWSER)[1]["set-cookie"] == [f"{COOKIE}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax"]


def test_a_browser_has_few_guesses_a_minute() -> None:
    door = Door()
    for guess in range(WRONG_EACH):
        assert door.cookie(f"{KEY[:-1]}{guess}", BROWSER) is None
    assert door.cookie(KEY, BROWSER) is None  # not looked at
    assert door.cookie(KEY, "1e" * 16) is not None  # another's
    door.clock.now += teachers.MINUTE + 1
    assert door.cookie(KEY, BROWSER) is not None


def test_all_together_have_few_guesses_a_minute() -> None:
    door = Door()
    for _ in range(WRONG_ALL):
        assert door.cookie("guess") is None
    assert door.cookie(KEY, BROWSER) is None
    assert len(door.layer._wrong) == WRONG_ALL  # whatever comes, no more is kept
    door.clock.now += teachers.MINUTE + 1
    assert door.cookie(KEY, BROWSER) is not None


def test_without_a_key_of_its_host_nobody_is_a_teacher() -> None:
    door = Door("")
    assert [door.cookie(guess) for guess in ("x", "None", "0")] == [None] * 3 and door.cookie("") == ""
    assert not valid("", BROWSER, sign("", BROWSER))


GOOD = sign(KEY, BROWSER)
FORGED = {
    "another browser's": sign(KEY, "1e" * 16),
    "of another key": sign("k3y-of-a-class-in-jun", BROWSER),
    "of the past": sign(KEY, BROWSER, int(time.time()) - 1),
    "stretched": f"{int(time.time()) + 10 * STAYS}.{GOOD.partition('.')[2]}",
    "no digest": GOOD.partition(".")[0],
    "half a digest": GOOD[:-1],
    "in capitals": GOOD.upper(),
    "with more": f"{GOOD}0",
    "digits of elsewhere": GOOD.replace("1", "١"),
    "of no time": f".{GOOD.partition('.')[2]}",
    "negative": f"-{GOOD}",
    "the key": KEY,
    "long": "9" * 100_000,
    "empty": "",
    "none": None,
    "a number": 1,
}


@pytest.mark.parametrize("cookie", FORGED.values(), ids=FORGED.keys())
def test_a_forged_cookie_is_none(cookie: object) -> None:
    assert valid(KEY, BROWSER, GOOD) and not valid(KEY, BROWSER, cookie)
