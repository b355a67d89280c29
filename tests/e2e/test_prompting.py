"""Prompting in a browser: a prompt is clicked together, and the answer changes. What is trained is made up."""

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.waiting import MINUTE, QUIET
from tests.guess import skip_in_browser

pytestmark = pytest.mark.e2e


def test_a_prompt_is_clicked_together_and_its_answer_changes_while_the_hash_stays(page: Page, fake_app: str) -> None:
    page.goto(f"{fake_app}/prompting?s=France+%3A")
    page.get_by_role("button", name="Train live").click()
    skip_in_browser(page)
    page.locator(".st-key-shots_area svg").first.wait_for(timeout=MINUTE)
    page.locator(QUIET).wait_for(timeout=MINUTE)
    answer = page.locator(".st-key-prompt .token")
    expect(answer).not_to_have_text("Paris")
    page.get_by_role("button", name="Italy : Rome").click()
    expect(answer).to_have_text("Paris", timeout=MINUTE)
    expect(page.locator(".st-key-bars_area h4")).to_have_text(["no example", "1 example"])
    before, after, *_ = page.locator(".st-key-hash_area code").all_inner_texts()
    assert before == after and len(before) > 8
    page.get_by_role("button", name="Italy : Rome").click()
    expect(answer).not_to_have_text("Paris", timeout=MINUTE)
    page.locator(".st-key-prompt_examples").get_by_role("button", name="Spain : Madrid").click()
    expect(page.get_by_label("Your sentence")).to_have_value("Spain : Madrid , France :", timeout=MINUTE)
    assert "Spain" in page.url
