"""One training step under the microscope in a browser: against what the real run writes down, and the picture on the fake engine."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from llmviz.core.run import RunRef, parse
from llmviz.core.spec import RunSpec
from llmviz.core.update import Step
from llmviz.runs import tail
from llmviz.runs.recordings import Recordings
from llmviz.runs.store import Store
from llmviz.ui.microscope import PHASES, TITLE
from tests.e2e.test_page import CONTRAST, visit
from tests.e2e.waiting import MINUTE, QUIET, TRAINED

pytestmark = pytest.mark.e2e


def opened(page: Page, steps: str) -> Locator:
    """A run that stands still, and the fold below it open; gives the picture."""
    page.get_by_text(TITLE).click()
    page.get_by_role("button", name="Train live").click()
    expect(page.get_by_text(re.compile(steps))).to_be_visible(timeout=TRAINED)
    page.get_by_role("button", name="Pause").click()
    picture = page.locator(".onestep")
    expect(picture.locator(".which")).to_have_text(re.compile("text 1 of"), timeout=MINUTE)
    page.locator(QUIET).wait_for()
    return picture


def next_step(picture: Locator) -> int:
    found = re.match(r"Step ([\d,]+), taken apart", picture.locator(".top .title").inner_text())
    assert found
    return int(found[1].replace(",", ""))


def take(page: Page, picture: Locator) -> None:
    """Take the step that is open, and wait for the next one."""
    step = next_step(picture)
    page.get_by_role("button", name=f"Take step {step:,}", exact=True).click()
    expect(picture.locator(".top .title")).to_have_text(f"Step {step + 1:,}, taken apart", timeout=MINUTE)


def batch_loss(picture: Locator) -> str:
    """The loss that the picture says the run will have in the step that is open."""
    expect(picture.locator(".loss dt").nth(1)).to_have_text(f"the batch of step {next_step(picture):,}")
    return picture.locator(".loss dd").nth(1).inner_text()


def shares(picture: Locator, section: str) -> dict[str, str]:
    """Word by word what the model guesses before or after the step."""
    rows = picture.locator(f".{section} .row")
    return {row.locator("bdi").inner_text(): row.get_attribute("data-tip") or "" for row in rows.all()}


@pytest.mark.parametrize("where", ["masked-tokens", "next-token"])
def test_what_is_opened_is_what_the_run_then_does(page: Page, real_app: str, home: Path, where: str) -> None:
    page.goto(f"{real_app}/{where}?steps=1200&seed=9")
    page.get_by_role("button", name="Train live").wait_for(timeout=MINUTE)
    page.locator(QUIET).wait_for(timeout=MINUTE)
    picture = opened(page, r"training · step [1-9]\d")
    first, promised = next_step(picture), {}
    for _ in range(3):
        promised[next_step(picture)] = batch_loss(picture)
        after = shares(picture, "after")
        take(page, picture)
        assert shares(picture, "before") == after  # what a step leaves is what the next one finds
        expect(picture.locator(".top .about")).to_contain_text(f"in the batch of step {first}")
    run = parse(re.findall(r"run=([0-9a-f]+-\d+)", page.url)[0])
    said = [update for update in tail.updates(Store(home).folder(run).updates) if isinstance(update, Step)]
    assert {update.step for update in said} >= set(promised)
    for update in said:  # told to the page in four digits, and written there with two decimals
        assert abs(update.loss - float(promised.get(update.step, update.loss))) < 0.005 + 0.0006
    assert picture.locator(".dot").count() == 5  # four looks, and what the open step leaves
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_text("stopped at step")).to_be_visible(timeout=MINUTE)


@pytest.fixture
def fake_picture(page: Page, fake_app: str) -> Iterator[Locator]:
    visit(page, f"{fake_app}/?steps=4000")
    yield opened(page, r"training · step \d")
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_text("stopped at step")).to_be_visible()


def test_choose_a_word_and_a_text_with_the_keyboard_and_no_server(page: Page, fake_picture: Locator) -> None:
    page.wait_for_timeout(500)
    sent: list[object] = []
    page.on("websocket", lambda socket: socket.on("framesent", sent.append))
    chosen = fake_picture.locator("button.token[aria-pressed=true]")
    expect(chosen).to_have_count(1)
    chosen.focus()
    page.keyboard.press("Home")
    expect(fake_picture.locator("button.token").first).to_be_focused()
    expect(fake_picture.locator(".before .right bdi")).to_have_text("every")
    page.keyboard.press("ArrowRight")
    expect(fake_picture.locator(".before .right bdi")).to_have_text("hoots")
    expect(fake_picture.locator(".unseen")).to_contain_text("hoots: ")
    assert "another word stands there" in (chosen.get_attribute("aria-label") or "")
    fake_picture.get_by_role("button", name="The next text").press("Enter")
    expect(fake_picture.locator(".which")).to_have_text("text 2 of 2")
    expect(fake_picture.locator(".tokens")).to_contain_text("<b>")  # hostile text is only text
    assert fake_picture.locator("b").count() == 6  # the numbers of the stations
    expect(fake_picture.get_by_role("button", name="The next text")).to_be_disabled()
    assert not sent


def test_a_step_changes_the_picture_and_mounts_nothing_anew(page: Page, fake_picture: Locator) -> None:
    picture = fake_picture.element_handle()
    rows = [row.element_handle() for row in fake_picture.locator(".after .row, button.token").all()]
    box = fake_picture.bounding_box()
    take(page, fake_picture)
    page.wait_for_timeout(500)
    assert picture and picture.evaluate("one => one.isConnected") and all(row and row.evaluate("one => one.isConnected") for row in rows)
    now = fake_picture.bounding_box()
    assert box and now and (box["width"], box["height"]) == (now["width"], now["height"])
    assert re.search(r"before each step.*: .+, .+, .+\.", fake_picture.locator(".chart svg").first.get_attribute("aria-label") or "")


def test_all_of_it_fits_on_one_screen_and_its_flow_on_one_line(page: Page, fake_picture: Locator) -> None:
    box = fake_picture.bounding_box()
    assert box and box["height"] <= 800 and box["width"] <= 1150
    tops = {round(section["y"]) for one in fake_picture.locator(".flow section").all() if (section := one.bounding_box())}
    assert len(tops) == 1
    page.set_viewport_size({"width": 700, "height": 900})
    page.wait_for_timeout(500)
    narrow = fake_picture.bounding_box()
    assert narrow and all(
        inside["x"] + inside["width"] <= narrow["x"] + narrow["width"] + 1
        for one in fake_picture.locator(".flow section, .chart, .tokens").all()
        if (inside := one.bounding_box())
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_its_words_stand_out_from_their_ground(page: Page, fake_picture: Locator, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    page.wait_for_timeout(500)
    for selector in (
        ".about",
        "button.token .word",
        "span.token .word",
        ".truth",
        ".row .name",
        ".row .value",
        ".below",
        "dt",
        "dd",
        "h4 b",
    ):
        assert fake_picture.locator(selector).first.evaluate(CONTRAST) >= 4.5, selector


def test_a_recording_opens_on_the_first_step_its_run_took(page: Page, real_app: str) -> None:
    visit(page, f"{real_app}/?")
    page.get_by_text(TITLE).click()
    picture = page.locator(".onestep")
    expect(picture.locator(".which")).to_have_text(re.compile("text 1 of"), timeout=TRAINED)
    spec = RunSpec("mlm")
    folder = Recordings().folder(RunRef(spec.id, 0))
    said = {update.step: update.loss for update in tail.updates(folder.updates) if isinstance(update, Step)}
    for step in (1, 2, 3):
        assert next_step(picture) == step
        # told to the page in four digits, written with two decimals, and perhaps recorded by another processor
        assert abs(said[step] - float(batch_loss(picture))) < 0.005 + 0.0006 + 0.002
        take(page, picture)


def test_the_fold_follows_the_slider_of_a_recording(page: Page, fake_app: str) -> None:
    visit(page, f"{fake_app}/?")
    page.get_by_text(TITLE).click()
    picture = page.locator(".onestep")
    expect(picture.locator(".top .title")).to_have_text("Step 1, taken apart")
    page.locator(QUIET).wait_for()
    page.get_by_role("slider").first.press("ArrowLeft")
    expect(picture.locator(".top .title")).not_to_have_text("Step 1, taken apart")
    expect(page.get_by_text("not the optimisers' memories")).to_be_visible()
    page.get_by_role("slider").first.press("Home")
    expect(picture.locator(".top .title")).to_have_text("Step 1, taken apart")


def test_on_start_it_opens_either_phase_above_the_slides(page: Page, fake_app: str) -> None:
    page.goto(f"{fake_app}/")
    page.get_by_text(TITLE).click()
    picture = page.locator(".onestep")
    expect(picture.locator(".top .title")).to_have_text("Step 1, taken apart")
    assert "finetuned" not in (picture.get_attribute("class") or "")
    page.locator(".st-key-phase").get_by_text(PHASES[1]).click()
    expect(page.locator(".onestep.finetuned")).to_be_visible()
    box, slides = picture.bounding_box(), page.locator(".st-key-slides").bounding_box()
    assert box and slides and box["y"] + box["height"] <= slides["y"]


def test_a_lecture_does_not_show_the_fold(page: Page, fake_app: str) -> None:
    visit(page, f"{fake_app}/?lecture=1")
    expect(page.get_by_text(TITLE)).to_be_hidden()
