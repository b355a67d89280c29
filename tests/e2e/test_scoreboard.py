"""The scoreboard in a browser: sorted by click and by keyboard, a figure opens its run, and the file holds what the store holds."""

import csv
import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from llmviz.core.run import parse
from llmviz.core.update import Done
from llmviz.runs.library import Library
from llmviz.runs.recordings import Recordings
from llmviz.runs.store import Store
from tests.e2e.waiting import MINUTE, QUIET
from tests.guess import skip_in_browser

pytestmark = pytest.mark.e2e


def visit(page: Page, address: str) -> Locator:
    """Open the page, past its question; returns the table."""
    page.goto(f"{address}/scoreboard")
    table = page.get_by_role("table", name="Models in rows")
    expect(table).to_be_visible(timeout=MINUTE)
    page.locator(QUIET).wait_for(timeout=MINUTE)
    skip_in_browser(page)
    return table


def shares(table: Locator) -> list[int]:
    """The figures of the column it is sorted by, from above, without the lines on top."""
    said = table.locator("tr:not(.pinned) td.by .said").all_inner_texts()
    return [int(found[0]) for each in said if (found := re.findall(r"\d+", each))]


def test_a_column_is_sorted_by_click_and_by_keyboard(page: Page, real_app: str) -> None:
    table = visit(page, real_app)
    first = table.locator("tbody .row-name b").all_inner_texts()
    sentiment = table.get_by_role("button", name="Sentiment")
    sentiment.click()
    expect(table.get_by_role("columnheader", name="Sentiment")).to_have_attribute("aria-sort", "descending")
    found = shares(table)
    assert len(found) > 2 and found == sorted(found, reverse=True)
    expect(page).to_have_url(re.compile(r"sort=sentiment"))
    page.keyboard.press("Enter")  # the focus is where it was
    expect(table.get_by_role("columnheader", name="Sentiment")).to_have_attribute("aria-sort", "ascending")
    assert shares(table) == sorted(found)
    page.keyboard.press("ArrowRight")
    expect(table.get_by_role("button", name="Entities")).to_be_focused()
    page.keyboard.press("Space")
    expect(table.get_by_role("columnheader", name="Entities")).to_have_attribute("aria-sort", "descending")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(table.locator("[aria-sort=ascending], [aria-sort=descending]")).to_have_count(0)
    assert table.locator("tbody .row-name b").all_inner_texts() == first


def test_a_figure_opens_its_run(page: Page, real_app: str) -> None:
    table = visit(page, real_app)
    link = table.locator("tr", has_text="BERT, fine-tuned: Entities").locator("a").last  # behind the probes under its old head
    address = link.get_attribute("href") or ""
    assert re.fullmatch(r"entities\?run=[0-9a-f]{64}-0", address)
    link.focus()
    page.keyboard.press("ArrowDown")
    expect(table.locator("tr", has_text="BERT, from scratch: Entities").locator("a").first).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(link).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(re.escape(address)), timeout=MINUTE)
    expect(page.locator(".eyebrow")).to_contain_text("recorded", timeout=MINUTE)
    page.go_back()
    expect(page.get_by_role("table", name="Models in rows")).to_be_visible(timeout=MINUTE)


def test_the_file_holds_what_the_store_holds(page: Page, real_app: str, tmp_path: Path) -> None:
    visit(page, real_app)
    with page.expect_download() as waiting:
        page.get_by_role("button", name="CSV").click()
    waiting.value.save_as(tmp_path / "board.csv")
    lines = list(csv.DictReader((tmp_path / "board.csv").read_text(encoding="utf-8").splitlines()))
    library = Library(Store(tmp_path), Recordings())
    one = [line for line in lines if line["seeds"] == "1" and line["task or probe"] in ("Entities", "Answers")]
    assert len(one) >= 4
    for line in one:
        end = library.history(parse(line["run"])).end
        assert isinstance(end, Done)
        assert float(line["median"]) in end.metrics.values()


def test_a_sentence_of_the_other_page_opens_its_run(page: Page, real_app: str) -> None:
    page.goto(f"{real_app}/side-by-side")
    table = page.get_by_role("table", name="Pretraining and fine-tuning")
    expect(table).to_be_visible(timeout=MINUTE)
    page.locator(QUIET).wait_for(timeout=MINUTE)
    table.get_by_role("link", name="Masked tokens").click()
    expect(page).to_have_url(re.compile(r"masked-tokens\?run=[0-9a-f]{64}-\d+"), timeout=MINUTE)
