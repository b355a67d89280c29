"""*Next sentence* in a real browser."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.waiting import MINUTE, QUIET, SIZED, TRAINED

pytestmark = pytest.mark.e2e


def start(page: Page, address: str) -> None:
    page.goto(address)
    page.locator(".st-key-train").wait_for(state="attached", timeout=MINUTE)
    expect(page.locator(".pair .share")).not_to_be_empty(timeout=MINUTE)
    page.locator(QUIET).wait_for(timeout=MINUTE)


def test_type_scrub_and_point(page: Page, fake_app: str) -> None:
    start(page, f"{fake_app}/next-sentence")
    page.get_by_role("textbox", name="First part").fill("Anna sees the dog")
    page.get_by_role("textbox", name="First part").press("Enter")
    expect(page.locator(".pair .tokens.first .token")).to_have_count(4)
    page.get_by_role("textbox", name="Second part").fill("the owl sees Anna")
    page.get_by_role("textbox", name="Second part").press("Enter")
    expect(page.locator(".pair .label")).to_have_text("follows")
    expect(page.locator(".pair .share")).to_have_text("90%")
    expect(page.locator(".pair svg path").first).to_be_attached()
    slider = page.get_by_role("slider")
    slider.focus()
    page.keyboard.press("Home")
    expect(page.locator(".pair .share")).to_have_text("50%")
    page.keyboard.press("End")
    word = page.locator(".pair .tokens.second .token", has_text="Anna")
    word.hover()
    expect(page.locator(".pair .tokens.first .token.seen")).not_to_have_count(0)
    expect(word).to_have_attribute("aria-label", re.compile("looks at “Anna” 100%"))
    first = page.locator(".pair .tokens.second .token").first
    first.focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator(".pair .tokens.second .token").nth(1)).to_be_focused()
    page.reload()
    expect(page.locator(".pair .share")).to_have_text("90%", timeout=MINUTE)


def test_all_fits_on_one_screen(page: Page, fake_app: str) -> None:
    start(page, f"{fake_app}/next-sentence")
    question = page.locator(".st-key-question").bounding_box()
    assert question and question["y"] + question["height"] <= 900


def test_a_lecture_shows_one_beat_at_a_time(page: Page, fake_app: str) -> None:
    page.set_viewport_size({"width": 1280, "height": 720})
    start(page, f"{fake_app}/next-sentence?lecture=1")
    expect(page.locator(".st-key-question")).to_be_hidden()
    for beat in (2, 3):
        page.get_by_role("button", name="On").click()
        expect(page.locator(".st-key-beats")).to_contain_text(f"{beat} of 5")
        page.locator(QUIET).wait_for()
    expect(page.locator(".st-key-question")).to_be_visible()
    page.evaluate(SIZED)
    box = page.locator(".st-key-question").bounding_box()
    assert box and box["y"] + box["height"] <= 720


def test_train_live_and_ask(page: Page, real_app: str) -> None:
    """A few steps with real weights, told of by the real engine."""
    page.goto(f"{real_app}/next-sentence?steps=40&batch_size=8&seed=5")
    page.get_by_role("button", name="Train live").click(timeout=MINUTE)
    expect(page.get_by_text("trained here")).to_be_visible(timeout=TRAINED)
    expect(page.locator(".pair .at")).to_contain_text("step 40", timeout=TRAINED)
    expect(page.locator(".asked td", has_text="%").first).to_be_visible(timeout=TRAINED)
