"""Every page opens on every text, or says why it does not read that one: an address may name any."""

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from llmviz.core.texts import TEXTS
from tests.ui.conftest import APP

PAGES = sorted(file.stem for file in (Path(APP).parent / "pages").glob("*.py"))
SEVERAL = {"attention_maps": ("mlm", "clm"), "architecture": ("clm", "mlm", "span", "sentiment")}  # pages of several experiments


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("page", PAGES)
def test_a_page_opens_on_a_text(visit: Callable[..., AppTest], page: str, text: str) -> None:
    for stage in SEVERAL.get(page, ("",)):
        assert not visit(page, text=text, **({"stage": stage} if stage else {})).exception
