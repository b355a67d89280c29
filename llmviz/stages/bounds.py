"""The lines a masked model's figures lie between, worked out on the very targets the model is asked for.

Tinyland's grammar is known, so the best possible loss and accuracy are exact. For real text, two models that count words stand instead.
"""

import hashlib
import json
import math
from collections.abc import Sequence

import numpy as np

from llmviz.stages.texts import Encoded, Ids
from llmviz.text import store
from llmviz.text.masks import IGNORED
from llmviz.text.ngrams import trigram, unigram
from llmviz.text.tinyland.corpus import world

Hidden = Sequence[tuple[Ids, Ids]]  # batches of (ids with hidden places, labels), each (batch, n)


def references(text: Encoded, batches: Hidden) -> dict[str, float]:
    """The lines by name, in nats: random_guess; floor, and the share accuracy_ceiling, for Tinyland; unigram and trigram for real text.

    Worked out once per text and set of targets, and kept on this machine.
    """
    key = hashlib.sha256(b"".join(array.tobytes() for batch in batches for array in batch)).hexdigest()
    file = store.path(text.spec.digest, f"bounds-{key[:16]}.json")
    try:
        found = {name: float(value) for name, value in json.loads(file.read_text(encoding="utf-8")).items()}
    except (OSError, ValueError, AttributeError, TypeError):  # never kept, or damaged
        found = _exact(text, batches) if text.told_by_grammar else _counted(text, batches)
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
