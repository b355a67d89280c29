"""Scale in a browser, on the runs that came with the program: guess, then the law; another axis; and its address."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.waiting import MINUTE, QUIET

pytestmark = pytest.mark.e2e


def test_the_law_of_each_axis_comes_filled_after_a_guess(page: Page, real_app: str) -> None:
    page.goto(f"{real_app}/scale")
    page.locator(QUIET).wait_for(timeout=MINUTE)
    assert page.locator(".js-plotly-plot").count() == 0
    page.get_by_role("radio", name="about half").click()
    title = page.get_by_role("heading", level=1)
    expect(title).to_contain_text(re.compile(r"Twice the tokens leave \d+% of the loss"), timeout=MINUTE)
    left = int(re.findall(r"(\d+)%", title.inner_text())[0])
    assert 50 <= left <= 75  # of each doubling, in the recorded runs of three seeds
    expect(page.locator(".js-plotly-plot")).to_have_count(2, timeout=MINUTE)
    page.get_by_role("radio", name="Different texts").click()
    expect(page.get_by_text("is read again and again is learnt by heart")).to_be_visible(timeout=MINUTE)
    expect(page).to_have_url(re.compile("grows=variety"))
    page.reload()
    expect(page.get_by_role("radio", name="Different texts")).to_be_checked(timeout=MINUTE)
