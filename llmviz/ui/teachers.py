"""The teacher of a hosted server: who opens `?teacher=KEY` once, with the key its host has set, is known by a cookie from then on.

The key leaves the address at once, and is in no page and no log. The cookie is signed with it, and bound to the browser's own name: for
another browser it is worth nothing, and none is once the host has set another key. `?teacher=` without a key takes the cookie away.
"""

import hmac
import time
from collections import deque
from collections.abc import Callable

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from llmviz.ui import browsers

COOKIE = "llmviz_teacher"
PARAMETER = "teacher"
STAYS = 12 * 3_600  # seconds: a day of lectures
MINUTE = 60.0  # seconds for which a wrong key is held against who gave it
WRONG_EACH, WRONG_ALL = 5, 30  # a minute; past these a key is not even looked at


class Teachers:
    """The app behind: it never sees a key."""

    def __init__(self, app: ASGIApp, key: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._app, self._key, self._clock = app, key, clock
        self._wrong: deque[tuple[float, str | None]] = deque()  # when, and by which browser

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer an address that has a key with the one that has none; the right key comes back as a cookie."""
        left = browsers.without(scope, PARAMETER) if scope["type"] == "http" else None
        if left is None:
            return await self._app(scope, receive, send)
        browser = browsers.sent(Headers(scope=scope).getlist("cookie"))
        await browsers.redirect(send, left[0], self._cookies(scope, browser, left[1]))

    def _cookies(self, scope: Scope, browser: str | None, given: str) -> list[str]:
        if not given:
            return [browsers.written(COOKIE, "", 0, scope)]
        if not self._right(browser, given):
            return []
        name = browser or browsers.drawn()
        return [
            browsers.written(browsers.COOKIE, name, browsers.STAYS, scope),
            browsers.written(COOKIE, sign(self._key, name), STAYS, scope),
        ]

    def _right(self, browser: str | None, given: str) -> bool:
        """Whether this is the key, as far as this browser, and all together, may still guess."""
        now = self._clock()
        while self._wrong and self._wrong[0][0] < now - MINUTE:
            self._wrong.popleft()
        mine = sum(browser is not None and who == browser for _, who in self._wrong)
        if not self._key or mine >= WRONG_EACH or len(self._wrong) >= WRONG_ALL:
            return False
        if hmac.compare_digest(given.encode("utf-8", "replace"), self._key.encode()):
            return True
        self._wrong.append((now, browser))
        return False


def sign(key: str, browser: str, until: int | None = None) -> str:
    """What the cookie of this browser says: until when it holds, and that who knew the key wrote so."""
    until = int(time.time()) + STAYS if until is None else until
    return f"{until}.{hmac.digest(key.encode(), f'llmviz teacher {browser} {until}'.encode(), 'sha256').hex()}"


def valid(key: str, browser: str, cookie: object) -> bool:
    """Whether this browser's cookie was written by who knew the key, and still holds."""
    if not key or not isinstance(cookie, str) or len(cookie) > 100 or not cookie.isascii():
        return False
    until = cookie.partition(".")[0]
    if not (until.isdigit() and len(until) < 12 and int(until) > time.time()):
        return False
    return hmac.compare_digest(cookie, sign(key, browser, int(until)))
