"""*Spans* in a browser, on the fake engine: cut, look, scrub; and a lecture."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.waiting import MINUTE, QUIET

pytestmark = pytest.mark.e2e


def visit(page: Page, address: str) -> None:
    page.goto(address)
    page.locator(".st-key-train").wait_for(state="attached", timeout=MINUTE)
    page.locator(".written .said .token").first.wait_for(state="attached", timeout=MINUTE)
    page.locator(QUIET).wait_for()


def comes_out(page: Page) -> list[str]:
    return page.locator(".written .said .token").all_inner_texts()


def test_cut_look_scrub(page: Page, fake_app: str) -> None:
    visit(page, f"{fake_app}/spans")
    assert comes_out(page) == ["⟨0⟩", "lake", "⟨1⟩", "frog", "croaks", "⟨2⟩", "(end)"]
    expect(page.locator(".written .given .span")).to_have_text(["lake", "frog croaks"])

    page.locator(".strip .token", has_text="saw").first.click()
    expect(page.locator(".written .given .span")).to_have_text(["saw", "lake", "frog croaks"])
    expect(page).to_have_url(re.compile("hide=1"))
    expect(page.locator(".bars h4")).to_have_text(["⟨0⟩", "⟨1⟩", "⟨2⟩"])

    expect(page.locator(".written .note")).to_contain_text("point at a token")
    token = page.locator(".written .said .token", has_text="lake")
    token.click()
    expect(page.locator(".written .given")).to_have_class(re.compile("looked"))
    expect(page.locator(".written .note")).to_contain_text("When it wrote “lake”")
    token.press("ArrowRight")
    expect(page.locator(".written .note")).to_contain_text("When it wrote “⟨2⟩”")

    slider = page.get_by_role("slider")
    slider.focus()
    page.keyboard.press("Home")
    expect(page.locator(".written .given .span")).to_have_text(["(nothing)"] * 3)  # untrained, it says none of them
    page.keyboard.press("End")
    expect(page.locator(".written .given .span")).to_have_text(["saw", "lake", "frog croaks"])

    page.get_by_role("button", name="Cut at random").click()
    expect(page.locator(".written .given .span")).not_to_have_text(["saw", "lake", "frog croaks"])


def test_the_first_screen_holds_the_answer_and_the_buttons(page: Page, fake_app: str) -> None:
    visit(page, f"{fake_app}/spans")
    for part in (".st-key-written", ".st-key-bars", ".st-key-curve", ".st-key-train", ".st-key-cut"):
        box = page.locator(part).bounding_box()
        assert box and box["y"] + box["height"] <= 900, part
    assert page.evaluate("document.documentElement.scrollWidth") <= 1440
