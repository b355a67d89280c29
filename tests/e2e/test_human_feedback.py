"""Human feedback in a browser: choices by keyboard, ties and undo, a reload; then a reward model from them, on the fake engine."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.waiting import MINUTE, QUIET, TRAINED
from tests.guess import skip_in_browser

pytestmark = pytest.mark.e2e


def test_choices_by_keyboard_outlive_a_reload_and_train_a_reward(page: Page, fake_app: str) -> None:
    page.goto(f"{fake_app}/human-feedback?size=0.3M")  # of which nothing is recorded
    page.locator(QUIET).wait_for(timeout=MINUTE)
    page.get_by_role("button", name="Train the model that replies").click()
    labeller, count = page.locator(".labeller"), page.locator(".labeller .count")
    expect(count).to_have_text("0 pairs judged by you", timeout=TRAINED)
    skip_in_browser(page)
    first = labeller.locator(".text").first.inner_text()
    labeller.focus()
    for key in ("1", "ArrowRight", "0"):
        page.keyboard.press(key)
    expect(count).to_have_text("3 pairs judged by you, 1 tie")
    expect(page).to_have_url(re.compile(r"choices_digest=[0-9a-f]{64}"), timeout=MINUTE)
    expect(page.get_by_text("To train takes 10 choices; so far there are 2 choices").first).to_be_visible(timeout=MINUTE)
    expect(page.get_by_role("button", name="Train live")).to_be_disabled()
    labeller.focus()
    for _ in range(3):
        page.keyboard.press("u")
    expect(count).to_have_text("0 pairs judged by you")
    expect(labeller.locator(".text").first).to_have_text(first)  # the first pair is back
    for key in "12121212121":  # quicker than the server draws
        page.keyboard.press(key)
    expect(count).to_have_text("11 pairs judged by you")
    expect(page.get_by_text("8 choices: a new head on the frozen model tells")).to_be_visible(timeout=MINUTE)
    page.locator(QUIET).wait_for(timeout=MINUTE)  # the server has the last of them
    page.reload()
    expect(count).to_have_text("11 pairs judged by you", timeout=MINUTE)
    page.get_by_role("button", name="Train live").click()
    expect(page.locator(".st-key-state")).to_contain_text("done", timeout=TRAINED)
    own = page.locator(".rewards .row.own")
    expect(own.locator(".reward")).to_have_text("+2.00", timeout=MINUTE)
    page.get_by_label("Your reply to it").fill("the soup was awful .")
    page.keyboard.press("Enter")
    expect(own.locator(".reward")).to_have_text("-1.00", timeout=MINUTE)
