"""Your own names in a browser, on the real engine: from a pasted text to a tagged sentence."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.waiting import MINUTE, QUIET, TRAINED

pytestmark = pytest.mark.e2e

FILMS = ["Alien", "Brazil", "Casino", "Dune", "Elephant", "Fargo", "Gandhi", "Heat", "Inception", "Jaws", "Kes", "Lolita"]
TEXT = "\n".join(f"{who} saw [{film}](<b>FILM</b>) {when} ." for film in FILMS for who in ("we", "they") for when in ("today", "again"))


def test_a_pasted_text_is_learnt_and_a_sentence_tagged(page: Page, real_app: str) -> None:
    page.goto(f"{real_app}/own-names?steps=40")
    page.locator(QUIET).wait_for(timeout=MINUTE)
    expect(page.get_by_role("button", name="Train live")).to_be_in_viewport(ratio=1)
    page.get_by_role("button", name="Your own text").click()
    page.get_by_role("textbox", name="Your own text").fill(TEXT)
    page.get_by_role("button", name="Learn from this text").click()
    expect(page).to_have_url(re.compile(r"tags_digest=[0-9a-f]{64}"), timeout=MINUTE)
    expect(page.locator(".own_tagged mark").first).to_have_text("<b>FILM</b>")
    page.get_by_role("button", name="Train live").click()
    expect(page.locator(".st-key-state")).to_contain_text("done", timeout=TRAINED)
    page.get_by_label("Your sentence").fill("they saw Metropolis today .")  # a film of no sentence
    page.keyboard.press("Enter")
    before, after = (page.locator(".tagged .row").nth(place) for place in (0, 1))
    expect(after.locator(".word.in")).to_have_text(re.compile("Metropolis"), timeout=MINUTE)
    expect(before.locator(".word.in")).to_have_count(0)
    page.reload()
    expect(after.locator(".word.in")).to_have_count(1, timeout=MINUTE)
