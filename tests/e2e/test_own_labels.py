"""Your own labels in a browser: from a pasted table to a classified sentence on the real engine; the rest on the fake one."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.test_page import CONTRAST
from tests.e2e.waiting import MINUTE, QUIET, TRAINED

pytestmark = pytest.mark.e2e

MOODS = {"glad": "great lovely wonderful superb", "sad": "awful terrible boring poor", "<b>so so</b>": "usual normal plain average"}
OPENINGS = ("what a", "this was a", "it is a", "a very", "we had a", "they saw a")
CSV = "said,mood\n" + "\n".join(
    f"{opening} {word} {noun},{mood}"
    for mood, words in MOODS.items()
    for word in words.split()
    for opening in OPENINGS
    for noun in ("film", "day")
)


def visit(page: Page, address: str) -> None:
    page.goto(address)
    page.locator(".cards .card").nth(2).wait_for(timeout=MINUTE)
    page.locator(QUIET).wait_for(timeout=MINUTE)


def paste(page: Page, text: str) -> None:
    page.get_by_role("button", name="Your own table").click()
    page.get_by_role("textbox", name="Your own table").fill(text)
    page.get_by_role("button", name="Read the table").click()


def test_a_pasted_table_is_learnt_and_a_sentence_classified(page: Page, real_app: str) -> None:
    visit(page, f"{real_app}/own-labels?steps=60")
    expect(page.get_by_role("button", name="Train live")).to_be_in_viewport(ratio=1)
    paste(page, CSV)
    expect(page.locator(".own_rows th.taken")).to_have_count(2, timeout=MINUTE)
    expect(page.get_by_text("144 examples of 3 classes")).to_be_visible()
    assert page.locator(".own_rows b, .own_rows img").count() == 0
    page.get_by_role("button", name="Learn from this table").click()
    expect(page).to_have_url(re.compile(r"labels_digest=[0-9a-f]{64}"), timeout=MINUTE)
    page.get_by_role("button", name="Train live").click()
    expect(page.locator(".st-key-state")).to_contain_text("right on test examples", timeout=TRAINED)
    page.get_by_label("Your sentence").fill("this was a superb film")
    page.keyboard.press("Enter")
    after = page.locator(".cards .card").nth(1)
    expect(after.locator(".label")).to_have_text("glad", timeout=MINUTE)
    expect(after.locator(".one .name")).to_have_text(["<b>so so</b>", "glad", "sad"])
    expect(page.locator(".cards .card").first.locator(".label")).to_have_text("undecided")
    page.reload()
    expect(after.locator(".label")).to_have_text("glad", timeout=MINUTE)
    expect(page.get_by_text("144 examples of 3 classes")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_is_no_table_is_refused_where_it_was_given(page: Page, fake_app: str, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    visit(page, f"{fake_app}/own-labels")
    paste(page, "no table")
    refusal = page.locator("[data-testid=stPopoverBody]").get_by_text("divides most rows")
    expect(refusal).to_be_visible(timeout=MINUTE)
    assert refusal.evaluate(CONTRAST) >= 4.5
    page.locator("input[type=file]").set_input_files({"name": "mine.csv", "mimeType": "text/csv", "buffer": CSV.encode()})
    expect(page.locator(".own_rows th.taken")).to_have_count(2, timeout=MINUTE)
    expect(page.get_by_role("textbox", name="Your own table")).to_be_hidden()


def test_a_table_of_twenty_labels_fits(page: Page, fake_app: str) -> None:
    visit(page, f"{fake_app}/own-labels?tab=mistakes")
    paste(
        page,
        "said,kind\n"
        + "\n".join(
            f"a text that is longer than {place} {number},a rather long label {place}" for place in range(20) for number in range(10)
        ),
    )
    page.get_by_role("button", name="Learn from this table").click(timeout=MINUTE)
    expect(page).to_have_url(re.compile("labels_digest="), timeout=MINUTE)
    page.get_by_role("button", name="Train live").click()
    expect(page.locator(".confusion .cell")).to_have_count(400, timeout=MINUTE)
    expect(page.locator(".cards .card").nth(1).locator(".one")).to_have_count(6)
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    box = page.locator(".confusion table").bounding_box()
    assert box and box["x"] + box["width"] <= 1440
