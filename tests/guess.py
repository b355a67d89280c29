"""Past the question of a page: what answers it is there only once somebody has guessed, or asked to be shown."""

from playwright.sync_api import Page
from streamlit.testing.v1 import AppTest


def skip(app: AppTest) -> AppTest:
    """The page after *Show without guessing*."""
    return app.button(key="show_answer").click().run()


def skip_in_browser(page: Page) -> None:
    """The same in a browser."""
    page.get_by_role("button", name="Show without guessing").click()
    page.get_by_role("button", name="Show without guessing").wait_for(state="detached")
