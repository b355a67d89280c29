"""What a text is in truth, where the grammar of Tinyland's news tells it; and how much a list of names may lack."""

from collections.abc import Sequence

from llmviz.core.questions.tagging import HeldOut
from llmviz.text import gazetteer
from llmviz.text.tinyland import news
from llmviz.views.words import figure


def truth(words: Sequence[str]) -> tuple[str, ...]:
    """The tags of a text as the grammar of Tinyland's news tells them; () for a text that it does not tell."""
    readings = news.readings(tuple(words)) if words and words[-1] == "." else ()
    return readings[0] if len(readings) == 1 else ()


def noise(found: HeldOut) -> str:
    """In a sentence, how much a list of names may lack that tagged these texts."""
    without, runs = gazetteer.untagged(list(zip(found.texts, found.truth, strict=True)))
    return (
        f"Their tags come from the list of titles. In {runs:,} places two words or more with capitals follow one another; it tags "
        f"nothing in {without:,} ({figure(without / max(1, runs), '%')}) of them: names that it lacks, and others, as of wars and prizes."
    )
