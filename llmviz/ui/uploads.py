"""Uploads under a cap: a file is taken only where a page asks for one, only while there is room, and held no longer than it is read.

Streamlit keeps each uploaded file in memory until its session ends, takes one from whoever knows the address, page or not, and forgets
those of a session that has left when it next looks. Here what is held and what is on its way is counted before a byte is read.
"""

import asyncio
import re
from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st
from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.runtime import Runtime, get_instance
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.uploaded_file_manager import UploadedFile

from llmviz.core.hosting import MEGABYTE, Limits, limits

PLACE = re.compile(r".*/_stcore/upload_file/([^/]+)/([^/]+)/?")
FRAMING = 100_000  # bytes that a request may have around its file
LONGEST = 120.0  # seconds for which an upload may keep its room
ASKS = "file_uploader_state_value"  # the kind of value that Streamlit's widget for files has
UNASKED = "This page asks for no file, so none is taken.\n"
LARGE = "A file may have at most {:,} MB here.\n"
FULL_PAGE = "This page holds as many files as it may, {:,} MB or {} files; reload it to begin anew.\n"
FULL = "The server holds as many uploads as it may, {:,} MB; try again in a minute.\n"
SLOW = "The upload took longer than {:,.0f} seconds and was given up.\n"
NO_LENGTH = "An upload has to say how long it is.\n"


class Uploads:
    """The app behind: it is given an upload only where there is room for it."""

    def __init__(self, app: ASGIApp, limits: Limits, runtime: Callable[[], Runtime] = get_instance, longest: float = LONGEST) -> None:
        self._app, self._limits, self._runtime, self._longest = app, limits, runtime, longest
        self._coming: list[tuple[str, int]] = []  # session and bytes of each on its way

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the app take a file, or say why not; and let go what those left who have gone."""
        if scope["type"] == "websocket":
            try:
                return await self._app(scope, receive, send)
            finally:
                release(self._runtime())
        place = PLACE.fullmatch(scope["path"]) if scope["type"] == "http" and scope["method"] == "PUT" else None
        if place is None:
            return await self._app(scope, receive, send)
        release(self._runtime())
        length = Headers(scope=scope).get("content-length", "")
        if refusal := self._refusal(place[1], length):
            return await PlainTextResponse(refusal[1], refusal[0], {"connection": "close"})(scope, receive, send)
        coming = (place[1], int(length))
        self._coming.append(coming)
        begun = False

        async def say(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            async with asyncio.timeout(self._longest):
                await self._app(scope, receive, say)
        except TimeoutError:
            if not begun:
                await PlainTextResponse(SLOW.format(self._longest), 408, {"connection": "close"})(scope, receive, send)
        finally:
            self._coming.remove(coming)

    def _refusal(self, session: str, length: str) -> tuple[int, str] | None:
        """Why there is no room for so much of this session, with the status that says so; None where there is."""
        most = self._limits
        if not asks(self._runtime(), session):
            return 403, UNASKED
        if not (length.isascii() and length.isdigit()):
            return 411, NO_LENGTH
        if int(length) > most.file_bytes + FRAMING:
            return 413, LARGE.format(most.file_mb)
        held = files(self._runtime())
        mine = list(held.get(session, {}).values())
        coming = [size for whose, size in self._coming if whose == session]
        too_many = len(mine) + len(coming) >= most.uploads_each
        if too_many or sum(mine) + sum(coming) + int(length) > most.upload_mb_each * MEGABYTE + FRAMING:
            return 413, FULL_PAGE.format(most.upload_mb_each, most.uploads_each)
        total = sum(sum(each.values()) for each in held.values()) + sum(size for _, size in self._coming)
        if total + int(length) > most.upload_mb * MEGABYTE + FRAMING:
            return 507, FULL.format(most.upload_mb)
        return None


def files(runtime: Runtime) -> dict[str, dict[str, int]]:
    """The bytes of every file that is held, by session and name."""
    manager = runtime.uploaded_file_mgr
    if not isinstance(manager, MemoryUploadedFileManager):
        return {}
    with manager._lock:
        return {session: {name: len(file.data) for name, file in kept.items()} for session, kept in manager.file_storage.items()}


def release(runtime: Runtime) -> None:
    """Let go the files of sessions that nobody is connected to: a page reads what it is given at once."""
    for session in files(runtime):
        if not runtime.is_active_session(session):
            runtime.uploaded_file_mgr.remove_session_files(session)


def asks(runtime: Runtime, session: str) -> bool:
    """Whether the page that this session has open holds a widget for files."""
    info = runtime._session_mgr.get_active_session_info(session)
    if info is None:
        return False
    state = info.session.session_state
    drawn = {*state._new_widget_state.states, *state._old_state}
    known: Mapping[str, Any] = dict(state._new_widget_state.widget_metadata)  # also of pages that were open before
    return any(widget.value_type == ASKS and id in drawn for id, widget in known.items())


def largest(megabytes: int) -> int:
    """The megabytes of a file that a widget takes which would take so many."""
    return min(megabytes, limits().file_mb)


def taken(key: str) -> bytes | None:
    """The content of the file in this widget, which is let go with it; None where there is none."""
    file = st.session_state[key]
    if not isinstance(file, UploadedFile):
        return None
    content = file.getvalue()
    context = get_script_run_ctx()
    if context is not None and isinstance(context.uploaded_file_mgr, MemoryUploadedFileManager):
        context.uploaded_file_mgr.remove_file(context.session_id, file.file_id)
    file.truncate(0)  # the session holds it until its next script
    return content
