"""Before and after in a browser, on the fake engine: what only a browser can show."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from llmviz.views.reveal import GUESS_FIRST
from tests.e2e.waiting import MINUTE, QUIET
from tests.guess import skip_in_browser

pytestmark = pytest.mark.e2e


def visit(page: Page, address: str) -> Locator:
    """Open the page and wait for its predictions; returns the cards."""
    page.goto(address)
    page.locator(".cards .says .label").nth(2).wait_for(timeout=MINUTE)
    page.locator(QUIET).wait_for(timeout=MINUTE)
    return page.locator(".cards .card")


def test_one_slider_moves_cards_words_and_accuracies(page: Page, fake_app: str) -> None:
    cards = visit(page, f"{fake_app}/before-after")
    skip_in_browser(page)
    expect(cards.nth(1)).to_contain_text("positive")
    certain = cards.nth(1).locator(".share").inner_text()
    right = page.locator(".accuracy-bars").inner_text()
    page.get_by_role("slider").first.focus()
    page.keyboard.press("Home")
    expect(cards.nth(1).locator(".at")).to_have_text("step 0, pretrained body, new head")
    expect(cards.nth(0).locator(".at")).to_have_text("step 0, pretrained body, new head")
    assert cards.nth(1).locator(".share").inner_text() == cards.nth(0).locator(".share").inner_text() != certain
    assert page.locator(".accuracy-bars").inner_text() != right


def test_a_word_left_out_no_longer_speaks(page: Page, fake_app: str) -> None:
    cards = visit(page, f"{fake_app}/before-after")
    charming = page.locator(".weighed .token", has_text="charming")
    charming.click()
    expect(page).to_have_url(re.compile("hide=8"))
    expect(cards.nth(1)).to_contain_text("negative")  # "dull" is all that is left
    charming.click()
    expect(cards.nth(1)).to_contain_text("positive")


def test_every_tensor_says_where_it_is_from(page: Page, fake_app: str) -> None:
    visit(page, f"{fake_app}/before-after?tab=network")
    layers = page.locator(".network .layer")
    expect(layers.filter(has_text="embeddings").first).to_contain_text("copied")
    expect(layers.filter(has_text="head").first).to_contain_text("new")
    expect(page.locator(".network .moves")).to_contain_text("Full fine-tuning moves 256 of 256 numbers.")
    words = layers.filter(has_text="embeddings").first
    words.locator("button").first.click()
    same = words.locator(".hash").first
    expect(same).to_be_visible()
    *hashes, fate = (same.get_attribute("data-tip") or "").splitlines()
    parent, child, last = (line.split()[-1] for line in hashes)
    assert fate == "copied, trained" and last != parent == child and re.fullmatch("[0-9a-f]{64}", parent)


def test_the_other_model_is_trained_by_its_own_button(page: Page, fake_app: str) -> None:
    page.goto(f"{fake_app}/before-after?labels=64")
    page.get_by_role("button", name="Train live").click()
    expect(page.locator(".cards .card").nth(1).locator(".label")).to_be_visible(timeout=MINUTE)
    page.get_by_role("button", name="Train from scratch too").click()
    expect(page.locator(".cards .card").nth(2).locator(".label")).to_be_visible(timeout=MINUTE)
    expect(page.locator(".accuracy-bars")).to_contain_text("from scratch", timeout=MINUTE)


def test_all_fits_on_one_screen(page: Page, fake_app: str) -> None:
    visit(page, f"{fake_app}/before-after")
    for selector in (".weighed", ".cards", ".accuracy-bars", ".curve", ".st-key-training_row", ".st-key-facts_row", ".st-key-question"):
        box = page.locator(selector).first.bounding_box()
        assert box and box["y"] + box["height"] <= 900 and box["x"] + box["width"] <= 1440, selector


def test_nothing_jumps_when_the_answer_comes(page: Page, fake_app: str) -> None:
    visit(page, f"{fake_app}/before-after")
    expect(page.locator(".accuracy-bars")).to_contain_text(GUESS_FIRST)
    below = (
        ".weighed",
        ".cards",
        ".accuracy-bars",
        ".curve",
        ".st-key-training_row",
        ".st-key-facts_row",
        ".st-key-closer_row",
        ".st-key-notes_below",
    )

    def places() -> list[object]:
        page.wait_for_timeout(300)
        return [page.locator(part).first.bounding_box() for part in below]

    before = places()
    page.locator(".st-key-question").get_by_text("up to 60%").click()
    expect(page.locator(".st-key-answer")).to_contain_text("Its accuracy on test texts is")
    expect(page.locator(".accuracy-bars")).not_to_contain_text(GUESS_FIRST)
    assert places() == before


def test_a_hostile_sentence_is_only_text(page: Page, fake_app: str) -> None:
    page.goto(f"{fake_app}/before-after?s=%3Cimg+src%3Dx+onerror%3Dalert(1)%3E+the+film+was+superb+.")
    expect(page.locator(".weighed .token").first).to_contain_text("<", timeout=MINUTE)
    assert page.locator(".weighed img, .cards img").count() == 0
