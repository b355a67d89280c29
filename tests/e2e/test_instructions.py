"""Instructions in a browser: nothing is recorded, what is trained is made up."""

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.test_sizes import offences
from tests.e2e.waiting import MINUTE, QUIET
from tests.guess import skip_in_browser

pytestmark = pytest.mark.e2e


def unreadable(page: Page) -> list[str]:
    """What cannot be read at any size, from the top of the page: what is scrolled away lies below its buttons."""
    page.evaluate("() => document.querySelector('[data-testid=stMain]').scrollTo(0, 0)")
    return offences(page)


def test_the_base_asks_back_the_tuned_model_replies_and_a_cell_opens(page: Page, fake_app: str) -> None:
    page.goto(f"{fake_app}/instructions?seed=7")  # seed 0 is recorded
    rows = page.locator(".replies .row")
    expect(rows).to_have_count(3, timeout=MINUTE)
    expect(rows.nth(1)).to_contain_text("Press Train live")
    page.get_by_role("button", name="Train live").click()
    expect(rows.nth(1)).to_contain_text("Paris", timeout=MINUTE)
    expect(rows.nth(0)).to_contain_text("Guess first")
    page.locator(QUIET).wait_for(timeout=MINUTE)
    page.get_by_role("radio", name="another request").click()
    expect(rows.nth(0)).to_contain_text("✗ does not say Paris", timeout=MINUTE)
    expect(rows.nth(1)).to_contain_text("✓ does what is asked")
    page.get_by_role("slider").first.focus()
    page.keyboard.press("Home")
    expect(rows.nth(1)).to_contain_text("step 0, the base")
    expect(rows.nth(1)).to_contain_text("Lucy")
    page.keyboard.press("End")

    page.get_by_role("radio", name="Subjects, wordings, kinds").click()
    cells = page.locator(".outcomes .cell")
    expect(cells).to_have_count(32, timeout=MINUTE)
    first = page.locator(".outcomes h3")
    expect(first).to_contain_text("an inhabitant")  # of which least is followed
    cells.nth(1).click()
    expect(first).to_contain_text("a capital, unseen subject")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(first).to_contain_text("a capital, unseen subject, unseen wording")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(first).to_contain_text("a home, unseen subject, unseen wording")
    assert not unreadable(page)
    page.get_by_role("radio", name="The loss on the reply").click()
    expect(page.locator(".replies")).to_have_count(2, timeout=MINUTE)
    page.locator(QUIET).wait_for(timeout=MINUTE)
    assert not unreadable(page)


def test_draw_again_and_a_request_without_a_rule(page: Page, fake_app: str) -> None:
    page.goto(f"{fake_app}/instructions?s=sing")
    page.get_by_role("button", name="Train live").click(timeout=MINUTE)
    rows = page.locator(".replies .row")
    expect(rows.nth(1)).to_contain_text("no rule says", timeout=MINUTE)
    page.locator(QUIET).wait_for(timeout=MINUTE)
    skip_in_browser(page)
    page.get_by_role("button", name="Draw again").click()
    expect(page.locator(".st-key-again_row")).to_contain_text("seed 1", timeout=MINUTE)
