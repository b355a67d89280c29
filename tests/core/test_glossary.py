"""The words that pages explain."""

from pathlib import Path

from llmviz.core.glossary import GLOSSARY, PAGES

ROOT = Path(__file__).parents[2]


def test_every_page_has_its_words_and_every_word_its_page() -> None:
    opened = {file.read_text(encoding="utf-8").split('visit.open("')[1].split('"')[0] for file in (ROOT / "pages").glob("*.py")}
    assert set(PAGES) == opened
    assert {term for terms in PAGES.values() for term in terms} == set(GLOSSARY)


def test_a_meaning_is_one_or_two_sentences() -> None:
    for term, meaning in GLOSSARY.items():
        assert meaning.endswith(".") and 1 <= meaning.count(". ") + 1 <= 2, term
        assert len(meaning) < 160, term
