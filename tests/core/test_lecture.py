from itertools import pairwise

from llmviz.core import catalogue
from llmviz.core.lecture import beside, lesson, showing
from llmviz.core.lesson import FIRST_PAGE, SLIDES, Lesson, Slide
from llmviz.experiments import LESSONS

PAGES = {each.page for each in LESSONS}


def test_the_ten_slides_stand_in_order_and_lessons_name_only_these() -> None:
    assert [slide.number for slide in SLIDES] == list(range(1, 11))
    assert all(each.slides and set(each.slides) <= set(range(1, 11)) for each in LESSONS)


def test_pages_follow_the_slides_and_only_the_record_of_all_runs_stands_last() -> None:
    *path, last = LESSONS
    assert last.page == "lab-book"
    for one, other in pairwise(path):
        assert one.slides[0] <= other.slides[0]
        assert one.slides[0] < other.slides[0] or one.detail <= other.detail


def test_a_slide_names_its_pages_and_details_last() -> None:
    assert [each.page for each in showing(SLIDES[2])] == [
        "tokens",
        "four-exercises",
        "masked-tokens",
        "next-token",
        "what-and-when",
        "positions-optimisers",
    ]
    assert showing(Slide(11, "")) == []


def test_the_path_leads_through_every_page_once_and_back() -> None:
    page, walked = FIRST_PAGE, [FIRST_PAGE]
    while (after := beside(page, PAGES)[1]) is not None:
        page = after.page
        walked.append(page)
        assert len(walked) <= len(PAGES)
    assert set(walked) == PAGES
    while (before := beside(page, PAGES)[0]) is not None:
        assert walked.pop() == page
        page = before.page
    assert page == FIRST_PAGE


def test_pages_that_are_not_there_are_passed_over() -> None:
    there = {FIRST_PAGE, "before-after"}
    assert beside(FIRST_PAGE, there) == (None, lesson("before-after"))
    assert beside("nowhere", there) == (None, None)
    assert lesson("nowhere") is None


def test_every_stage_has_its_page_and_every_page_stands_once() -> None:
    assert {each.lesson.page for each in catalogue.BY_NAME.values()} <= PAGES
    assert len(PAGES) == len(LESSONS)


def test_a_page_names_its_slides() -> None:
    one, two, detail = Lesson("", "", (6,)), Lesson("", "", (3, 6)), Lesson("", "", (3,), detail=True)
    assert [each.said for each in (one, two, detail)] == ["Slide 6", "Slides 3, 6", "Also slide 3"]
    assert [each.label for each in (one, two, detail)] == ["6", "3, 6", "also 3"]
