"""Every way in for a visitor's text: what cannot be seen makes no other sentence, and nothing is too long to be said."""

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from llmviz.core.address import LONGEST_SENTENCE, Address
from llmviz.core.lesson import Lesson
from llmviz.core.settings import TextSpec
from llmviz.core.spec import preset
from llmviz.core.texts import TEXTS
from llmviz.text.incoming import tidied
from llmviz.ui.sentence import suggested

Visit = Callable[..., AppTest]
HOSTILE = "\ufeffthe\x0bowl\u202e e\u0301lan \u200b<b>"
TIDY = "the owl élan <b>"
PAGES = ("story", "tokens", "four_exercises", "masked_tokens", "next_token", "spans", "attention_maps", "before_after", "entities")


def query(app: AppTest) -> dict[str, str]:
    return {name: value if isinstance(value, str) else value[0] for name, value in app.query_params.items()}


@pytest.mark.parametrize("page", PAGES)
def test_a_typed_sentence_is_tidied(visit: Visit, page: str) -> None:
    app = visit(page)
    app.text_input(key="sentence").set_value(HOSTILE).run()
    assert not app.exception and query(app)["s"] == TIDY and app.text_input(key="sentence").value == TIDY


def test_an_address_is_tidied_and_written_again(visit: Visit) -> None:
    app = visit("masked_tokens", s=HOSTILE)
    assert not app.exception and query(app)["s"] == TIDY


def test_both_parts_of_a_pair_are_tidied(visit: Visit) -> None:
    app = visit("next_sentence")
    app.text_input(key="first_part").set_value(HOSTILE).run()
    app.text_input(key="second_part").set_value(HOSTILE).run()
    assert not app.exception and (query(app)["s"], query(app)["second"]) == (TIDY, TIDY)


def test_a_search_is_tidied_and_not_too_long(visit: Visit) -> None:
    app = visit("lab_book")
    app.text_input(key="filter_words").set_value(HOSTILE).run()
    assert not app.exception and query(app)["words"] == TIDY
    assert app.text_input(key="filter_words").set_value("a" * 200).run().text_input(key="filter_words").value == "a" * 100


def test_every_box_has_its_most_letters(visit: Visit) -> None:
    for page in (*PAGES, "next_sentence", "lab_book"):
        for box in visit(page).text_input:
            assert 0 < box.proto.max_chars <= LONGEST_SENTENCE, (page, box.label)


def test_a_sentence_too_long_for_an_address_is_refused_in_a_sentence(visit: Visit) -> None:
    app = visit("masked_tokens", s="a" * (LONGEST_SENTENCE + 1))
    assert "at most 6,000 letters" in tidied(app.warning[0].value)


def test_a_page_whose_lesson_suggests_nothing_of_a_text_opens_on_the_texts_own_sentence() -> None:
    address = Address(preset("clm", TextSpec("wiki")))
    assert [each.sentence for each in suggested(address, Lesson("somewhere", "A page without examples", (3,)))] == [TEXTS["wiki"].sentence]
    assert len(suggested(address)) > 1
