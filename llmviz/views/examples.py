"""Sentences a page suggests for each text, with the words to hide in them. The first is the text's own, with which a page opens."""

from dataclasses import dataclass

from llmviz.core.texts import TEXTS


@dataclass(frozen=True)
class Example:
    """A sentence to try: what the button says, the sentence, the places of its hidden tokens."""

    label: str
    sentence: str
    hidden: tuple[int, ...]


def _own(text: str, label: str) -> Example:
    return Example(label, TEXTS[text].sentence, TEXTS[text].hidden)


EXAMPLES = {
    "tinyland": (
        _own("tinyland", "a capital"),
        Example("a sound", "listen , this owl hoots again .", (4,)),
        Example("a person", "Anna is a baker and lives in Paris .", (3, 7)),
        Example("a mood", "the film was dull . we hated it .", (3, 6)),
    ),
    "sotu": (
        _own("sotu", "a country"),
        Example("a verb", "we must do more for our country .", (2,)),
        Example("two gaps", "the congress of the united states .", (1, 4)),
    ),
    "wiki": (
        _own("wiki", "a place"),
        Example("a person", "he was an american film director .", (3,)),
        Example("two gaps", "the river flows through germany .", (1, 4)),
    ),
}
