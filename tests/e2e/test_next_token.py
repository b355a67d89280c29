"""*Next token* in a browser, on the fake engine: a beginning, a branch, a text, a slider."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from llmviz.core.run import RunRef
from llmviz.core.spec import RunSpec
from tests.e2e.test_page import CONTRAST
from tests.e2e.waiting import MINUTE, QUIET, SIZED
from tests.ui.fake_engine import FakeEngine
from tests.ui.fake_writing import STORY

pytestmark = pytest.mark.e2e

SNAPSHOTS = FakeEngine().history(RunRef(RunSpec("clm").id, 0)).snapshots


def visit(page: Page, address: str) -> None:
    page.goto(address)
    page.locator(".st-key-train").wait_for(state="attached", timeout=MINUTE)
    page.locator(".written .token").first.wait_for(timeout=MINUTE)
    page.locator(QUIET).wait_for()


def token(page: Page, place: int) -> Locator:
    return page.locator(f".written .token[data-place='{place}']")


def written(page: Page) -> list[str]:
    return page.locator(".written .token .word").all_inner_texts()


def test_begin_branch_write_scrub(page: Page, fake_app: str) -> None:
    visit(page, f"{fake_app}/next-token?temperature=0")
    page.get_by_label("Your sentence").fill("every owl")
    page.keyboard.press("Enter")
    expect(page.locator(".written .given")).to_have_text(["every", "owl"])
    assert written(page) == [*STORY, "(end)"]

    token(page, 2).click()
    expect(token(page, 2)).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".choices h3")).to_contain_text("at place 3")
    other = page.locator(".choices button.row").nth(2)
    word = other.locator("bdi").inner_text()
    other.click()
    expect(page).to_have_url(re.compile("branch="))
    expect(token(page, 2).locator(".word")).to_have_text(word)
    expect(page.locator(".choices h3")).to_contain_text("at place 4")  # the choice that comes next

    page.get_by_role("button", name="Start over").click()
    expect(page.locator(".written .token")).to_have_count(1)
    for place in range(3):
        page.get_by_role("button", name="Next token").click()
        expect(token(page, place).locator(".word")).to_have_text(STORY[place])
    page.get_by_role("button", name="To the end").click()
    expect(page.locator(".written .token")).to_have_count(len(STORY) + 1)

    slider = page.get_by_role("slider")
    slider.focus()
    page.keyboard.press("Home")
    expect(page.locator(".choices h3")).to_contain_text("at step 0")
    assert written(page) != [*STORY, "(end)"]
    page.keyboard.press("End")
    expect(page.locator(".choices h3")).to_contain_text(f"at step {SNAPSHOTS[-1]:,}")
    assert written(page) == [*STORY, "(end)"]


def test_scrubbing_calls_no_server_until_the_end(page: Page, fake_app: str) -> None:
    visit(page, f"{fake_app}/next-token")
    box = page.locator(".chart").bounding_box()
    assert box
    sent: list[object] = []
    page.on("websocket", lambda socket: socket.on("framesent", sent.append))
    before = written(page)
    page.mouse.move(box["x"] + 300, box["y"] + 60)
    page.mouse.down()
    page.mouse.move(box["x"] + 60, box["y"] + 60, steps=5)
    at = int(page.get_by_role("slider").get_attribute("aria-valuenow") or "0")
    expect(page.locator(".choices h3")).to_contain_text(f"at step {at:,}")
    assert at in SNAPSHOTS[:-1] and written(page) != before and not sent
    page.mouse.up()
    expect(page).to_have_url(re.compile(f"step={at}"))


def test_the_same_address_is_the_same_text(page: Page, fake_app: str) -> None:
    visit(page, f"{fake_app}/next-token?s=every+owl&temperature=3&draw=4&branch=20,21&at=3&step={SNAPSHOTS[20]}")
    page.locator(".choices .row").first.wait_for()
    before = page.locator(".written").inner_text(), page.locator(".choices").inner_text()
    page.reload()
    page.locator(".written .token").first.wait_for(timeout=MINUTE)
    page.locator(".choices .row").first.wait_for()
    expect(page.get_by_role("slider")).to_have_attribute("aria-valuenow", str(SNAPSHOTS[20]))
    assert (page.locator(".written").inner_text(), page.locator(".choices").inner_text()) == before
    page.get_by_role("button", name="Let it choose by itself again").click()
    expect(page).to_have_url(re.compile(r"^((?!branch).)*$"))


def test_by_keyboard(page: Page, fake_app: str) -> None:
    visit(page, f"{fake_app}/next-token?temperature=0")
    token(page, 0).focus()
    page.keyboard.press("ArrowRight")
    expect(token(page, 1)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".choices h3")).to_contain_text("at place 2")
    row = page.locator(".choices button.row").first
    row.focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator(".choices button.row").nth(1)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("branch="))


def test_a_hostile_beginning_is_only_text(page: Page, fake_app: str) -> None:
    visit(page, f"{fake_app}/next-token?more=sizes")
    page.get_by_label("Your sentence").fill("<img src=x onerror=alert(1)> **b**")
    page.keyboard.press("Enter")
    expect(page.locator(".written .given").first).to_contain_text("<")
    expect(page.locator(".running").first).to_contain_text("<img src=x onerror=alert(1)> **b**")
    assert page.locator(".written img, .running img").count() == 0


def test_the_tree_follows_the_slider(page: Page, fake_app: str) -> None:
    visit(page, f"{fake_app}/next-token")
    page.get_by_text("Beam search", exact=True).click()
    expect(page.locator(".tree .said")).to_contain_text(f"At step {SNAPSHOTS[-1]:,}: Likeliest of all", timeout=MINUTE)
    assert page.locator(".tree svg path.best").count() >= 2
    page.get_by_role("slider").focus()
    page.keyboard.press("Home")
    expect(page.locator(".tree .said")).to_contain_text("At step 0")


@pytest.mark.parametrize("filters", ["", "&temperature=0.7&top_k=5&top_p=0.9&penalty=1.2"])
def test_all_fits_on_one_screen(page: Page, fake_app: str, filters: str) -> None:
    visit(page, f"{fake_app}/next-token?draw=0{filters}")
    for selector in (".st-key-question", ".st-key-facts_row", ".curve", ".choices", ".written", ".st-key-dials_row"):
        box = page.locator(selector).first.bounding_box()
        assert box and box["y"] + box["height"] <= 900 and box["x"] + box["width"] <= 1440, selector
    outer, key = page.locator(".choices").bounding_box(), page.locator(".choices .key").bounding_box()
    assert outer and key and key["y"] + key["height"] <= outer["y"] + outer["height"] + 1


def test_nothing_moves_while_one_chooses(page: Page, fake_app: str) -> None:
    visit(page, f"{fake_app}/next-token")

    def places() -> list[object]:
        page.wait_for_timeout(300)
        return [page.locator(part).first.bounding_box() for part in (".choices", ".curve", ".st-key-training_row", ".st-key-question")]

    before = places()
    token(page, 3).click()
    expect(page.locator(".choices h3")).to_contain_text("at place 4")
    assert places() == before
    page.get_by_role("spinbutton", name="Temperature").fill("0.5")
    page.keyboard.press("Enter")
    expect(page.locator(".choices .head")).to_contain_text("temp.")
    assert places() == before
    page.get_by_role("button", name="Start over").click()
    expect(page.locator(".written .token")).to_have_count(1)
    assert places() == before


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_stand_out_from_their_ground(page: Page, fake_app: str, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    visit(page, f"{fake_app}/next-token?branch=20&temperature=0.7&more=sizes")
    page.wait_for_timeout(300)
    for selector in (
        ".given .word",
        ".token .word",
        ".token.chosen .word",
        ".choices .name",
        ".choices .head",
        ".choices .key",
        ".running",
    ):
        assert page.locator(selector).first.evaluate(CONTRAST) >= 4.5, selector


def test_a_lecture_goes_beat_by_beat(page: Page, fake_app: str) -> None:
    page.set_viewport_size({"width": 1280, "height": 720})
    visit(page, f"{fake_app}/next-token?lecture=1")
    title, choices, dials, curve = (page.locator(name) for name in (".head h1", ".choices", ".st-key-dials_row", ".curve"))
    expect(title).to_be_visible()
    expect(choices).to_be_hidden()
    page.keyboard.press("ArrowRight")
    expect(choices).to_be_visible()
    page.keyboard.press("ArrowRight")
    expect(dials).to_be_visible()
    page.evaluate(SIZED)
    for part in (choices, dials, page.locator(".written")):
        box = part.bounding_box()
        assert box and box["y"] + box["height"] <= 720 and box["x"] + box["width"] <= 1280
    for _ in range(2):
        page.keyboard.press("ArrowRight")
        page.wait_for_timeout(400)
    page.evaluate(SIZED)
    for part in (choices, curve):
        box = part.bounding_box()
        assert box and box["y"] + box["height"] <= 720


def test_the_model_of_the_library_writes_and_shows_how_it_came_to(page: Page, real_app: str) -> None:
    visit(page, f"{real_app}/next-token?text=library&more=grown")
    expect(page.get_by_text("recorded · 4,500 steps")).to_be_visible()
    told = page.locator(".st-key-more_area .running")
    expect(told).to_have_count(8)
    first, last = told.first.inner_text(), told.last.inner_text()
    assert first.startswith("The film is about a young man who") and last.startswith("The film is about a young man who") and first != last
    page.get_by_role("radio", name="Bits a byte").click()
    expect(page.get_by_text(re.compile(r"The GPT needs 1\.\d\d bits a byte, fewer than zlib, xz, primed xz and trigram\."))).to_be_visible()
    expect(page.locator(".st-key-more_area .js-plotly-plot .bars .point")).to_have_count(5)
    page.get_by_role("radio", name="a speech").click()
    expect(page.locator(".written .given").first).to_have_text("My")
    expect(page).to_have_url(re.compile("s=My"))
