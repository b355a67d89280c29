"""Words that never meet in what is learnt, though each is learnt: how a thing was, and one of the feelings that would fit.

A probe can ask for such a pair. Who puts it together has learnt what the two words share, and did not remember where they stood.
"""

from collections.abc import Collection

from llmviz.text.tinyland import world

# Each word for how a thing was, or what somebody did about it, and the feeling that it never meets.
STRANGERS = {
    word: feelings[place % len(feelings)]
    for mood, feelings in world.FEELINGS.items()
    for place, word in enumerate((*world.ADJECTIVES[mood], *world.VERDICTS[mood]))
}


def meet(words: Collection[str]) -> bool:
    """Whether a text has both words of such a pair: it is held out."""
    said = set(words)
    return any(STRANGERS.get(word) in said for word in words)
