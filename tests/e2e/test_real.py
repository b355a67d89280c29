"""The packaged real model in a browser: taken in, goes on, adds up, is told a task by examples. No request leaves this machine."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.waiting import MINUTE
from tests.guess import skip_in_browser
from tests.real import INSTALLED

pytestmark = pytest.mark.e2e


@INSTALLED
def test_it_is_taken_in_goes_on_and_its_numbers_add_up(page: Page, real_app: str) -> None:
    page.goto(f"{real_app}/next-token?more=real&s=The+capital+of+Spain+is")
    page.get_by_role("button", name="Take in SmolLM2 135M").click()
    table = page.locator("table[aria-label^='The likeliest next tokens']")
    expect(table).to_contain_text("SmolLM2 135M", timeout=4 * MINUTE)
    expect(table.locator("tbody tr").first).to_contain_text("Madrid")
    expect(page.locator(".running").nth(1)).to_contain_text("The capital of Spain is Madrid")
    page.goto(f"{real_app}/architecture?real=smollm2&s=The+capital+of+Spain+is&opened=30")
    expect(page.locator(".top h3 .title")).to_have_text("attention", timeout=2 * MINUTE)
    expect(page.locator(".check.right")).to_be_visible()
    expect(page.locator(".heads [data-head]")).to_have_count(9)
    page.locator("button.box", has_text=re.compile("^scores")).click()
    expect(page.locator(".check.right")).to_be_visible()
    page.locator("button.head[data-stage='31']").click()
    expect(page.locator(".top h3 .stage")).to_have_text("head", timeout=MINUTE)
    expect(page.locator(".likeliest")).to_contain_text("Madrid")
    page.goto(f"{real_app}/prompting?tab=real&s=Rome+:+Italy+,+Madrid+:+Spain+,+Paris+:&relation=country")
    skip_in_browser(page)
    table = page.locator("table[aria-label^='What comes after']")
    expect(table.locator("tbody tr").nth(1)).to_contain_text("France ✓", timeout=MINUTE)
    expect(page.locator(".st-key-closer_area")).to_contain_text(re.compile(r"SmolLM2 135M names \d+% with no example, (9\d|100)% with 4"))
