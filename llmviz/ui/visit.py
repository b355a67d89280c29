"""What this visitor is looking at, kept in the session and in the address of the page."""

import uuid
from dataclasses import replace
from typing import Any, cast

import streamlit as st

from llmviz.core import address as addresses
from llmviz.core.address import Address


def viewer() -> str:
    """A name for this visitor that the engine can tell from others."""
    return cast(str, st.session_state.setdefault("viewer", uuid.uuid4().hex))


def open(stage: str) -> Address:
    """What the address asks for; read again only when someone other than this page has changed it."""
    query = st.query_params.to_dict()
    if st.session_state.get("stage") != stage or query != st.session_state.get("written"):
        if st.session_state.get("lecture"):
            query.setdefault("lecture", "1")  # navigation drops the parameters; a lecture goes on
        found, problems = addresses.read(query, stage)
        st.session_state.update(stage=stage, problems=problems, visit=number() + 1)
        keep(found)
    return current()


def current() -> Address:
    """The present address."""
    return cast(Address, st.session_state["address"])


def keep(address: Address) -> None:
    """Make this the present address, in the session and in the browser."""
    written = addresses.write(address)
    st.session_state.update(address=address, written=written, lecture=address.lecture)
    if st.query_params.to_dict() != written:
        st.query_params.from_dict(written)


def change(**parts: Any) -> None:
    """Replace parts of the present address, because the visitor did something; what was wrong before is no longer said."""
    st.session_state["problems"] = {}
    keep(replace(current(), **parts))


def correct(name: str, problem: str, **parts: Any) -> None:
    """Replace parts of the present address because they cannot be shown, and say why."""
    keep(replace(current(), **parts))
    problems()[name] = problem


def problems() -> dict[str, str]:
    """The sentences on parameters that could not be read, by parameter."""
    return cast(dict[str, str], st.session_state.setdefault("problems", {}))


def number() -> int:
    """Counts how often the page has been opened at another address."""
    return cast(int, st.session_state.get("visit", 0))
