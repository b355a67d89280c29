"""A visitor's own text: made readable, kept on this machine under its digest, and found again by that alone. It never leaves."""

from llmviz.core.questions.vocabulary import MOST_LETTERS
from llmviz.text import decoding, incoming, store

FILE = "own.txt"


def decoded(content: bytes) -> str:
    """The text of a file in UTF-8, or in UTF-16 where it begins by saying so. Raises ValueError, in a sentence, for any other file."""
    try:
        return decoding.unicode(content)[0]
    except UnicodeError:
        raise ValueError("this file is no plain text in UTF-8; open it where it can be read, and paste what it says") from None


def tidy(text: str) -> tuple[str, str]:
    """The text as it is kept, and a sentence on what was left out, "" where nothing was. Raises ValueError where there is no word in it."""
    whole = incoming.tidied(text, lines=True).strip()
    if not whole:
        raise ValueError("there is no word in this text, and nothing to learn from it")
    left = f"Your text has {len(whole):,} letters; the page learns from the first {MOST_LETTERS:,}." if len(whole) > MOST_LETTERS else ""
    return whole[:MOST_LETTERS], left


def take(text: str, giver: str = "") -> tuple[str, str]:
    """Keep the text as its giver's; its digest, and a sentence on what was left out, "" where nothing was.

    Raises ValueError, in a sentence, where there is nothing to learn from, or no place to keep it.
    """
    kept, left = tidy(text)
    digest = store.keep_own(FILE, kept, giver)
    read(digest)
    return digest, left


def read(digest: str) -> str:
    """The text of this digest. Raises ValueError, in a sentence, where this machine has no such text, or another."""
    return store.read_own(digest, FILE, "this text is not kept on this machine; paste it again")
