"""What changed inside, in a browser: one slider moves the figures of all layers, and the map when it is let go."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.waiting import MINUTE, QUIET

pytestmark = pytest.mark.e2e


def test_at_step_0_every_layer_is_what_it_was(page: Page, fake_app: str) -> None:
    page.goto(f"{fake_app}/before-after")
    page.locator(".st-key-closer_row").get_by_text("What changed inside").click(timeout=MINUTE)
    similarity = page.locator(".layers", has_text="Representation similarity")
    rows, dots = similarity.locator(".row"), page.locator(".js-plotly-plot .scatterlayer .trace:first-child .point")
    expect(rows).to_have_count(3, timeout=MINUTE)
    expect(dots.first).to_be_attached(timeout=MINUTE)
    page.locator(QUIET).wait_for(timeout=MINUTE)
    assert not any("with itself at step 0: 1.00" in figures for figures in _told(rows))
    before = [dot.get_attribute("transform") for dot in dots.all()[:5]]

    page.get_by_role("slider").first.focus()
    page.keyboard.press("Home")
    expect(similarity.locator("h3")).to_contain_text("at step 0")
    assert all("with itself at step 0: 1.00" in figures for figures in _told(rows))
    expect(similarity.locator(".said")).to_have_text(re.compile("CKA is 1.00 for all"))
    expect(page.locator(".layers", has_text="Weight drift").locator(".said")).to_contain_text("nothing has moved yet")
    expect(page.get_by_text("Embedding map, at step 0")).to_be_visible(timeout=MINUTE)  # once the server has drawn it anew
    page.locator(QUIET).wait_for(timeout=MINUTE)
    assert [dot.get_attribute("transform") for dot in dots.all()[:5]] != before


def _told(rows: Locator) -> list[str]:
    """What each row tells the mouse and a screen reader."""
    return [row.get_attribute("aria-label") or "" for row in rows.all()]
