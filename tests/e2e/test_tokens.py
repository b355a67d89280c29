"""Tokens in a browser: point, step through merges, learn from a text of one's own; on the real engine what it learns."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from llmviz.core.questions.vocabulary import KINDS
from tests.e2e.test_page import CONTRAST
from tests.e2e.waiting import MINUTE, QUIET, SIZED

pytestmark = pytest.mark.e2e

OWN = "the dog barks and the dogs bark .\nan owl hoots at the dog .\n" * 40


def visit(page: Page, address: str) -> None:
    page.goto(address)
    expect(page.locator(".pieces .row")).to_have_count(len(KINDS), timeout=MINUTE)
    page.locator(".pieces .piece").first.wait_for(state="attached", timeout=MINUTE)
    page.locator(QUIET).wait_for(timeout=MINUTE)


def row(page: Page, kind: str) -> Locator:
    return page.locator(".pieces .row").nth(KINDS.index(kind))


def pieces(page: Page, kind: str) -> list[str]:
    return row(page, kind).locator(".piece").all_inner_texts()


def test_pointing_at_a_piece_tells_how_it_came_to_be(page: Page, fake_app: str) -> None:
    visit(page, f"{fake_app}/tokens?s=united+unhappiest")
    head, steps = page.locator(".detail .said"), page.locator(".detail .steps")
    row(page, "wordpiece").locator(".piece").nth(1).hover()
    expect(head).to_have_text(re.compile(r"^id \d+ · .* in the text"))
    expect(steps).to_contain_text("Looked up")
    expect(steps.locator(".out").first).to_have_text("unhappiest")
    row(page, "unigram").locator(".piece").last.hover()
    expect(steps.locator(".step.picked")).to_have_count(1)
    expect(head).to_contain_text("score −")
    row(page, "bpe").locator(".piece").nth(1).hover()
    expect(steps).to_contain_text("Merged")
    expect(row(page, "bpe").locator(".piece").nth(1)).to_have_class(re.compile(r"\bnow\b"))


def test_the_slider_steps_through_merges_without_the_server(page: Page, fake_app: str) -> None:
    sent: list[str | bytes] = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda frame: sent.append(frame)))
    visit(page, f"{fake_app}/tokens?s=the+people")
    slider = page.get_by_role("slider", name="Merges made in this sentence")
    whole = pieces(page, "bpe")
    count = int(slider.get_attribute("max") or 0)
    before = len(sent)
    slider.evaluate("slider => { slider.value = 0; slider.dispatchEvent(new Event('input')); }")
    expect(row(page, "bpe").locator(".piece")).to_have_text(["t", "h", "e", "Ġ", "p", "e", "o", "p", "l", "e"])
    expect(page.locator(".told")).to_have_text("letters, before any merge")
    slider.evaluate("slider => { slider.value = 1; slider.dispatchEvent(new Event('input')); }")
    expect(page.locator(".told")).to_have_text(re.compile(rf"merge 1 of {count}: .* → .*, met [\d,]+ times"))
    assert len(sent) == before and "step=" not in page.url and len(pieces(page, "bpe")) < 10
    slider.focus()
    page.keyboard.press("ArrowRight")
    expect(page).to_have_url(re.compile(r"step=\d+"))
    shown = pieces(page, "bpe")
    page.reload()
    expect(page.locator(".told")).to_have_text(re.compile("merge 2 of"), timeout=MINUTE)
    assert pieces(page, "bpe") == shown
    slider.focus()
    page.keyboard.press("End")
    expect(page).to_have_url(re.compile(r"^((?!step=).)*$"))
    assert pieces(page, "bpe") == whole


def test_it_works_by_keyboard_alone(page: Page, fake_app: str) -> None:
    visit(page, f"{fake_app}/tokens?s=united+unhappiest")
    first = row(page, "bpe").locator(".piece[tabindex='0']")
    first.focus()
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    second = row(page, "bpe").locator(".piece").nth(1)
    expect(second).to_be_focused()
    expect(second).to_have_attribute("aria-label", re.compile(r": id \d+"))
    page.keyboard.press("ArrowDown")
    expect(row(page, "wordpiece").locator(".piece:focus")).to_have_count(1)
    assert page.locator(".pieces .piece[tabindex='0']").count() == len(KINDS)


def test_back_and_forward_go_from_text_to_text(page: Page, fake_app: str) -> None:
    visit(page, f"{fake_app}/tokens?s=the+people")
    before = pieces(page, "unigram")
    page.get_by_label("Learnt from").click()
    page.get_by_role("option", name="Tinyland").click()
    expect(page).to_have_url(re.compile("text=tinyland"))
    expect(page.locator(".badge")).to_contain_text("letters")
    page.locator(QUIET).wait_for()
    expect(page.locator(".costs .line.own")).to_contain_text("Tinyland")
    page.go_back()
    expect(page.locator(".costs .line.own")).to_contain_text("State of the Union")
    assert pieces(page, "unigram") == before


def test_hostile_text_is_only_text(page: Page, fake_app: str) -> None:
    visit(page, f"{fake_app}/tokens")
    page.get_by_label("Your sentence").fill("<img src=x onerror=alert(1)> **b** 😀 שלום")
    page.keyboard.press("Enter")
    expect(page.locator(".pieces .note")).to_contain_text("<, img")
    expect(row(page, "bpe").locator(".piece").first).to_have_text("<")
    assert page.locator(".pieces img").count() == 0


def test_the_first_screen_holds_the_sentence_and_the_question(page: Page, fake_app: str) -> None:
    visit(page, f"{fake_app}/tokens")
    for selector in (".pieces", ".st-key-learn_row", ".st-key-question"):
        box = page.locator(selector).first.bounding_box()
        assert box and box["y"] + box["height"] <= 900 and box["x"] + box["width"] <= 1440, selector


def test_every_beat_of_a_lecture_fits(page: Page, fake_app: str) -> None:
    page.set_viewport_size({"width": 1280, "height": 720})
    visit(page, f"{fake_app}/tokens?lecture=1")
    for beat in range(1, 7):
        expect(page.get_by_text(f"{beat} of 6")).to_be_visible()
        page.locator(QUIET).wait_for()
        page.evaluate(SIZED)
        for selector in (".pieces", ".growth", ".costs", ".st-key-question", ".st-key-learn_row", ".st-key-real_area"):
            shown = page.locator(selector).first
            if shown.is_visible() and (box := shown.bounding_box()):
                assert box["y"] + box["height"] <= 720 and box["x"] + box["width"] <= 1280, (beat, selector)
        page.keyboard.press("ArrowRight")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_charts_tell_their_values(page: Page, fake_app: str, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    visit(page, f"{fake_app}/tokens")
    expect(page.locator(".growth path.line")).to_have_count(len(KINDS))
    expect(page.locator(".growth svg")).to_have_attribute("aria-label", re.compile(r"BPE: \d\.\d\d at 300"))
    page.locator(".growth .chart").hover()
    expect(page.locator(".growth .tip")).to_contain_text("pieces")
    expect(page.locator(".costs .line")).to_have_count(5)
    assert "NaN" not in (page.locator(".growth svg").inner_html())


def test_a_text_of_ones_own_is_learnt_live_and_survives_a_reload(page: Page, real_app: str) -> None:
    visit(page, f"{real_app}/tokens?s=the+dogs+bark+❤")
    page.get_by_role("button", name="Your own text").click()
    page.get_by_role("textbox", name="Your own text").fill(OWN)
    page.get_by_role("button", name="Learn from it").click()
    expect(page).to_have_url(re.compile(r"own=[0-9a-f]{64}"), timeout=MINUTE)
    expect(page.locator(".badge")).to_contain_text("learnt here", timeout=MINUTE)
    expect(row(page, "wordpiece").locator(".word").nth(1)).to_have_text("dogs", timeout=MINUTE)
    expect(page.locator(".pieces .note")).to_have_count(1, timeout=MINUTE)  # that of the drawing before may still stand beside it
    expect(page.locator(".pieces .note")).to_contain_text("allows fewer than")
    expect(page.locator(".growth path.line")).to_have_count(len(KINDS), timeout=MINUTE)
    shown = {kind: pieces(page, kind) for kind in KINDS}
    page.reload()
    page.locator(".pieces .piece").first.wait_for(timeout=MINUTE)
    expect(page.locator(".badge")).to_contain_text("learnt here", timeout=MINUTE)
    assert {kind: pieces(page, kind) for kind in KINDS} == shown


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_file_is_learnt_from_like_a_pasted_text(page: Page, fake_app: str, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    visit(page, f"{fake_app}/tokens?s=the+dogs+bark")
    page.get_by_role("button", name="Your own text").click()
    choose = page.locator("input[type=file]").set_input_files
    choose({"name": "mine.txt", "mimeType": "text/plain", "buffer": b"PK\x03\x04\x00\x00"})
    refusal = page.locator("[data-testid=stPopoverBody]").get_by_text("no plain text")
    expect(refusal).to_be_visible(timeout=MINUTE)
    assert refusal.evaluate(CONTRAST) >= 4.5  # a popover stands outside what the theme's own colours are set for
    choose({"name": "mine.txt", "mimeType": "text/plain", "buffer": OWN.encode()})
    expect(page).to_have_url(re.compile(r"own=[0-9a-f]{64}"), timeout=MINUTE)
    expect(page.get_by_role("textbox", name="Your own text")).to_be_hidden()
    expect(row(page, "wordpiece").locator(".word").nth(1)).to_have_text("dogs", timeout=MINUTE)
