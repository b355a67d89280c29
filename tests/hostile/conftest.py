"""The page on the fake engine, as for the tests of pages."""

from tests.ui.conftest import fake, pages, visit

__all__ = ["fake", "pages", "visit"]
