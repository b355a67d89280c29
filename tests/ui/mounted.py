"""What our components were given, as AppTest has it."""

import json
from typing import Any

from streamlit.testing.v1 import AppTest


def mounted(app: AppTest) -> list[tuple[str, dict[str, Any]]]:
    """Name and data of each part of the page, in order; the page itself must not have failed."""
    assert not app.exception
    found = [part.proto for part in app.main.get("bidi_component")]  # not of the menu beside it
    return [(proto.component_name.removeprefix("llmviz_"), json.loads(proto.json, parse_constant=_no_number)[0]) for proto in found]


def _no_number(written: str) -> None:
    raise AssertionError(f"{written} was handed to a browser, which cannot read it")
