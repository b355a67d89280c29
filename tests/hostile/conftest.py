"""The page on the fake engine, as for the tests of pages; and runs as zips."""

from tests.hostile.zips import packed
from tests.ui.conftest import fake, pages, visit

__all__ = ["fake", "packed", "pages", "visit"]
