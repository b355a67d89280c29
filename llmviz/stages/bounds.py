"""The lines a model's figures lie between, worked out on the very targets the model is asked for.

Tinyland's grammar is known, so the best possible loss and accuracy are exact. For real text, two models that count words stand instead.
"""

import hashlib
import json
import math
from collections.abc import Callable, Sequence

import numpy as np

from llmviz.stages.texts import Encoded, Ids
from llmviz.text import store
from llmviz.text.masks import IGNORED
from llmviz.text.ngrams import trigram, unigram
from llmviz.text.tinyland.corpus import world
from llmviz.text.tinyland.grammar import END

Hidden = Sequence[tuple[Ids, Ids]]  # batches of (ids, labels), each (batch, n): the label of a target is its token
Work = Callable[[Encoded, Hidden], dict[str, float]]


def references(text: Encoded, batches: Hidden) -> dict[str, float]:
    """The lines for hidden words, by name, in nats: random_guess; on Tinyland floor, and the share accuracy_ceiling; on real text unigram
    and trigram. Each target is known from the visible words on both sides; `batches` have [MASK] there.
    """
    return _lines(text, batches, _exact if text.told_by_grammar else _counted)


def next_references(text: Encoded, batches: Hidden) -> dict[str, float]:
    """The same lines for next tokens: each target is known from the words before it, and the end of a text is one.

    On Tinyland the texts are whole.
    """
    return _lines(text, batches, _exact_next if text.told_by_grammar else _counted_next)


def _lines(text: Encoded, batches: Hidden, work: Work) -> dict[str, float]:
    """Worked out once per text and set of targets, and kept on this machine."""
    key = hashlib.sha256(b"".join(array.tobytes() for batch in batches for array in batch)).hexdigest()
    file = store.path(text.spec.digest, f"bounds-{key[:16]}.json")
    try:
        found = {name: float(value) for name, value in json.loads(file.read_text(encoding="utf-8")).items()}
    except (OSError, ValueError, AttributeError, TypeError):  # never kept, or damaged
        found = work(text, batches)
        store.keep(file, json.dumps(found))
    return {"random_guess": math.log(text.vocabulary), **found}


def _exact(text: Encoded, batches: Hidden) -> dict[str, float]:
    losses, best = [], []
    for corrupted, labels in batches:
        for row, label in zip(corrupted, labels, strict=True):
            places = [int(place) - 1 for place in np.flatnonzero(label != IGNORED)]  # [CLS] stands first
            whole = text.words(np.where(label != IGNORED, label, row))
            posterior = world().cloze(whole, places)
            losses += [-math.log(posterior[place][whole[place]]) for place in places]
            best += [max(posterior[place].values()) for place in places]
    return {"floor": sum(losses) / len(losses), "accuracy_ceiling": sum(best) / len(best)}


def _counted(text: Encoded, batches: Hidden) -> dict[str, float]:
    return {
        "unigram": unigram(text.train, batches, text.vocabulary),
        "trigram": trigram(text.train, batches, text.vocabulary),
    }


def _exact_next(text: Encoded, batches: Hidden) -> dict[str, float]:
    losses, best = [], []
    for ids in (row for part, _ in batches for row in part):
        words = text.words(ids)
        for word, chances in zip((*words, END), world().next_words(words), strict=True):
            losses.append(-math.log(chances[word]))
            best.append(max(chances.values()))
    return {"floor": sum(losses) / len(losses), "accuracy_ceiling": sum(best) / len(best)}


def _counted_next(text: Encoded, batches: Hidden) -> dict[str, float]:
    return {
        "unigram": unigram(text.train, batches, text.vocabulary, ends=True),
        "trigram": trigram(text.train, batches, text.vocabulary, ends=True),
    }
