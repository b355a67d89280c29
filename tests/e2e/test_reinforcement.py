"""*Reinforcement* in a real browser."""

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.waiting import MINUTE, QUIET
from tests.guess import skip_in_browser

pytestmark = pytest.mark.e2e


def test_train_guess_scrub_and_point(page: Page, fake_app: str) -> None:
    page.goto(f"{fake_app}/reinforcement?beta=0.0")
    expect(page.locator(".samples .none")).to_contain_text("No model yet", timeout=MINUTE)
    page.locator(QUIET).wait_for(timeout=MINUTE)
    page.get_by_role("button", name="Train live").click()
    expect(page.locator(".samples .row .reply")).to_have_count(10, timeout=MINUTE)
    expect(page.locator(".st-key-state")).to_contain_text("done", timeout=MINUTE)
    skip_in_browser(page)
    expect(page.locator(".st-key-question")).to_contain_text("over-optimisation", timeout=MINUTE)
    after = page.locator(".samples .reply.after").first
    expect(after).to_contain_text("glad", timeout=MINUTE)
    slider = page.get_by_role("slider").first
    slider.focus()
    page.keyboard.press("Home")
    expect(after).to_contain_text("sad")
    expect(page.locator(".samples .heads")).to_contain_text("step 0")
    page.keyboard.press("End")
    expect(after).to_contain_text("glad")
    expect(after.locator(".word", has_text="glad")).to_have_attribute(
        "aria-label", "glad: earns 1.00 points of reward"
    )  # the reward model is recorded
