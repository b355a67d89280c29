"""What a text is in truth, where the grammar of Tinyland's news tells it."""

from collections.abc import Sequence

from llmviz.text.tinyland import news


def truth(words: Sequence[str]) -> tuple[str, ...]:
    """The tags of a text as the grammar of Tinyland's news tells them; () for a text that it does not tell."""
    readings = news.readings(tuple(words)) if words and words[-1] == "." else ()
    return readings[0] if len(readings) == 1 else ()
