"""Text to text in a browser: the recordings answer, what is trained is made up."""

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.waiting import MINUTE, QUIET

pytestmark = pytest.mark.e2e


def test_the_task_before_the_text_decides_what_is_written(page: Page, fake_app: str) -> None:
    page.goto(f"{fake_app}/text-to-text")
    answer = page.locator(".written").first
    expect(answer).to_contain_text("organisation", timeout=MINUTE)
    page.locator(QUIET).wait_for(timeout=MINUTE)
    page.get_by_role("radio", name="sentiment").click()
    expect(answer).to_contain_text("positive", timeout=MINUTE)
    page.get_by_role("slider").first.focus()
    page.keyboard.press("Home")
    expect(answer).not_to_contain_text("positive")
