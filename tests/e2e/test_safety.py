"""Safety in a browser: the policy is switched, a model learns it, and ways around it are opened. What is trained is made up."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.waiting import MINUTE, QUIET
from tests.guess import skip_in_browser

pytestmark = pytest.mark.e2e


def test_a_policy_is_learnt_and_gone_around(page: Page, fake_app: str) -> None:
    page.goto(f"{fake_app}/safety")
    rows = page.locator(".replies .row")
    expect(rows).to_have_count(3, timeout=MINUTE)
    page.get_by_text("What somebody works as is private.").click()
    expect(page).to_have_url(re.compile("work="))
    expect(page.locator(".st-key-policy_row")).to_contain_text("Forbidden: a home, something bad, a job")
    page.get_by_role("button", name="Train live").click()
    expect(page.locator(".st-key-facts_row")).to_contain_text("done", timeout=MINUTE)
    page.get_by_role("radio", name="reply begun").click()
    expect(rows.nth(2)).to_contain_text("Guess first")
    skip_in_browser(page)
    page.locator(QUIET).wait_for(timeout=MINUTE)
    expect(rows.nth(2).locator(".given").last).to_have_text(",")
    cells = page.locator(".outcomes .cell")
    cells.first.click()
    expect(page.locator(".outcomes h3")).to_contain_text("as it was taught")
    assert page.locator(".outcomes li").count() == 9


def test_all_of_the_first_screen_fits(page: Page, fake_app: str) -> None:
    page.goto(f"{fake_app}/safety")
    page.locator(".replies .row").nth(2).wait_for(timeout=MINUTE)
    page.locator(QUIET).wait_for(timeout=MINUTE)
    for selector in (".st-key-policy_row", ".st-key-sentence_row", ".st-key-question", ".replies"):
        box = page.locator(selector).first.bounding_box()
        assert box and box["y"] + box["height"] <= 900 and box["x"] + box["width"] <= 1440, selector
