"""The first layer behind a browser: it answers to the names this server has, closes what is nobody's, and says what a page may load.

Whoever owns a name can let it lead to this machine, and a page of theirs then reads the app in its visitor's browser (DNS rebinding). Such
a request has their name in its header Host. An address in digits is nobody's name.
"""

import ipaddress
import socket
from collections.abc import Collection

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from llmviz.core import hosting

LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})
EVERYWHERE = ("", "0.0.0.0", "::")  # addresses by which a server is opened to the network
CLOSED = ("/_stcore/metrics", "/_stcore/script-health-check")
NOT_HERE = "This server does not tell how it is used.\n"
MISDIRECTED = "This server does not answer to the name in the address. Its host can add the name to LLMVIZ_HOSTS.\n"
# Streamlit writes styles and a script into its page, plotly and the parts make functions and blobs; nothing is loaded from elsewhere.
POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; media-src 'self' data: blob:; worker-src 'self' blob:; "
    "connect-src 'self' data: blob:; frame-src 'self' blob: data:; "
    "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors {}"
)


class Gate:
    """The app behind: it hears only requests to these names; `anywhere` lets addresses in digits in too."""

    def __init__(self, app: ASGIApp, names: Collection[str] = (), anywhere: bool = False, framed_by: Collection[str] = ()) -> None:
        self._app = app
        self._names, self._anywhere = {*LOCAL, *names}, anywhere
        policy = POLICY.format(" ".join(("'self'", *framed_by)))
        self._said = [
            (b"content-security-policy", policy.encode()),
            (b"x-content-type-options", b"nosniff"),
            (b"referrer-policy", b"same-origin"),
            (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
            *([] if framed_by else [(b"x-frame-options", b"SAMEORIGIN")]),  # it knows no others; browsers that know the policy follow that
        ]
        self._names_said = {name for name, _ in self._said}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the app answer, and add what a page may do; or refuse."""
        if scope["type"] not in ("http", "websocket"):
            return await self._app(scope, receive, send)
        welcome = self._welcome(Headers(scope=scope).getlist("host"))
        if scope["type"] == "websocket":
            return await (self._app(scope, receive, send) if welcome else refuse(receive, send))

        async def say(message: Message) -> None:
            if message["type"] == "http.response.start":
                kept = [header for header in message["headers"] if header[0].lower() not in self._names_said]
                message["headers"] = [*kept, *self._said]
            await send(message)

        if not welcome:
            await PlainTextResponse(MISDIRECTED, 421)(scope, receive, say)
        elif scope["path"].rstrip("/").endswith(CLOSED):
            await PlainTextResponse(NOT_HERE, 404)(scope, receive, say)
        else:
            await self._app(scope, receive, say)

    def _welcome(self, hosts: list[str]) -> bool:
        name = hostname(hosts[0]) if len(hosts) == 1 else ""
        if name in self._names or any(known.startswith("*.") and name.endswith(known[1:]) for known in self._names):
            return bool(name)
        return self._anywhere and _in_digits(name)


def hostname(host: str) -> str:
    """The name in a header Host, without the port; "" where it is none."""
    name, colon, port = host.strip().lower().rpartition(":") if not host.strip().endswith("]") else (host.strip().lower(), "", "")
    if not colon:
        name = name or port
    elif not (port.isascii() and port.isdigit() and int(port) < 65_536):
        return ""
    if name.startswith("["):
        return name[1:-1] if name.endswith("]") and _in_digits(name[1:-1]) else ""
    name = name.rstrip(".")
    return name if name and all(letter.isalnum() or letter in ".-_" for letter in name) and name.isascii() else ""


def names(address: str | None) -> tuple[tuple[str, ...], bool]:
    """The names of a server that listens at this address, besides this machine's own for itself; and whether any digits are one."""
    limits, address = hosting.limits(), (address or "").lower()
    if limits.hosted:
        return limits.hosts, False
    if address in EVERYWHERE:
        here = socket.gethostname().lower()
        return (*limits.hosts, here, here.partition(".")[0], f"{here.partition('.')[0]}.local"), True
    return (*limits.hosts, address), False


async def refuse(receive: Receive, send: Send) -> None:
    """Close a socket before it opens: its browser is told 403."""
    await receive()
    await send({"type": "websocket.close", "code": 1008})


def _in_digits(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
