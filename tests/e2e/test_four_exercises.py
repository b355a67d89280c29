"""*Four exercises* in a real browser: roll, type, set a rate, scrub, and go on by keyboard."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from llmviz.core.questions.exercise import KINDS
from tests.e2e.waiting import MINUTE, QUIET, SIZED, TRAINED

pytestmark = pytest.mark.e2e


def visit(page: Page, address: str) -> None:
    page.goto(address)
    expect(page.locator(".lane")).to_have_count(len(KINDS), timeout=MINUTE)
    expect(lane(page, "span").locator(".loss")).to_contain_text("nats", timeout=TRAINED)  # it may be the first that a worker is asked
    page.locator(QUIET).wait_for(timeout=MINUTE)


def lane(page: Page, kind: str) -> Locator:
    return page.locator(".lane").nth(KINDS.index(kind))


def test_roll_type_and_set(page: Page, real_app: str) -> None:
    visit(page, f"{real_app}/four-exercises")
    before = lane(page, "mlm").locator(".read").all_inner_texts()
    page.get_by_role("button", name="Roll again").click()
    expect(page).to_have_url(re.compile("roll=6"))
    expect(lane(page, "mlm").locator(".read")).not_to_have_text(before, timeout=MINUTE)
    page.get_by_label("Your sentence").fill("the capital of France is <b>Paris</b> .")
    page.keyboard.press("Enter")
    expect(lane(page, "nsp").locator(".note")).to_contain_text("One sentence makes no pair", timeout=MINUTE)
    expect(lane(page, "clm").locator(".loss")).to_contain_text("nats", timeout=MINUTE)
    expect(lane(page, "clm").locator("[data-target] .chance").first).to_contain_text("%")
    assert page.locator(".lane b b").count() == 0
    page.get_by_text("an opinion").click()
    expect(lane(page, "nsp").locator(".said .true")).to_have_text(re.compile("follow"), timeout=MINUTE)
    lane(page, "nsp").get_by_role("button", name="does not follow").first.click()
    expect(page).to_have_url(re.compile("second=other"))
    drawn = lane(page, "mlm").locator(".read").all_inner_texts()
    rate = lane(page, "mlm").get_by_role("slider")
    rate.focus()
    page.keyboard.press("End")
    expect(page).to_have_url(re.compile(r"rate=0\.9"), timeout=MINUTE)
    expect(lane(page, "mlm").locator(".read")).not_to_have_text(drawn, timeout=MINUTE)
    shown = lane(page, "mlm").locator(".read").all_inner_texts()
    page.reload()
    expect(lane(page, "mlm").locator(".read")).to_have_text(shown, timeout=MINUTE)


def test_the_slider_goes_back_to_the_untrained_models_without_the_server(page: Page, fake_app: str) -> None:
    sent: list[str | bytes] = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda frame: sent.append(frame)))
    visit(page, f"{fake_app}/four-exercises")
    loss = lane(page, "clm").locator(".loss")
    trained, count = loss.inner_text(), len(sent)
    slider = page.get_by_role("slider", name="How far the four models are trained")
    slider.evaluate("slider => { slider.value = 0; slider.dispatchEvent(new Event('input')); }")
    expect(lane(page, "clm").locator(".before")).to_have_text("untrained")
    assert loss.inner_text() != trained and len(sent) == count
    slider.focus()
    page.keyboard.press("ArrowRight")
    expect(page).to_have_url(re.compile(r"step=\d+"))
    target = lane(page, "clm").locator("[data-target]").first
    target.focus()
    page.keyboard.press("ArrowRight")
    expect(lane(page, "clm").locator("[data-target]").nth(1)).to_be_focused()
    expect(target).to_have_attribute("aria-label", re.compile(r"to be said: Leo, given .* Likeliest: "))


def test_the_first_screen_holds_the_exercises_and_the_question(page: Page, fake_app: str) -> None:
    visit(page, f"{fake_app}/four-exercises")
    for selector in (".lane >> nth=3", ".st-key-question"):
        box = page.locator(selector).bounding_box()
        assert box and box["y"] + box["height"] <= 900 and box["x"] + box["width"] <= 1440, selector


def test_every_beat_of_a_lecture_fits(page: Page, fake_app: str) -> None:
    page.set_viewport_size({"width": 1280, "height": 720})
    page.goto(f"{fake_app}/four-exercises?lecture=1")
    for beat in range(1, 8):
        expect(page.get_by_text(f"{beat} of 7")).to_be_visible(timeout=MINUTE)
        page.locator(QUIET).wait_for(timeout=MINUTE)
        page.evaluate(SIZED)
        for part in page.locator(".lane, .st-key-question, .st-key-roll_row, .st-key-harvest_area").all():
            if part.is_visible() and (box := part.bounding_box()):
                assert box["y"] + box["height"] <= 720 and box["x"] + box["width"] <= 1280, beat
        page.get_by_role("button", name="On").click()  # a key that is pressed while the page is drawn anew is lost
