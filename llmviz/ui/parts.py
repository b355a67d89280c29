"""Our own components: token strip, probability bars, live curve. Each is a folder of HTML, CSS and JavaScript,
whose script says which data it takes.

All parts with the same `group` share one step: moving the slider of the curve moves the others in the browser, without a server call.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import streamlit as st

_FOLDER = Path(__file__).parent / "components"
_Part = Callable[..., Any]


def _part(name: str, *scripts: str) -> _Part:
    """The component in the folder `name`, the shared script and `scripts` before its own."""

    def text(file: str) -> str:
        return (_FOLDER / file).read_text(encoding="utf-8")

    return st.components.v2.component(
        f"llmviz_{name}",
        html=text(f"{name}/part.html"),
        css=text("shared/base.css") + text(f"{name}/part.css"),
        js="\n".join(map(text, ("shared/step.js", *scripts, f"{name}/part.js"))),
    )


_strip = _part("token_strip")
_bars = _part("bars")
_curve = _part("curve", "curve/scale.js")


def token_strip(payload: dict[str, Any], key: str, on_hidden: Callable[[list[int]], None]) -> None:
    """The sentence. `on_hidden` gets the hidden places, before the rerun that a click causes."""
    _strip(key=key, data=payload, on_hidden_change=lambda: _told(key, "hidden", on_hidden))


def bars(payload: dict[str, Any], key: str) -> None:
    """The candidates for each hidden word."""
    _bars(key=key, data=payload)


def curve(payload: dict[str, Any], key: str, on_step: Callable[[int], None]) -> None:
    """Loss, probes and the slider. `on_step` gets the step on which the slider was let go, -1 for the newest."""
    _curve(key=key, data=payload, on_step_change=lambda: _told(key, "step", on_step))


def _told(key: str, event: str, listener: Callable[[Any], None]) -> None:
    value = st.session_state[key].get(event)
    if value is not None:
        listener(value)
