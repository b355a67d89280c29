"""A name for each browser, so that whoever reloads a page still steers the run started there: a session ends with the page, a cookie stays.

The name is drawn at random and tells nothing of anybody. A script of a page cannot read it; a link to a page from elsewhere sends it, so
that a run is its visitor's from whatever address they come.
"""

import re
import secrets
from http.cookies import CookieError, SimpleCookie

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

COOKIE = "llmviz_browser"
_NAME = re.compile(r"[0-9a-f]{32}")  # 128 random bits: nobody guesses another's
STAYS = 365 * 24 * 3_600  # seconds


class Browsers:
    """The app behind: whoever opens a page and has no name yet is given one with it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the app answer, and add the name to the head of a page."""
        if scope["type"] != "http" or sent(Headers(scope=scope).getlist("cookie")):
            return await self._app(scope, receive, send)

        async def say(message: Message) -> None:
            if message["type"] == "http.response.start" and _page(Headers(scope=scope), message):
                given = written(COOKIE, drawn(), STAYS, scope)
                message["headers"] = [*message["headers"], (b"set-cookie", given.encode())]
            await send(message)

        await self._app(scope, receive, say)


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
