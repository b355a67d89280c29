"""A visitor's own text: made readable, kept on this machine under its digest, and found again by that alone. It never leaves."""

import codecs
import hashlib

from llmviz.core.questions.vocabulary import MOST_LETTERS
from llmviz.core.settings import DIGEST
from llmviz.text import incoming, store

FILE = "own.txt"


def decoded(content: bytes) -> str:
    """The text of a file in UTF-8, or in UTF-16 where it begins by saying so. Raises ValueError, in a sentence, for any other file."""
    marked = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        text = content.decode("utf-16" if marked else "utf-8-sig")
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        raise ValueError("this file is no plain text in UTF-8; open it where it can be read, and paste what it says")
    return text


def take(text: str) -> tuple[str, str]:
    """Keep the text; its digest, and a sentence on what was left out, "" where nothing was.

    Raises ValueError, in a sentence, where there is nothing to learn from, or no place to keep it.
    """
    tidy = incoming.tidied(text, lines=True).strip()
    if not tidy:
        raise ValueError("there is no word in this text; a vocabulary is learnt from words")
    kept = tidy[:MOST_LETTERS]
    digest = hashlib.sha256(kept.encode()).hexdigest()
    store.keep(store.path(digest, FILE), kept)
    read(digest)
    left = f"Your text has {len(tidy):,} letters; the page learns from the first {MOST_LETTERS:,}." if len(tidy) > MOST_LETTERS else ""
    return digest, left


def read(digest: str) -> str:
    """The text of this digest. Raises ValueError, in a sentence, where this machine has no such text, or another."""
    if not DIGEST.fullmatch(digest):
        raise ValueError("a text of one's own is named by 64 hexadecimal digits")
    try:
        text = store.path(digest, FILE).read_bytes().decode("utf-8")
    except (OSError, ValueError):
        text = ""
    if hashlib.sha256(text.encode()).hexdigest() != digest:
        raise ValueError("this text is not kept on this machine; paste it again")
    return text
