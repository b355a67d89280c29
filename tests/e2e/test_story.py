"""Start and Lab book in a browser: on the fake engine what only a browser can show, on the real one the whole way."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from llmviz.core.spec import preset
from llmviz.experiments import LESSONS
from tests.e2e.waiting import MINUTE, QUIET, TRAINED

pytestmark = pytest.mark.e2e

READING, TUNING = preset("mlm").train.steps, preset("sentiment").train.steps
SMALL = "steps=4&seed=5"  # every step of so few is evaluated


def start(page: Page, address: str) -> Locator:
    """Open the page and wait for its cards; returns the slider."""
    page.goto(address)
    page.locator(".story .card").first.wait_for(state="attached", timeout=MINUTE)
    page.locator(QUIET).wait_for(timeout=MINUTE)
    return page.get_by_role("slider", name="A place in the life of the model")


def card(page: Page, place: int) -> Locator:
    return page.locator(".story .card").nth(place)


def test_one_slider_goes_through_both_phases(page: Page, fake_app: str) -> None:
    slider = start(page, fake_app)
    expect(slider).to_have_attribute("aria-valuetext", f"fine-tuning, step {TUNING:,}")
    expect(card(page, 3)).to_have_class(re.compile(r"\bnow\b"))
    slider.focus()
    page.keyboard.press("Home")
    expect(slider).to_have_attribute("aria-valuetext", "pretraining, step 0")
    expect(card(page, 0)).to_have_class(re.compile(r"\bnow\b"))
    expect(card(page, 3)).to_have_class(re.compile(r"\bahead\b"))
    page.keyboard.press("PageUp")  # the first step of the second phase
    expect(slider).to_have_attribute("aria-valuetext", "fine-tuning, step 0")
    expect(card(page, 2)).to_have_class(re.compile(r"\bnow\b"))
    page.keyboard.press("ArrowLeft")
    expect(slider).to_have_attribute("aria-valuetext", f"pretraining, step {READING:,}")
    expect(page).to_have_url(re.compile(f"step={READING}$"))
    page.reload()
    expect(slider).to_have_attribute("aria-valuetext", f"pretraining, step {READING:,}", timeout=MINUTE)


def test_dragging_calls_no_server_until_the_end(page: Page, fake_app: str) -> None:
    sent: list[str | bytes] = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda frame: sent.append(frame)))
    slider = start(page, fake_app)
    box = page.locator(".story .rail").bounding_box()
    assert box and sent
    before = len(sent)
    page.mouse.move(box["x"] + box["width"] - 20, box["y"] + 12)
    page.mouse.down()
    page.mouse.move(box["x"] + 100, box["y"] + 12, steps=8)
    expect(slider).to_have_attribute("aria-valuetext", re.compile("pretraining"))
    assert len(sent) == before and "step=" not in page.url
    page.mouse.up()
    expect(page).to_have_url(re.compile("step="))
    assert len(sent) > before


def test_a_stage_without_a_head_says_so(page: Page, fake_app: str) -> None:
    start(page, fake_app)
    for place in (0, 1):
        expect(card(page, place)).to_contain_text("no head for sentiment yet")
    for place in (2, 3):
        expect(card(page, place)).to_contain_text("left behind")
    expect(card(page, 1)).to_contain_text("charming ✓")
    expect(card(page, 3)).to_contain_text("positive")


def test_another_word_is_hidden_by_a_click(page: Page, fake_app: str) -> None:
    start(page, fake_app)
    page.locator(".token[data-place='6']").click()
    expect(page).to_have_url(re.compile("hide=6"))
    expect(page.locator(".token[data-place='6']")).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".token[data-place='8']")).to_have_attribute("aria-pressed", "false")
    expect(card(page, 1)).to_contain_text("concert ✓")


def test_start_is_one_screen(page: Page, fake_app: str) -> None:
    start(page, fake_app)
    for selector in (".story", ".st-key-training_row", ".st-key-question"):
        box = page.locator(selector).first.bounding_box()
        assert box and box["y"] + box["height"] <= 900 and box["x"] + box["width"] <= 1440, selector


def test_the_path_leads_from_page_to_page(page: Page, fake_app: str) -> None:
    start(page, fake_app)
    forward = page.locator(".st-key-path_row a").last
    expect(forward).to_contain_text(LESSONS[1].title)
    forward.click()
    expect(page).to_have_url(re.compile(LESSONS[1].page))
    back = page.locator(".st-key-path_row a").first
    expect(back).to_contain_text(LESSONS[0].title)
    back.click()
    page.locator(".story .card").first.wait_for()


def test_a_lecture_goes_on_to_the_next_page_and_back(page: Page, fake_app: str) -> None:
    start(page, f"{fake_app}/?lecture=1")
    count = int((page.locator(".st-key-beats").inner_text().split(" of ")[1]).split()[0])
    for beat in range(2, count + 1):
        page.keyboard.press("ArrowRight")
        expect(page.locator(".st-key-beats")).to_contain_text(f"{beat} of {count}")
    page.set_viewport_size({"width": 1280, "height": 720})
    page.wait_for_timeout(700)  # the beat is sized anew
    rows, beats = page.locator(".st-key-map_rows").bounding_box(), page.locator(".st-key-beats").bounding_box()
    assert rows and beats and rows["y"] + rows["height"] <= beats["y"]  # all ten slides, none covered
    page.keyboard.press("ArrowRight")
    expect(page).to_have_url(re.compile(rf"{LESSONS[1].page}\?.*lecture=1"))
    expect(page.locator(".st-key-beats")).to_contain_text("1 of")
    page.locator(QUIET).wait_for()
    page.keyboard.press("ArrowLeft")
    expect(page.locator(".st-key-beats")).to_contain_text(f"{count} of {count}")
    expect(page).to_have_url(re.compile(rf"/\?lecture=1&beat={count}$"))


def test_ticks_by_keyboard_and_filter_in_the_address(page: Page, fake_app: str) -> None:
    page.goto(fake_app)
    page.get_by_role("link", name="Lab book").first.click()
    rows = page.locator(".lineage .row[data-key]:not(.missing)")
    rows.first.wait_for()
    rows.first.focus()
    page.keyboard.press("Space")
    expect(rows.first).to_have_attribute("aria-selected", "true")
    expect(page).to_have_url(re.compile(rf"one={rows.first.get_attribute('data-key')}$"))
    expect(page.locator(".st-key-one_area")).to_be_visible()
    page.keyboard.press("ArrowDown")
    expect(rows.nth(1)).to_be_focused()
    page.keyboard.press("Space")
    expect(page.locator(".overlay path.line").first).to_be_visible()
    page.locator(QUIET).wait_for()
    page.get_by_label("Search").fill("union")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("words=union"))
    expect(page.locator(".lineage .note")).to_contain_text("of")


def test_start_live_then_compare_then_open_in_the_lab_book(page: Page, real_app: str, tmp_path: Path) -> None:
    slider = start(page, f"{real_app}/?{SMALL}")
    page.get_by_role("button", name="Run the whole story live").click()
    expect(page).to_have_url(re.compile(r"run=[0-9a-f]{64}-1"), timeout=MINUTE)
    expect(page.locator(".story .phase").nth(1)).to_contain_text("waits for phase 1", timeout=TRAINED)
    address = page.url
    page.reload()  # it goes on without us
    page.locator(".story .card").first.wait_for(timeout=MINUTE)
    expect(page.get_by_text("trained here").first).to_be_visible(timeout=TRAINED)
    expect(page.locator(".st-key-training_row")).to_contain_text("three runs", timeout=TRAINED)
    expect(slider).to_have_attribute("aria-valuetext", re.compile("fine-tuning, step [1-9]"), timeout=TRAINED)
    for place in (2, 3, 4):
        expect(card(page, place)).to_contain_text(re.compile("positive|negative"), timeout=MINUTE)
    assert page.url == address

    page.get_by_role("link", name="Lab book").first.click()
    tuned = page.locator(".lineage .row[aria-level='2']").filter(has_not_text="recorded").first
    tuned.click(timeout=MINUTE)
    expect(page.locator(".one").first).to_contain_text("random weights → Masked tokens → Sentiment")
    page.locator(".lineage .row[aria-level='1']").filter(has_text="Sentiment").filter(has_not_text="recorded").first.click()
    expect(page.locator(".compared")).to_contain_text("right predictions", timeout=MINUTE)
    expect(page.locator(".said").nth(1)).to_contain_text("it predicts", timeout=MINUTE)
    page.locator(".lineage .row[aria-level='1']").filter(has_text="Sentiment").filter(has_not_text="recorded").first.click()
    expect(page.locator(".st-key-one_area")).to_be_visible(timeout=MINUTE)
    with page.expect_download() as download:
        page.get_by_role("button", name="Export").click()
    file = tmp_path / download.value.suggested_filename
    download.value.save_as(file)
    assert file.read_bytes().startswith(b"PK")
    page.get_by_role("button", name="Import").click()
    page.locator("input[type=file]").set_input_files(file)
    expect(page.get_by_text("is here already")).to_be_visible(timeout=MINUTE)
    page.get_by_role("link", name="Open").first.click()  # while the page is drawn anew there may be two of it
    expect(page).to_have_url(re.compile(r"before-after\?.*run=[0-9a-f]{64}-1"))
