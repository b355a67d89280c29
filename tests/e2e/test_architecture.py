"""The walk in a browser, on the recordings' own weights: type, zoom, add up, go on, other step. What is drawn is asked of the page."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.waiting import MINUTE, QUIET

pytestmark = pytest.mark.e2e

INKED = """canvas => {
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  return new Set(new Uint32Array(data.buffer)).size;
}"""


def visit(page: Page, address: str) -> None:
    page.goto(address)
    page.locator(".st-key-train").wait_for(state="attached", timeout=MINUTE)
    expect(page.locator("canvas.grid-of-numbers")).to_be_visible(timeout=MINUTE)
    page.locator(QUIET).wait_for()


def box(page: Page, name: str) -> Locator:
    return page.locator("button.box", has_text=re.compile(rf"^{name}")).first


def adds_up(page: Page) -> None:
    expect(page.locator(".check.right")).to_have_text(re.compile("adds up"))
    expect(page.locator(".check.off")).to_have_count(0)


def test_type_zoom_and_add_up(page: Page, real_app: str) -> None:
    visit(page, f"{real_app}/architecture")
    expect(page.locator(".top h3 .title")).to_have_text("attention")
    adds_up(page)
    page.get_by_label("Your sentence").fill("the dog barks .")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("s=the"))
    for name in ("norm", "query", "scores", "values, mixed", "output", r"stream \+ attention", "wider", "activation"):
        box(page, name).click()
        expect(page.locator(".top h3 .title")).to_have_text(re.compile(rf"^{name}"))
        adds_up(page)
    grid = page.locator("canvas.grid-of-numbers")
    assert grid.evaluate(INKED) > 20
    told = page.locator("section.made .cell")
    before = told.inner_text()
    grid.focus()
    page.keyboard.press("ArrowUp")
    expect(told).not_to_have_text(before)
    adds_up(page)
    expect(page).to_have_url(re.compile("row="))


def test_the_strip_adds_up_term_by_term(page: Page, real_app: str) -> None:
    visit(page, f"{real_app}/architecture")
    box(page, "query").click()
    strip = page.locator("canvas.strip")
    strip.focus()
    page.keyboard.press("End")
    product, _, running = page.locator(".told .words").inner_text().partition("sum so far")
    assert "×" in product
    total = page.locator(".equation .result b").inner_text()
    bias = page.locator(".equation").inner_text()
    assert running.strip() in bias  # the sum of all terms stands in the equation, before the bias
    assert re.fullmatch(r"−?\d+\.\d{4}", total)


def test_the_guided_walk_leads_through_all_stages_to_the_next_word(page: Page, real_app: str) -> None:
    visit(page, f"{real_app}/architecture?opened=0&box=0")
    expect(page.locator(".which")).to_have_text(re.compile("box 1 of 36"))
    for number in range(2, 37):
        page.locator(".turn .on").click()
        expect(page.locator(".which")).to_have_text(re.compile(f"box {number} of 36"))
        expect(page.locator("canvas.grid-of-numbers")).to_be_visible(timeout=MINUTE)
    expect(page.locator(".top h3 .title")).to_have_text("probabilities")
    expect(page.locator(".likeliest")).to_contain_text("Madrid")
    expect(page).to_have_url(re.compile("opened=3"))


def test_another_step_has_other_numbers(page: Page, real_app: str) -> None:
    visit(page, f"{real_app}/architecture")
    box(page, "wider").click()
    page.locator(QUIET).wait_for()
    before = page.locator(".equation .result b").inner_text()
    page.get_by_role("slider", name=re.compile("step", re.IGNORECASE)).first.focus()
    page.keyboard.press("Home")
    expect(page).to_have_url(re.compile("step=0"))
    expect(page.locator(".equation .result b")).not_to_have_text(before, timeout=MINUTE)
    adds_up(page)


def test_what_is_switched_off_and_the_lens_are_asked_of_real_weights(page: Page, real_app: str) -> None:
    page.goto(f"{real_app}/architecture?stage=mlm&tab=pieces")
    page.get_by_role("button", name="Show without guessing").click()
    table = page.locator("table[aria-label^=Pieces]")
    expect(table).to_contain_text("block 2, head 4", timeout=MINUTE)
    expect(table.locator("th", has_text="grammar")).to_be_visible(timeout=MINUTE)
    page.goto(f"{real_app}/architecture?stage=mlm&tab=lens")
    expect(page.locator("table[aria-label^=Places]")).to_contain_text("Madrid", timeout=MINUTE)
