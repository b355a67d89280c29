"""Every page whole at every size: what `sizes.js` looks for is found nowhere, neither before its question is answered nor after."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.waiting import MINUTE, QUIET

pytestmark = pytest.mark.e2e

ROOT = Path(__file__).parents[2]
PLACES = ["", *re.findall(r'url_path="([^"]+)"', (ROOT / "app.py").read_text(encoding="utf-8"))[1:]]  # the first page is at the root
OFFENCES = (Path(__file__).parent / "sizes.js").read_text(encoding="utf-8")
PHONE = (390, 844)
SIZES = ((1280, 800), (960, 600), PHONE)  # the second is 1440 by 900 at 150 % zoom; at 100 % all other tests look
SCROLLS = [
    "input",  # scrolls with its caret
    ".lane .said .instead",  # as wide as the token above it, so that nothing moves while the slider does; whole in its title
]
PATIENCE = 8  # times a page is looked at until its parts have drawn themselves anew at a size
OPEN = "[data-testid=stSidebar][data-collapsed=false]"


def offences(page: Page) -> list[str]:
    """What cannot be read, size by size."""
    found: list[str] = []
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        for _ in range(PATIENCE):
            page.wait_for_timeout(150)
            now = page.evaluate(OFFENCES, SCROLLS)
            if not now:
                break
        found += [f"{width} by {height}: {each}" for each in now]
        if (width, height) == PHONE and page.locator(OPEN).count():
            found.append("the menu lies open over the page of a phone")
    page.set_viewport_size({"width": SIZES[0][0], "height": SIZES[0][1]})
    return found


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place or "start")
def test_a_page_is_whole_at_every_size(page: Page, fake_app: str, place: str) -> None:
    page.goto(f"{fake_app}/{place}")
    page.locator(".st-key-path_row").wait_for(timeout=MINUTE)  # the last thing on a page
    page.locator(QUIET).wait_for(timeout=MINUTE)
    asked = offences(page)
    show = page.get_by_role("button", name="Show without guessing")
    shown: list[str] = []
    if show.count():
        show.click()
        show.wait_for(state="detached")
        page.locator(QUIET).wait_for(timeout=MINUTE)
        shown = [each for each in offences(page) if each not in asked]
    assert not asked + shown, "\n".join([*asked, *(f"once answered, {each}" for each in shown)])


def test_the_menu_names_the_slides_of_a_page(page: Page, fake_app: str) -> None:
    page.goto(fake_app)
    link = page.get_by_test_id("stSidebar").get_by_role("link", name="Next token")
    assert link.evaluate("link => getComputedStyle(link, '::after').content") == '"3, 7"'


def test_a_phone_opens_with_the_menu_closed(page: Page, fake_app: str) -> None:
    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    page.goto(fake_app)
    page.locator(QUIET).wait_for(timeout=MINUTE)
    expect(page.get_by_test_id("stExpandSidebarButton")).to_be_visible()
    expect(page.locator(OPEN)).to_have_count(0)


def test_a_choice_closes_the_menu_of_a_phone_and_of_no_other(page: Page, fake_app: str) -> None:
    page.goto(fake_app)
    for width, height in (SIZES[0], PHONE):
        page.set_viewport_size({"width": width, "height": height})
        page.locator(QUIET).wait_for(timeout=MINUTE)
        if (width, height) == PHONE:
            if not page.locator(OPEN).count():
                page.get_by_test_id("stExpandSidebarButton").click()
            page.locator(OPEN).wait_for()
        name = "Next token" if width == SIZES[0][0] else "Lab book"
        page.get_by_test_id("stSidebar").get_by_role("link", name=name).click()
        expect(page).to_have_url(re.compile(name.lower().replace(" ", "-")))
        expect(page.locator(OPEN)).to_have_count(0 if (width, height) == PHONE else 1)
