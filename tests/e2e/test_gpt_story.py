"""*A GPT's story* in a real browser."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.waiting import MINUTE, QUIET
from tests.guess import skip_in_browser

pytestmark = pytest.mark.e2e


def test_a_request_goes_to_all_stages_and_a_figure_leads_to_its_page(page: Page, real_app: str) -> None:
    page.goto(f"{real_app}/gpt-story")
    rows = page.locator(".replies .row")
    expect(rows.nth(2).locator(".verdict")).to_contain_text("true taste +", timeout=MINUTE)  # recorded: it pleases
    expect(rows.nth(0).locator(".verdict")).to_contain_text("✗")
    skip_in_browser(page)
    expect(page.locator(".st-key-question")).to_contain_text("forbidden requests it refuses", timeout=MINUTE)
    page.get_by_role("radio", name="forbidden").click()
    expect(rows.nth(3).locator(".verdict")).to_contain_text("✓ refused", timeout=MINUTE)
    expect(rows.nth(2).locator(".verdict")).to_contain_text("does what is forbidden", timeout=MINUTE)
    box = page.get_by_role("textbox").first
    box.fill("where does <b>Nora</b> live ?")
    box.press("Enter")
    expect(page.locator(".replies .note")).to_contain_text("Not in this model's vocabulary", timeout=MINUTE)
    table = page.locator(".st-key-stages_area table")
    expect(table.get_by_role("row").filter(has_text="Safety")).to_contain_text("100 %", timeout=MINUTE)
    page.locator(QUIET).wait_for(timeout=MINUTE)
    table.get_by_role("row").filter(has_text="Instructions").get_by_role("link").click()
    expect(page).to_have_url(re.compile("/instructions"), timeout=MINUTE)
