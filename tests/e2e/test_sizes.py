"""The app on a phone."""

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.waiting import MINUTE, QUIET

pytestmark = pytest.mark.e2e

PHONE = (390, 844)
OPEN = "[data-testid=stSidebar][aria-expanded=true]"


def test_a_phone_opens_with_the_menu_closed(page: Page, fake_app: str) -> None:
    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    page.goto(fake_app)
    page.locator(QUIET).wait_for(timeout=MINUTE)
    expect(page.get_by_test_id("stExpandSidebarButton")).to_be_visible()
    expect(page.locator(OPEN)).to_have_count(0)
