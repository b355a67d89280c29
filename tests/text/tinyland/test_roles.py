from random import Random

import pytest

from llmviz.text.tinyland import roles
from llmviz.text.tinyland.opinions import OPINIONS
from llmviz.text.tinyland.stories import STORIES


def sentences() -> set[str]:
    """Every way the grammar has to tell a sentence; the second country of a story is told like the first."""
    templates = (
        template for register in (STORIES, OPINIONS) for theme in register.themes for act in theme.acts for template in act.templates
    )
    return {" ".join(template.words).replace("2}", "}") for template in templates}


@pytest.mark.parametrize("pattern", roles.APART)
def test_each_pattern_is_a_sentence_of_the_grammar(pattern: str) -> None:
    assert pattern.translate(str.maketrans("", "", "<>[]")) in sentences()


def test_subjects_are_found_in_the_midst_of_a_text() -> None:
    text = "it was cold . Anna is a baker and lives in Paris . dogs often bark . the main city of Peru is Lima ."
    words = text.split()
    assert [(words[verb], words[subject]) for verb, subject in roles.subjects(words)] == [
        ("lives", "Anna"),
        ("bark", "dogs"),
        ("is", "city"),
    ]
    assert list(roles.subjects(("the", "dog", "barks", "."))) == []  # the word before the verb: that is the previous token
    assert list(roles.subjects(("the", "capital", "of", "France", "is"))) == []  # cut off: no sentence yet


def test_the_two_halves_of_a_fact_find_each_other() -> None:
    text = "Paris is the capital of France . a dog barks . Rome"
    words = text.split()
    found = {(words[place], words[other]) for place, other in roles.partners(words)}
    assert found == {("Paris", "France"), ("France", "Paris"), ("dog", "barks"), ("barks", "dog")}


def test_many_stories_hold_both() -> None:
    random = Random(0)
    texts = [STORIES.sample(random).words for _ in range(200)]
    assert sum(bool(list(roles.subjects(words))) for words in texts) > 50
    assert sum(bool(list(roles.partners(words))) for words in texts) > 100
