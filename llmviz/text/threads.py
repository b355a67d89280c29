"""Texts as documents that know what runs through them: prepared once, kept on this machine."""

import json
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache

from llmviz.core.settings import TextSpec
from llmviz.core.texts import TEXTS
from llmviz.text import store
from llmviz.text.pairs import Document
from llmviz.text.tinyland import corpus as tinyland

Splits = Mapping[str, Sequence[Document]]

SOURCES: dict[str, Callable[[], Splits]] = {"tinyland": tinyland.stories}


@lru_cache(maxsize=2)
def documents(text: TextSpec) -> Splits:
    """The documents of a text by split: "train", "validation", "test". Raises ValueError, in a sentence, for a text without threads."""
    if text.name not in SOURCES:
        raise ValueError(f"{TEXTS[text.name].title}: nobody has noted what runs through these texts; {' and '.join(SOURCES)} has it noted")
    file = store.path(text.digest, "threads.json")
    try:
        kept = json.loads(file.read_bytes())
        return {split: tuple(Document(tuple(told), thread) for told, thread in kept[split]) for split in ("train", "validation", "test")}
    except (OSError, ValueError, TypeError, KeyError):
        pass  # never stored, or damaged: made again below
    made = SOURCES[text.name]()
    store.keep(file, json.dumps({split: [[part.sentences, part.thread] for part in found] for split, found in made.items()}))
    return made
