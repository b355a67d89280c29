"""A text as the documents a model reads: prepared once, kept, and checked against the digest that a run's identity holds."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from llmviz.core import texts
from llmviz.core.settings import TextSpec
from llmviz.text import library, requests, reviews, speeches, store, wikipedia
from llmviz.text.tinyland import corpus as tinyland

Splits = Mapping[str, tuple[str, ...]]

SOURCES: dict[str, Callable[[], Splits]] = {
    "tinyland": tinyland.documents,
    "sotu": speeches.documents,
    "wiki": wikipedia.documents,
    "reviews": reviews.documents,
    "requests": requests.documents,
    "library": library.documents,
}


@dataclass(frozen=True)
class Corpus:
    """A text in three parts that share no document. `digest` is the SHA-256 over all of them, order included."""

    name: str
    digest: str
    train: tuple[str, ...]
    validation: tuple[str, ...]
    test: tuple[str, ...]

    @property
    def words(self) -> int:
        """Words to learn from, as white space separates them."""
        return sum(len(document.split()) for document in self.train)


def load(text: TextSpec) -> Corpus:
    """The very text that `text.digest` names: from this machine's store, or prepared anew and stored.

    Raises ValueError, in a sentence, where its package is missing or yields another text than the digest says.
    """
    if there := kept(text):
        return there
    made = prepare(text.name)
    if made.digest != text.digest:
        raise ValueError(
            f"{texts.TEXTS[text.name].title}: this machine's text is another one ({made.digest[:12]}…) than asked for ({text.digest[:12]}…)"
        )
    store.keep(_file(text), json.dumps({part: getattr(made, part) for part in ("train", "validation", "test")}, ensure_ascii=False))
    return made


def kept(text: TextSpec) -> Corpus | None:
    """The text that this machine's store keeps; None where it was never stored, or is damaged."""
    try:
        found = _corpus(text.name, json.loads(_file(text).read_bytes()))
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None
    return found if found.digest == text.digest else None


def _file(text: TextSpec) -> Path:
    return store.path(text.digest, "documents.json")


def prepare(name: str) -> Corpus:
    """The text as its source yields it now, whatever the pinned digest. Raises ValueError where its package is missing."""
    return _corpus(name, SOURCES[name]())


def _corpus(name: str, splits: Splits) -> Corpus:
    corpus = Corpus(name, "", *(tuple(splits[part]) for part in ("train", "validation", "test")))
    digest = hashlib.sha256()
    for part in (corpus.train, corpus.validation, corpus.test):
        digest.update(json.dumps(part, ensure_ascii=False).encode())
    return replace(corpus, digest=digest.hexdigest())
