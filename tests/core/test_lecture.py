from llmviz.core import catalogue
from llmviz.core.lecture import SLIDES, STAGE_PAGES, START, beside

PAGES = {slide.page for slide in SLIDES}


def test_the_path_leads_through_every_page_once_and_back() -> None:
    page, walked = START, [START]
    while (after := beside(page, PAGES)[1]) is not None:
        page = after.page
        walked.append(page)
        assert len(walked) <= len(PAGES)
    assert set(walked) == PAGES
    while (before := beside(page, PAGES)[0]) is not None:
        assert walked.pop() == page
        page = before.page
    assert page == START


def test_pages_that_are_not_there_are_passed_over() -> None:
    there = {START, "before-after"}
    assert beside(START, there) == (None, next(slide for slide in SLIDES if slide.page == "before-after"))
    assert beside("nowhere", there) == (None, None)


def test_every_stage_has_its_page_and_every_slide_its_own_name() -> None:
    assert set(STAGE_PAGES) == set(catalogue.STAGES) and set(STAGE_PAGES.values()) <= PAGES
    assert len({slide.id for slide in SLIDES}) == len(SLIDES)
