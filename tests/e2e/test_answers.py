"""Question answering in a browser: the recordings answer."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.waiting import MINUTE, QUIET

pytestmark = pytest.mark.e2e


def visit(page: Page, address: str) -> Locator:
    """Open the page and wait for its answers; returns the rows of the three models."""
    page.goto(address)
    page.locator(".tagged .words").nth(2).wait_for(timeout=MINUTE)
    page.locator(QUIET).wait_for(timeout=MINUTE)
    return page.locator(".tagged .row")


def test_the_answer_is_framed_and_goes_with_the_slider(page: Page, fake_app: str) -> None:
    rows = visit(page, f"{fake_app}/answers")
    framed = rows.nth(1).locator(".word.in")
    expect(framed).to_have_count(1)
    expect(framed).to_have_text("Kenya")
    expect(rows.nth(1).locator(".score")).to_contain_text("Kenya")
    page.get_by_role("slider").first.focus()
    page.keyboard.press("Home")
    expect(framed).to_have_count(0)
    expect(rows.nth(1).locator(".score")).to_contain_text("no answer")


def test_another_question_has_another_answer(page: Page, fake_app: str) -> None:
    rows = visit(page, f"{fake_app}/answers")
    box = page.get_by_label("Question", exact=True)
    box.fill("where does she live ?")
    box.press("Enter")
    expect(rows.nth(1).locator(".word.in")).to_have_text("Lima", timeout=MINUTE)


def test_the_passage_may_be_hostile(page: Page, fake_app: str) -> None:
    visit(page, f"{fake_app}/answers?s=%3Cimg+src%3Dx+onerror%3Dalert(1)%3E+Anna+lives+in+Lima+.&second=where+does+she+live+%3F")
    expect(page.locator(".tagged .word").first).to_contain_text("<")
    assert page.locator(".tagged img").count() == 0
