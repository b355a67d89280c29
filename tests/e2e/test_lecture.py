"""A lecture in a browser, on the recordings: every beat of every page fits the screen and fills it, and a presenter's keys turn it."""

import itertools
import re

import pytest
from playwright.sync_api import Page, expect

from llmviz.core.lesson import FIRST_PAGE
from llmviz.experiments import LESSONS
from tests.e2e.waiting import MINUTE, QUIET, SIZED

SCREENS = ((1280, 720), (1920, 1080))
PARTS = 3  # of the lecture, which test processes share out among them
LEAST = 0.6  # of the height above the bar: from the first line to the last
PATIENCE = 5  # times a beat is looked at until its parts have drawn themselves anew at a size


def beat(page: Page) -> tuple[int, int]:
    """Which beat is shown, and of how many."""
    found = re.search(r"(\d+) of (\d+)", page.locator(".st-key-beats").inner_text())
    assert found
    return int(found[1]), int(found[2])


def at(page: Page, number: int) -> None:
    """Wait until this beat is shown. Looks at every frame: `expect` looks ever more seldom, and there are a hundred and fifty beats."""
    page.wait_for_function(
        "said => document.querySelector('.st-key-beats')?.innerText.match(/(\\d+) of/)?.[1] === said", arg=str(number), timeout=MINUTE
    )


def start(page: Page, address: str) -> None:
    page.goto(address)
    listening(page)


def listening(page: Page) -> None:
    """Wait until the part that hears the keys has sized the beat."""
    page.locator(".st-key-beats").wait_for()
    page.locator(QUIET).wait_for()
    page.wait_for_function("() => document.documentElement.style.getPropertyValue('--fit')")


@pytest.mark.parametrize("part", range(PARTS))
def test_every_beat_fits_the_screen_and_fills_it(page: Page, real_app: str, part: int) -> None:
    lessons = LESSONS[part * len(LESSONS) // PARTS : (part + 1) * len(LESSONS) // PARTS]
    page.set_viewport_size({"width": SCREENS[0][0], "height": SCREENS[0][1]})
    start(page, f"{real_app}/{'' if lessons[0].page == FIRST_PAGE else lessons[0].page}?lecture=1")
    wrong, turns = [], itertools.cycle(SCREENS)  # each page on one of them in turn: on both it would take minutes more
    for lesson in lessons:
        width, height = next(turns)
        page.set_viewport_size({"width": width, "height": height})
        place = "" if lesson.page == FIRST_PAGE else lesson.page
        expect(page).to_have_url(re.compile(rf"/{place}\?lecture=1$"))
        at(page, 1)
        count = beat(page)[1]
        for number in range(1, count + 1):
            at(page, number)
            page.locator(QUIET).wait_for()
            expect(page.get_by_text("The model is being asked")).to_be_hidden(timeout=MINUTE)
            for _ in range(PATIENCE):
                seen = page.evaluate(SIZED)
                filled = (seen["bottom"] - seen["top"]) / seen["bar"]
                fits = seen["top"] >= -1 and seen["bottom"] <= seen["bar"] + 1 and seen["right"] <= width + 1
                if fits and filled >= LEAST:
                    break
                page.wait_for_timeout(300)
            else:
                wrong.append((lesson.page, number, width, round(filled, 2), seen))
            if (lesson, number) != (lessons[-1], count):
                page.keyboard.press("PageDown")
    assert wrong == [], "\n".join(map(str, wrong))


def test_a_beat_that_grows_late_is_sized_anew(page: Page, fake_app: str) -> None:
    """An answer may come long after the beat was sized: to a question, or from a busy worker."""
    page.set_viewport_size({"width": 1280, "height": 720})
    start(page, f"{fake_app}/masked-tokens?lecture=1")
    page.locator(".head p").wait_for()
    page.wait_for_timeout(3_000)  # no longer may it grow
    before = page.evaluate(SIZED)
    page.evaluate("""() => {
      const box = document.querySelector(".head p").closest("[data-testid=stElementContainer]");
      box.style.setProperty("padding-bottom", "50vh");
    }""")
    page.wait_for_function("() => +document.documentElement.style.getPropertyValue('--fit') < 1")
    after = page.evaluate(SIZED)
    assert before["bottom"] <= before["bar"] + 1 and after["bottom"] <= after["bar"] + 1


def test_the_type_grows_with_the_screen(page: Page, real_app: str) -> None:
    sizes = []
    for width, height in ((1280, 720), (1920, 1080), (3840, 2160)):
        page.set_viewport_size({"width": width, "height": height})
        start(page, f"{real_app}/masked-tokens?lecture=1&beat=2")
        page.locator(".token").first.wait_for()
        page.evaluate(SIZED)
        sizes.append(page.locator(".token .word").first.evaluate("word => parseFloat(getComputedStyle(word).fontSize)"))
    assert sizes[0] >= 24
    assert sizes[1] / sizes[0] == pytest.approx(1.5, rel=0.1)
    assert sizes[2] / sizes[0] == pytest.approx(3, rel=0.1)


def test_the_type_of_a_study_grows_with_the_screen(page: Page, fake_app: str) -> None:
    """The server draws it, so the browser tells how large the screen is."""
    page.set_viewport_size({"width": 1280, "height": 720})
    start(page, f"{fake_app}/before-after?tab=labels&lecture=1&beat=6")
    label = page.locator(".js-plotly-plot .xtick text").first
    for width, height, size in ((1280, 720, "26px"), (1920, 1080, "39px")):
        page.set_viewport_size({"width": width, "height": height})
        expect(label).to_have_css("font-size", size, timeout=MINUTE)


def test_a_presenters_keys_turn_the_beat_and_controls_keep_theirs(page: Page, real_app: str) -> None:
    page.set_viewport_size({"width": 1280, "height": 720})
    start(page, f"{real_app}/masked-tokens?lecture=1&beat=2")
    page.locator(".token").first.wait_for()
    page.locator(".token").nth(1).click()
    page.locator(QUIET).wait_for()
    for key, number in (("ArrowRight", 3), ("ArrowLeft", 2), ("PageDown", 3), ("PageUp", 2)):  # with a word in focus
        page.keyboard.press(key)
        at(page, number)
    page.locator("[data-testid=stTextInput] input").first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    page.wait_for_timeout(300)
    at(page, 2)
    page.locator("[data-testid=stTextInput] input").first.blur()
    page.keyboard.press("Space")
    at(page, 3)
    page.keyboard.press("PageDown")
    at(page, 4)
    slider = page.get_by_role("slider")
    slider.focus()
    before = slider.get_attribute("aria-valuenow")
    page.keyboard.press("ArrowLeft")
    expect(slider).not_to_have_attribute("aria-valuenow", str(before))
    at(page, 4)
    page.locator(".st-key-back button").focus()
    page.keyboard.press("Space")  # presses what has the focus
    at(page, 3)


def test_the_beat_survives_a_reload_and_escape_leaves(page: Page, real_app: str) -> None:
    page.goto(f"{real_app}/masked-tokens")
    page.get_by_role("button", name="Lecture view").click()
    at(page, 1)
    listening(page)
    page.keyboard.press("ArrowRight")
    expect(page).to_have_url(re.compile(r"lecture=1&beat=2$"))
    page.reload()
    at(page, 2)
    expect(page.locator(".st-key-beats")).to_contain_text("Slides 3, 6")
    listening(page)
    page.keyboard.press("Escape")
    expect(page.locator(".st-key-beats")).to_have_count(0)
    expect(page.locator("[data-testid=stSidebar]")).to_be_visible()
