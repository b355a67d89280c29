"""A name for each browser, so that whoever reloads a page still steers the run started there: a session ends with the page, a cookie stays.

The name is drawn at random and tells nothing of anybody. A script of a page cannot read it; a link to a page from elsewhere sends it, so
that a run is its visitor's from whatever address they come.
"""

import re
import secrets
import time
from collections.abc import Sequence
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qsl, quote, urlencode

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

COOKIE = "llmviz_browser"
_NAME = re.compile(r"[0-9a-f]{32}")  # 128 random bits: nobody guesses another's
FORGOTTEN, SOON = "forgotten", 600.0  # the parameter by which a browser lets its name go; seconds for which it may
_leaving: dict[str, float] = {}  # until when each word lets one go
STAYS = 365 * 24 * 3_600  # seconds


class Browsers:
    """The app behind: whoever opens a page and has no name yet is given one with it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the app answer, and add the name to the head of a page."""
        if scope["type"] == "http" and (left := without(scope, FORGOTTEN)) and _let_go(left[1]):
            return await redirect(send, left[0], [written(COOKIE, "", 0, scope)])
        if scope["type"] != "http" or sent(Headers(scope=scope).getlist("cookie")):
            return await self._app(scope, receive, send)

        async def say(message: Message) -> None:
            if message["type"] == "http.response.start" and _page(Headers(scope=scope), message):
                given = written(COOKIE, drawn(), STAYS, scope)
                message["headers"] = [*message["headers"], (b"set-cookie", given.encode())]
            await send(message)

        await self._app(scope, receive, say)


def leaving() -> str:
    """A word that lets a browser's name go, once and soon: a link from elsewhere cannot have it."""
    token = secrets.token_hex(16)
    now = time.monotonic()
    _leaving.update({token: now + SOON})
    for old in [old for old, until in list(_leaving.items()) if until < now]:
        _leaving.pop(old, None)
    return token


def _let_go(token: str) -> bool:
    return _leaving.pop(token, 0.0) > time.monotonic()


def without(scope: Scope, parameter: str) -> tuple[str, str] | None:
    """The same address without this parameter, from where it is, so that whatever a proxy has before it stays; and what it said."""
    query = parse_qsl(scope.get("query_string", b"").decode("latin-1"), keep_blank_values=True)
    given = [value for name, value in query if name == parameter]
    if not given:
        return None
    left = urlencode([(name, value) for name, value in query if name != parameter])
    return f"./{quote(scope['path'].rpartition('/')[2])}{'?' if left else ''}{left}", given[-1]


async def redirect(send: Send, location: str, cookies: Sequence[str]) -> None:
    """Answer with another address, and with these cookies."""
    headers = [(b"location", location.encode()), (b"cache-control", b"no-store"), (b"content-length", b"0")]
    headers += [(b"set-cookie", cookie.encode()) for cookie in cookies]
    await send({"type": "http.response.start", "status": 303, "headers": headers})
    await send({"type": "http.response.body", "body": b""})


def drawn() -> str:
    """A new name."""
    return secrets.token_hex(16)


def written(cookie: str, value: str, seconds: int, scope: Scope) -> str:
    """A cookie that no script of a page reads, as the head of an answer has it."""
    secure = "; Secure" if scope.get("scheme") == "https" else ""
    return f"{cookie}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}"


def name(given: object) -> str | None:
    """The browser's name as its cookie has it; None where that is none of ours: under AppTest it is no text."""
    return given if isinstance(given, str) and _NAME.fullmatch(given) else None


def _page(request: Headers, answer: Message) -> bool:
    """Whether a page is answered with: sent, or said to be still the one that the browser keeps, which names no kind."""
    kept = answer["status"] == 304 and request.get("accept", "").startswith("text/html")
    return kept or Headers(scope=answer).get("content-type", "").startswith("text/html")


def sent(headers: list[str]) -> str | None:
    """The name among the cookies of a request."""
    for header in headers:
        try:
            found = SimpleCookie(header).get(COOKIE)
        except CookieError:
            continue
        if found:
            return name(found.value)
    return None
