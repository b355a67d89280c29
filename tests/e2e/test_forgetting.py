"""Forgetting in a browser: the recordings answer, what is trained is made up."""

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.waiting import MINUTE, QUIET
from tests.guess import skip_in_browser

pytestmark = pytest.mark.e2e


def test_the_slider_goes_back_to_what_pretraining_knew(page: Page, fake_app: str) -> None:
    page.goto(f"{fake_app}/forgetting")
    page.locator(".bars").first.wait_for(timeout=MINUTE)
    page.locator(QUIET).wait_for(timeout=MINUTE)
    first = page.locator(".bars .row, .bars li").first
    expect(first).to_contain_text("Paris")  # before a guess nothing else is shown
    skip_in_browser(page)
    page.locator(QUIET).wait_for(timeout=MINUTE)
    expect(first).not_to_contain_text("Paris")
    page.get_by_role("slider").first.focus()
    page.keyboard.press("Home")
    expect(first).to_contain_text("Paris")


def test_a_task_and_a_remedy_lie_in_the_address(page: Page, fake_app: str) -> None:
    page.goto(f"{fake_app}/forgetting?stage=entities&replay=0.1")
    page.locator(QUIET).wait_for(timeout=MINUTE)
    expect(page.get_by_role("combobox", name="Task")).to_have_value("Entities")
    expect(page.get_by_role("combobox", name="Remedy")).to_have_value("replay")
