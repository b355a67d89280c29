"""How many pages may be open, and how fast each may talk: a socket that sends more than any person could is slowed down, then closed.

Every message lets a script run, and all scripts share one processor with whoever else is there. A page draws itself again two or three
times a second for each picture that moves; a hand adds some clicks. What is not read waits in the sender's own socket, not here.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable

from starlette.datastructures import Headers
from starlette.requests import cookie_parser
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from llmviz.core.hosting import Limits
from llmviz.ui import browsers
from llmviz.ui.gate import refuse

AT_ONCE = 5.0  # seconds of messages that may come at once, as when somebody clicks through while a page loads
PATIENCE = 30.0  # seconds for which a socket may be slowed down without a pause
CLOSED = "this page sent more messages than a person could"
FULL = "This server has as many pages open as it bears, {:,}. Please come back in a few minutes.\n"
MANY = "This browser has {:,} pages of this server open, as many as one may. Please close some, then load this one again.\n"


class Sockets:
    """The app behind: so many sockets at once, each with so many messages a second."""

    def __init__(
        self,
        app: ASGIApp,
        limits: Limits,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._app, self._limits, self._clock, self._sleep = app, limits, clock, sleep
        self._open: Counter[str | None] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the app answer; where too much is open, say so in place of a page."""
        if scope["type"] == "websocket":
            return await self._socket(scope, receive, send)
        page = scope["type"] == "http" and scope["method"] == "GET" and "text/html" in Headers(scope=scope).get("accept", "")
        if page and (refusal := self._refusal(_browser(scope))):
            return await PlainTextResponse(refusal, 503, {"retry-after": "60"})(scope, receive, send)
        await self._app(scope, receive, send)

    async def _socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        browser = _browser(scope)
        if self._refusal(browser):
            return await refuse(receive, send)
        pace, over = Pace(self._limits.messages, self._clock), False

        async def hear() -> Message:
            nonlocal over
            message = await receive()
            if message["type"] != "websocket.receive":
                return message
            wait = pace.wait()
            if pace.slowed > PATIENCE and not over:
                over = True
                await send({"type": "websocket.close", "code": 1008, "reason": CLOSED})
            if wait and not over:
                await self._sleep(wait)
            return {"type": "websocket.disconnect", "code": 1008} if over else message

        async def say(message: Message) -> None:
            nonlocal over
            if over:
                return  # the app may have more to say to whom nobody listens to any more
            try:
                await send(message)
            except OSError:  # gone, perhaps with messages still unheard
                over = True

        self._open[browser] += 1
        try:
            await self._app(scope, hear, say)
        finally:
            self._open[browser] -= 1
            if not self._open[browser]:
                del self._open[browser]

    def _refusal(self, browser: str | None) -> str:
        """Why one more page cannot be opened, in a sentence; "" where it can. Without a name of its own a browser counts in all alone."""
        if self._open.total() >= self._limits.sessions:
            return FULL.format(self._limits.sessions)
        if browser and self._open[browser] >= self._limits.sessions_each:
            return MANY.format(self._limits.sessions_each)
        return ""


class Pace:
    """A token bucket: so many messages a second, and of AT_ONCE seconds at once. `slowed`: for how long it has been empty by now."""

    def __init__(self, rate: float, clock: Callable[[], float]) -> None:
        self._rate, self._clock = rate, clock
        self._left = self._most = rate * AT_ONCE
        self._at = clock()
        self._empty_since: float | None = None

    def wait(self) -> float:
        """Count a message; the seconds until it should be heard."""
        now = self._clock()
        self._left = min(self._most, self._left + (now - self._at) * self._rate) - 1
        self._at = now
        if self._left >= self._rate:  # a second's worth has come together again
            self._empty_since = None
        elif self._left < 0 and self._empty_since is None:
            self._empty_since = now
        return max(0.0, -self._left / self._rate)

    @property
    def slowed(self) -> float:
        """Seconds since it first had to wait, without a pause."""
        return 0.0 if self._empty_since is None else self._at - self._empty_since


def _browser(scope: Scope) -> str | None:
    """The name of the browser that asks, where it sends one."""
    cookies = cookie_parser("; ".join(Headers(scope=scope).getlist("cookie")))
    return browsers.name(cookies.get(browsers.COOKIE))
