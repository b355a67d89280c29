"""The maps in a browser: type, choose a head, scrub; what is drawn is asked of the pixels."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from llmviz.core.spec import RunSpec
from tests.e2e.waiting import MINUTE, QUIET
from tests.guess import skip_in_browser

pytestmark = pytest.mark.e2e

# The colour in the middle of a cell of the tile's map, as [red, green, blue].
PIXEL = "(canvas, [query, key]) => [...canvas.getContext('2d').getImageData(key, query, 1, 1).data].slice(0, 3)"


def visit(page: Page, address: str, tiles: int = 8) -> None:
    page.goto(address)
    page.locator(".st-key-train").wait_for(state="attached", timeout=MINUTE)
    expect(page.locator(".tile")).to_have_count(tiles, timeout=MINUTE)
    page.locator(QUIET).wait_for()


def tile(page: Page, layer: int, head: int) -> Locator:
    return page.locator(".tile").nth(4 * (layer - 1) + head - 1)


def token(page: Page, place: int) -> Locator:
    return page.locator(f".token[data-place='{place}']")


def pixel(page: Page, layer: int, head: int, query: int, key: int) -> int:
    """How dark a cell is: 0 is white."""
    red, *_ = tile(page, layer, head).locator("canvas").evaluate(PIXEL, [query, key])
    return 255 - int(red)


def test_type_choose_a_head_and_scrub(page: Page, fake_app: str) -> None:
    visit(page, f"{fake_app}/attention-maps")
    page.get_by_label("Your sentence").fill("the dog barks .")
    page.keyboard.press("Enter")
    expect(page.locator(".token")).to_have_text(["[CLS]", "the", "dog", "barks", ".", "[SEP]"])
    expect(page).to_have_url(re.compile("s=the"))

    tile(page, 1, 1).click()  # of the fake engine: it looks one token back
    expect(page.locator(".one .title")).to_have_text(re.compile("Layer 1, head 1 · previous token"))
    expect(page).to_have_url(re.compile("layer=1&head=1|head=1&layer=1"))
    assert pixel(page, 1, 1, query=2, key=1) > 4 * pixel(page, 1, 1, query=2, key=4) > 0
    token(page, 2).hover()
    expect(page.locator(".said")).to_have_text(re.compile("“dog” looks at “the” 8"))
    assert page.locator(".out path").count() < 6
    page.mouse.move(0, 0)

    skip_in_browser(page)
    slider = page.get_by_role("slider")
    slider.focus()
    page.keyboard.press("Home")
    expect(page.locator(".one .title")).to_have_text("Layer 1, head 1 · mixed")
    expect(page.locator(".one .about")).to_have_text(re.compile("step 0, random start$"))
    assert pixel(page, 1, 1, query=2, key=1) == pixel(page, 1, 1, query=2, key=4)  # it looks everywhere alike


def test_the_same_address_shows_the_same_maps(page: Page, fake_app: str) -> None:
    visit(page, f"{fake_app}/attention-maps?s=every+cow+moos&layer=2&head=1&step={RunSpec('mlm').train.steps}")
    before = page.locator(".maps").inner_text()
    assert "Layer 2, head 1" in before
    page.reload()
    expect(page.locator(".tile")).to_have_count(8, timeout=MINUTE)
    page.locator(QUIET).wait_for()
    assert page.locator(".maps").inner_text() == before


def test_it_works_by_keyboard_alone(page: Page, fake_app: str) -> None:
    visit(page, f"{fake_app}/attention-maps?layer=1&head=1")
    tile(page, 1, 1).focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    expect(tile(page, 2, 2)).to_be_focused()
    expect(tile(page, 2, 2)).to_have_attribute("aria-checked", "true")
    expect(page).to_have_url(re.compile("layer=2&head=2"))
    token(page, 0).focus()
    page.keyboard.press("ArrowRight")
    expect(token(page, 1)).to_be_focused()
    expect(page.locator(".said")).to_have_text(re.compile("^“the” looks at"))
    expect(token(page, 1)).to_have_attribute("aria-label", re.compile("looks at .*%"))
    page.keyboard.press("Space")
    expect(token(page, 1)).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".matrix")).to_have_attribute("aria-label", re.compile("Attention matrix, 9 by 9"))


def test_a_gpt_is_a_triangle_beside_a_full_square(page: Page, fake_app: str) -> None:
    visit(page, f"{fake_app}/attention-maps?tab=pair", tiles=16)
    last = 7  # the full stop of the first sentence, [CLS] counted
    for first, blank in ((0, False), (8, True)):
        canvas = page.locator(".tile").nth(first).locator("canvas")
        red, *_ = canvas.evaluate(PIXEL, [0, last])
        assert (red == 255) == blank
    page.locator(".matrix").nth(1).hover(position={"x": 150, "y": 70})
    expect(page.locator(".tip:visible").last).to_have_text(re.compile("cannot see"))


def test_a_hostile_sentence_is_only_text(page: Page, fake_app: str) -> None:
    visit(page, f"{fake_app}/attention-maps")
    page.get_by_label("Your sentence").fill("<img src=x onerror=alert(1)> **b** 😀 שלום")
    page.keyboard.press("Enter")
    expect(token(page, 1)).to_have_text("<")
    assert page.locator(".maps img").count() == 0


@pytest.mark.parametrize("tab", ["one", "pair"])
def test_all_fits_on_one_screen(page: Page, fake_app: str, tab: str) -> None:
    visit(page, f"{fake_app}/attention-maps?tab={tab}", tiles=8 if tab == "one" else 16)
    for selector in (".maps", ".curve", ".st-key-training_row", ".st-key-facts_row", ".st-key-question"):
        for box in (each.bounding_box() for each in page.locator(selector).all()):
            assert box and box["y"] + box["height"] <= 900 and box["x"] + box["width"] <= 1440


@pytest.mark.parametrize("view", ["head", "model", "neuron"])
def test_bertviz_draws_without_asking_anyone(page: Page, real_app: str, view: str) -> None:
    page.goto(real_app)
    page.locator(".st-key-train").wait_for(timeout=MINUTE)
    page.goto(f"{real_app}/attention-maps?tab={view}&s=%3C%2Fscript%3E+the+dog+barks+.")
    frame = page.frame_locator("iframe")
    expect(frame.locator("svg text", has_text="Heads" if view == "model" else "barks").first).to_be_attached(timeout=2 * MINUTE)
    assert frame.locator("svg line, svg path, svg rect").count() > 20
