"""A study in a browser, on the fake engine: it trains, outlives a reload, stops and goes on; its chart draws without a network."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.waiting import MINUTE, QUIET

pytestmark = pytest.mark.e2e


def test_a_study_outlives_a_reload_stops_and_goes_on(page: Page, fake_app: str) -> None:
    page.goto(f"{fake_app}/positions-optimisers?steps=40")
    row = page.locator(".st-key-recipes_study_row")
    row.get_by_text("3 seeds").click()
    expect(row.get_by_text("0 of 12 runs done")).to_be_visible(timeout=MINUTE)
    row.get_by_role("button", name="Train 12 runs").click()
    expect(row.get_by_text(re.compile(r"absolute with AdamW, seed 0: step \d+ of 40"))).to_be_visible(timeout=MINUTE)
    page.reload()
    expect(row.get_by_role("button", name="Stop")).to_be_enabled(timeout=MINUTE)
    expect(row.get_by_role("radio", name="3 seeds")).to_be_checked()  # though nothing of it stands in the address
    expect(row.get_by_text(re.compile("[1-9] of 12 runs done"))).to_be_visible(timeout=MINUTE)
    row.get_by_role("button", name="Stop").click()
    expect(row.get_by_text("stopped by hand")).to_be_visible(timeout=MINUTE)
    row.get_by_role("button", name="Go on").click()
    expect(row.get_by_role("button", name="Stop")).to_be_visible(timeout=MINUTE)
    row.get_by_role("button", name="Stop").click()
    expect(row.get_by_role("button", name="Go on")).to_be_visible(timeout=MINUTE)


def test_the_chart_along_the_axis_says_the_figures_under_the_mouse(page: Page, fake_app: str) -> None:
    page.goto(f"{fake_app}/next-token?more=sizes")
    chart = page.locator(".stPlotlyChart")
    point = chart.locator(".scatterlayer .point").last  # models lie above what they are held against
    point.wait_for(timeout=MINUTE)
    page.locator(QUIET).wait_for(timeout=MINUTE)
    expect(chart.locator(".annotation").filter(has_text="GPT")).to_be_visible()
    point.hover(force=True)
    expect(chart.locator(".hoverlayer")).to_contain_text("0.1 M")
    expect(chart.locator(".hoverlayer")).to_contain_text("nats, one seed")
    page.get_by_text("The figures as a table").click()
    expect(page.get_by_role("row", name=re.compile("^1 M not trained"))).to_be_visible()
