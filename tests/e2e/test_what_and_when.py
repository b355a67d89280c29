"""*What and when* in a browser, on the fake engine: guess, look, click a moment; and the four recipes."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.waiting import MINUTE, QUIET
from tests.guess import skip_in_browser

pytestmark = pytest.mark.e2e


def visit(page: Page, address: str) -> None:
    page.goto(address)
    page.locator(".small-multiples .panel svg text").first.wait_for(state="attached", timeout=MINUTE)
    page.locator(QUIET).wait_for()


def lines(page: Page, panel: int) -> int:
    """The curves of shares in a panel: all lines of some length, but the loss and the keys of the labels."""
    return page.locator(".small-multiples .panel").nth(panel).locator("path.band").count() - 1


def test_guess_look_click_a_moment(page: Page, fake_app: str) -> None:
    visit(page, f"{fake_app}/what-and-when")
    expect(page.locator(".small-multiples .hidden").first).to_be_visible()
    assert lines(page, 0) == 0

    page.get_by_role("radio", name="facts").or_(page.get_by_role("button", name="facts", exact=True)).first.click()
    expect(page.locator(".small-multiples .hidden").first).to_be_hidden()
    expect(page.locator(".st-key-question")).to_contain_text("No. Grammar after")
    assert [lines(page, panel) for panel in range(3)] == [3, 3, 3]
    expect(page.locator(".probed")).to_contain_text("Right: 19 of 20")

    chart = page.locator(".small-multiples .panel").nth(2).locator(".chart")
    chart.hover(position={"x": 60, "y": 60})
    expect(page.locator(".small-multiples .tip")).to_contain_text("grammar")
    chart.click(position={"x": 60, "y": 60})
    expect(page).to_have_url(re.compile(r"stage=span.*step=\d+|step=\d+.*stage=span"))
    expect(page.locator(".small-multiples .panel").nth(2)).to_have_class(re.compile("chosen"))
    expect(page.locator(".st-key-items_row")).to_contain_text("T5 after step")
    expect(page.locator(".probed h4").last).not_to_have_text("Right: 19 of 20")

    svg = page.locator(".small-multiples .panel").nth(2).locator("svg")
    svg.focus()
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    expect(page.locator(".probed h4").last).to_have_text("Right: 19 of 20")


def test_the_curves_are_shown_without_a_guess_too(page: Page, fake_app: str) -> None:
    visit(page, f"{fake_app}/what-and-when")
    skip_in_browser(page)
    expect(page.locator(".small-multiples .hidden").first).to_be_hidden()
    assert lines(page, 0) == 3


def test_four_recipes_and_the_one_that_is_clicked(page: Page, fake_app: str) -> None:
    visit(page, f"{fake_app}/positions-optimisers")
    expect(page.locator(".small-multiples .panel")).to_have_count(4)
    page.locator(".small-multiples .panel").nth(2).locator(".chart").click(position={"x": 90, "y": 120})
    expect(page).to_have_url(re.compile("architecture=bert"))
    expect(page.locator(".small-multiples .panel").nth(2)).to_have_class(re.compile("chosen"))
    for part in (".st-key-recipes", ".st-key-train"):
        box = page.locator(part).bounding_box()
        assert box and box["y"] + box["height"] <= 900, part
    assert page.evaluate("document.documentElement.scrollWidth") <= 1440
