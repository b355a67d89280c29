"""Your own text in a browser: from a pasted text to what its model writes, and on to labels of one's own, on the real engine."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.waiting import MINUTE, QUIET, TRAINED

pytestmark = pytest.mark.e2e

COLOURS, PLACES = ("red", "blue", "green", "white", "black"), ("barn", "house", "boat", "school", "church", "mill")
TEXT = "\n".join(f"the {one} {place} <b>by</b> the {other} boat" for one in COLOURS for other in COLOURS for place in PLACES)


def test_a_pasted_text_is_learnt_and_its_model_learns_labels(page: Page, real_app: str) -> None:
    page.goto(f"{real_app}/own-text?text=wiki&steps=60&learning_rate=0.01&draw=0")
    rows = page.locator(".replies .row")
    expect(rows.first.locator(".word")).not_to_have_count(0, timeout=MINUTE)  # the pretrained model writes before anything is trained
    page.locator(QUIET).wait_for(timeout=MINUTE)
    expect(page.get_by_role("button", name="Train live")).to_be_in_viewport(ratio=1)
    page.get_by_role("button", name="Your own text").click()
    page.get_by_role("textbox", name="Your own text").fill(TEXT)
    page.get_by_role("button", name="Learn from this text").click()
    expect(page).to_have_url(re.compile(r"text_digest=[0-9a-f]{64}"), timeout=MINUTE)
    expect(page.get_by_text("150 passages: 90 to learn from, 60 held out")).to_be_visible()
    page.get_by_role("button", name="Train live").click()
    expect(page.locator(".st-key-state")).to_contain_text("on test text", timeout=TRAINED)
    page.get_by_label("Your sentence").fill("the red")
    page.keyboard.press("Enter")
    expect(rows.nth(1).locator(".words")).to_contain_text(re.compile("boat|barn|house|school|church|mill"), timeout=MINUTE)
    assert page.locator(".replies b:has-text('by')").count() == 0
    expect(page.locator(".st-key-needs_area")).to_contain_text("it forgets")
    expect(page.get_by_role("heading", level=1)).to_contain_text("bits a byte of your text")
    page.reload()
    expect(page.get_by_text("150 passages: 90 to learn from")).to_be_visible(timeout=MINUTE)
    page.get_by_role("link", name="teach this model your own labels").click()
    expect(page).to_have_url(re.compile(r"own-labels\?.*parent=[0-9a-f]{64}"), timeout=MINUTE)
    page.locator(".cards .card").nth(2).wait_for(timeout=MINUTE)
    expect(page.get_by_role("combobox", name="Starts from")).to_have_value(re.compile("Your own text"))
    page.get_by_role("button", name="Train live").click()
    expect(page.locator(".st-key-state")).to_contain_text("right on test examples", timeout=TRAINED)
