"""A teacher and a student before one hosted server, each in a browser of their own, and a stranger."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.e2e.conftest import serve
from tests.e2e.waiting import MINUTE, QUIET

Come = Callable[[], Page]
KEY = "k3y-of-a-class-in-may"


@pytest.fixture
def hosted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("LLMVIZ_HOSTED", "1")
    monkeypatch.setenv("LLMVIZ_TEACHER_KEY", KEY)
    yield from serve("tests/ui/fake_app.py", tmp_path)


@pytest.fixture
def come(browser: Browser) -> Iterator[Come]:
    """A way to open the page of a new visitor, who has a browser of their own."""
    opened: list[BrowserContext] = []

    def new() -> Page:
        opened.append(browser.new_context(viewport={"width": 1440, "height": 900}))
        return opened[-1].new_page()

    yield new
    for context in opened:
        context.close()


def go(page: Page, address: str) -> None:
    page.goto(address)
    page.locator(".head h1").wait_for(timeout=MINUTE)
    page.locator(QUIET).wait_for(timeout=MINUTE)


def beat(page: Page, number: int) -> None:
    expect(page.locator(".st-key-beats")).to_contain_text(f"{number} of 5", timeout=MINUTE)


def test_a_teacher_turns_a_page_and_a_student_follows(hosted: str, come: Come) -> None:
    teacher, student = come(), come()
    go(teacher, f"{hosted}/masked-tokens?teacher={KEY}")
    assert KEY not in teacher.url and KEY not in teacher.content()
    go(student, f"{hosted}/next-token?teacher=guessed-by-a-student")
    assert "teacher" not in student.url and student.locator(".st-key-leads_class").count() == 0

    teacher.locator(".st-key-leads_class label").first.click()
    line = student.locator(".st-key-lecturer_row")
    expect(line).to_contain_text("The lecturer is on Masked tokens.", timeout=MINUTE)  # told without a click of theirs
    assert "/next-token" in student.url  # nobody's page is turned under their hands
    student.locator(".st-key-follows_lecturer label").first.click()
    student.wait_for_url("**/masked-tokens*", timeout=MINUTE)

    teacher.get_by_role("button", name="Lecture view").click()
    beat(teacher, 1)
    teacher.locator(QUIET).wait_for(timeout=MINUTE)  # the keys are heard once the page is drawn
    for number in (1, 2, 3):
        beat(teacher, number)
        beat(student, number)
        teacher.keyboard.press("ArrowRight")
    beat(student, 4)
    expect(line).to_contain_text("beat 4")
    box, bar = line.bounding_box(), student.locator(".st-key-beats").bounding_box()
    assert box and bar and box["y"] >= bar["y"] - 1 and box["y"] + box["height"] <= bar["y"] + bar["height"] + 1

    student.locator(".st-key-leave button").click()  # who goes elsewhere stays there until she turns again
    student.get_by_role("link", name="Spans").first.click()
    student.wait_for_url("**/spans*", timeout=MINUTE)
    student.locator(QUIET).wait_for(timeout=MINUTE)
    teacher.keyboard.press("ArrowLeft")
    student.wait_for_url("**/masked-tokens*", timeout=MINUTE)
    beat(student, 3)

    teacher.close()
    expect(line).to_have_count(0, timeout=MINUTE)
    beat(student, 3)  # where she left


def test_a_strangers_run_is_not_listed_and_opens_by_its_link_once_it_is_shared(hosted: str, come: Come) -> None:
    student, stranger = come(), come()
    go(student, f"{hosted}/masked-tokens?steps=50")
    student.locator(".st-key-train button").click()
    student.wait_for_url("**run=*", timeout=MINUTE)
    run = student.url.partition("run=")[2].partition("&")[0]
    expect(student.locator(".badge")).to_contain_text("trained here", timeout=MINUTE)

    go(stranger, f"{hosted}/lab-book")
    assert "0 yours or public" in stranger.locator(".badge").inner_text()
    go(stranger, f"{hosted}/masked-tokens?run={run}")
    expect(stranger.locator(".st-key-notes")).to_contain_text("another visitor's, who has not shared it")

    student.locator(".st-key-share button").click()
    student.locator(f".st-key-shared_{run} label").first.click()
    link = student.locator("[data-testid=stPopoverBody] code")
    expect(link).to_have_text(f"{hosted}/masked-tokens?run={run}", timeout=MINUTE)
    go(stranger, link.inner_text())
    expect(stranger.locator(".badge")).to_contain_text("trained here", timeout=MINUTE)
    assert stranger.locator(".st-key-notes").count() == 0 and stranger.locator(".st-key-share").count() == 0
    go(stranger, f"{hosted}/lab-book")
    assert "0 yours or public" in stranger.locator(".badge").inner_text()  # seen, and listed all the same for its owner alone
