"""The whole way with real models: open, hide, train live, watch it fall, scrub, reload by address, same picture."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.test_page import token, visit
from tests.e2e.waiting import MINUTE, TRAINED
from tests.guess import skip_in_browser

pytestmark = pytest.mark.e2e


def test_open_hide_train_scrub_reload(page: Page, real_app: str) -> None:
    visit(page, f"{real_app}/?steps=120&seed=7")
    expect(page.get_by_text("No model yet")).to_be_visible()
    token(page, 3).click()
    expect(token(page, 3)).to_have_attribute("aria-pressed", "true")

    page.get_by_role("button", name="Train live").click()
    slider = page.get_by_role("slider")
    expect(slider).to_have_attribute("aria-valuetext", re.compile("loss"), timeout=TRAINED)
    expect(page.get_by_text("trained here")).to_be_visible(timeout=TRAINED)
    expect(slider).to_have_attribute("aria-valuenow", "120")
    expect(page.locator(".gap")).to_have_count(2, timeout=MINUTE)
    assert loss(page) < 4.5

    slider.focus()
    page.keyboard.press("Home")
    expect(slider).to_have_attribute("aria-valuenow", "0")
    assert loss(page) > 5.0  # near random guess
    for _ in range(20):
        page.keyboard.press("ArrowRight")
    expect(page).to_have_url(re.compile(r"run=[0-9a-f]{64}-1.*step=\d+"))
    skip_in_browser(page)
    before = picture(page)
    page.reload()
    page.locator(".token").first.wait_for()
    skip_in_browser(page)
    expect(page.locator(".gap")).to_have_count(2, timeout=MINUTE)
    expect(page.get_by_role("slider")).to_have_attribute("aria-valuetext", re.compile("loss"))
    assert picture(page) == before


def loss(page: Page) -> float:
    found = re.search(r"loss ([\d.]+)", page.get_by_role("slider").get_attribute("aria-valuetext") or "")
    assert found
    return float(found[1])


def picture(page: Page) -> list[str]:
    """What strip, bars and curve show, in words and shapes."""
    shapes = page.locator(".curve path.line").evaluate_all("lines => lines.map(line => line.getAttribute('d'))")
    tokens = page.locator(".token").evaluate_all("tokens => tokens.map(token => token.getAttribute('aria-label'))")
    return [*shapes, *tokens, page.locator(".bars").inner_text(), page.get_by_role("slider").get_attribute("aria-valuetext") or ""]
