"""The bill in a browser: what is assumed changes the minutes, and a reload keeps it."""

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.waiting import MINUTE, QUIET
from tests.guess import skip_in_browser

pytestmark = pytest.mark.e2e


def test_seconds_for_a_label_change_the_minutes_and_outlive_a_reload(page: Page, fake_app: str) -> None:
    page.goto(f"{fake_app}/bill?unit=labelling")
    page.locator(".log-bars .withheld").wait_for(timeout=MINUTE)
    page.locator(QUIET).wait_for(timeout=MINUTE)
    skip_in_browser(page)
    row = page.locator(".st-key-bill_chart .row").filter(has_text="Sentiment, full fine-tuning")
    expect(row).to_contain_text("1.3 min", timeout=MINUTE)
    before = row.locator(".bar").bounding_box()
    seconds = page.get_by_role("spinbutton", name="Seconds for a class")
    seconds.fill("60")
    seconds.press("Enter")
    expect(row).to_contain_text("16 min", timeout=MINUTE)
    page.reload()
    skip_in_browser(page)
    expect(row).to_contain_text("16 min", timeout=MINUTE)
    expect(page.get_by_role("spinbutton", name="Seconds for a class")).to_have_value("60")
    after = row.locator(".bar").bounding_box()
    assert before and after and after["width"] > before["width"]


def test_rows_are_walked_with_the_arrow_keys(page: Page, fake_app: str) -> None:
    page.goto(f"{fake_app}/bill")
    rows = page.locator(".st-key-bill_paper .row[role=listitem]")
    rows.first.wait_for(timeout=MINUTE)
    page.locator(QUIET).wait_for(timeout=MINUTE)
    rows.first.focus()
    page.keyboard.press("ArrowDown")
    expect(rows.nth(1)).to_be_focused()
    expect(page.locator(".st-key-bill_paper .tip")).to_contain_text("BERT-base, tuned on SQuAD")
