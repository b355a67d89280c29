"""The lecture as a path: which page shows a slide, and which stand before and after it. Knows every experiment's page."""

from llmviz.core.lesson import Lesson, Slide
from llmviz.experiments import LESSONS


def lesson(page: str) -> Lesson | None:
    """That of the page at this place of the address; None for a page of no slide."""
    return next((each for each in LESSONS if each.page == page), None)


def showing(slide: Slide) -> list[Lesson]:
    """The pages that show this slide, those that add a detail last."""
    return sorted((each for each in LESSONS if slide.number in each.slides), key=lambda each: each.detail)


def beside(page: str, there: set[str]) -> tuple[Lesson | None, Lesson | None]:
    """The pages before and after this one, as far as they are there; (None, None) for a page of no slide."""
    path = [each for each in LESSONS if each.page in there]
    own = next((place for place, each in enumerate(path) if each.page == page), None)
    if own is None:
        return None, None
    return path[own - 1] if own else None, path[own + 1] if own + 1 < len(path) else None
