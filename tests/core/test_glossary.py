"""The words that pages explain."""

from llmviz.core.glossary import GLOSSARY
from llmviz.experiments import LESSONS


def test_every_page_has_its_words_and_every_word_its_page() -> None:
    assert all(lesson.terms for lesson in LESSONS)
    assert {term for lesson in LESSONS for term in lesson.terms} == set(GLOSSARY)


def test_a_meaning_is_one_or_two_sentences() -> None:
    for term, meaning in GLOSSARY.items():
        assert meaning.endswith(".") and 1 <= meaning.count(". ") + 1 <= 2, term
        assert len(meaning) < 160, term
