"""The outermost layer: refusals as lines of the log; and Streamlit's own lines in its form."""

import logging

import streamlit.logger
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from llmviz.core import journal

KINDS = ("upload_file", "stream", "media", "health", "component")  # what Streamlit's addresses end or begin with, below /_stcore


class Logged:
    """The app behind: where it answers with an error, or closes a socket, that is a line. No address is, for it may hold a sentence."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the app answer, and look on."""
        if scope["type"] not in ("http", "websocket"):
            return await self._app(scope, receive, send)

        async def say(message: Message) -> None:
            status = message.get("status", 0) if message["type"] == "http.response.start" else 0
            if status >= 400:
                journal.say("refused", what=_kind(scope["path"]), status=status)
            elif message["type"] == "websocket.close" and message.get("code", 1000) == 1008:
                journal.say("refused", what="socket", status=1008)
            await send(message)

        await self._app(scope, receive, say)


def take_over() -> None:
    """Let Streamlit's loggers, which each bring a handler of their own, write lines of the log."""

    def setup(logger: logging.Logger) -> None:
        logger.handlers = [journal.Lines()]

    streamlit.logger.setup_formatter = setup
    streamlit.logger.update_formatter()


def _kind(path: str) -> str:
    """What an address is for, without what else stands in it."""
    return next((kind for kind in KINDS if f"/_stcore/{kind}" in path), "other" if "/_stcore" in path else "page")
