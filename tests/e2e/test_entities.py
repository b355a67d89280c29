"""Names in a text in a browser: the recordings answer, what is trained is made up."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.waiting import MINUTE, QUIET

pytestmark = pytest.mark.e2e


def visit(page: Page, address: str) -> Locator:
    """Open the page and wait for its tags; returns the rows of the three models."""
    page.goto(address)
    page.locator(".tagged .words").nth(2).wait_for(timeout=MINUTE)
    page.locator(QUIET).wait_for(timeout=MINUTE)
    return page.locator(".tagged .row")


def test_one_slider_lets_the_colours_of_names_appear(page: Page, fake_app: str) -> None:
    rows = visit(page, f"{fake_app}/entities")
    nordbank = rows.nth(1).locator(".word").first
    expect(nordbank).to_contain_text("organisation ✓")
    expect(rows.nth(1).locator(".score")).to_have_text("2 of 2 right")

    def colour() -> str:
        return str(nordbank.locator(".said").evaluate("element => getComputedStyle(element).backgroundColor"))

    learnt = colour()
    page.get_by_role("slider").first.focus()
    page.keyboard.press("Home")
    expect(rows.nth(1).locator(".at")).to_have_text("step 0, pretrained body, new head")
    expect(rows.nth(1).locator(".score")).to_have_text("0 of 2 right")
    page.wait_for_timeout(300)  # until the colour has faded
    assert colour() != learnt and colour() == str(
        rows.nth(0).locator(".said").first.evaluate("element => getComputedStyle(element).backgroundColor")
    )


def test_words_are_walked_with_the_arrow_keys_and_tell_their_tags(page: Page, fake_app: str) -> None:
    rows = visit(page, f"{fake_app}/entities")
    rows.nth(1).locator(".word").first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    greta = rows.nth(1).locator(".word").nth(2)
    expect(greta).to_be_focused()
    assert re.match(r"Greta: B-PER \d+\.\d\d%, ", greta.get_attribute("aria-label") or "")
    expect(page.locator(".tagged .tip")).to_contain_text("Greta: B-PER")


def test_a_cell_of_the_mistakes_opens_to_texts(page: Page, fake_app: str) -> None:
    visit(page, f"{fake_app}/entities?tab=mistakes")
    cells = page.locator(".confusion .cell")
    expect(cells).to_have_count(16)
    cells.first.click()
    expect(page.locator(".confusion h3")).to_contain_text("person, and called so")
    assert page.locator(".confusion li mark").count() >= 5
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page.locator(".confusion h3")).to_contain_text("person, called place")


def test_the_other_model_is_trained_by_its_own_button(page: Page, fake_app: str) -> None:
    page.goto(f"{fake_app}/entities?labels=64")
    page.get_by_role("button", name="Train live").click()
    expect(page.locator(".tagged .words").nth(1)).to_be_visible(timeout=MINUTE)
    page.get_by_role("button", name="Train from scratch too").click()
    expect(page.locator(".tagged .words").nth(2)).to_be_visible(timeout=MINUTE)


def test_all_fits_on_one_screen(page: Page, fake_app: str) -> None:
    visit(page, f"{fake_app}/entities")
    for selector in (".tagged", ".accuracy-bars", ".curve", ".st-key-training_row", ".st-key-facts_row", ".st-key-question"):
        box = page.locator(selector).first.bounding_box()
        assert box and box["y"] + box["height"] <= 900 and box["x"] + box["width"] <= 1440, selector


def test_a_hostile_text_is_only_text(page: Page, fake_app: str) -> None:
    visit(page, f"{fake_app}/entities?s=%3Cimg+src%3Dx+onerror%3Dalert(1)%3E+Tom+lives+in+Oslo+.")
    expect(page.locator(".tagged .word").first).to_contain_text("<")
    assert page.locator(".tagged img").count() == 0
