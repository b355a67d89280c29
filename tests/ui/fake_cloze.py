"""What a model that pretends says of hidden words: the capitals, the more surely the longer it has trained."""

import numpy as np
from tokenizers import Tokenizer

from llmviz.core.questions.cloze import Cloze, Trace
from llmviz.text.special import UNK
from llmviz.text.tinyland.world import CAPITALS


def trace(tokenizer: Tokenizer, step: int, share: float, ids: list[int], question: Cloze) -> Trace:
    vocabulary = tokenizer.get_vocab_size()
    logits = np.random.default_rng((7, *ids)).normal(size=(len(ids), vocabulary)) * 0.3
    cities = [id for city in CAPITALS.values() if (id := tokenizer.token_to_id(city)) is not None]
    for place, id in enumerate(ids):
        if place in question.hidden and id in cities:
            logits[place, cities] += 9 * min(1.0, share * 4)
        logits[place, id] += 9 * share if place in question.hidden else 6 + 4 * share
    chances = np.exp(logits) / np.exp(logits).sum(-1, keepdims=True)
    best = np.argsort(-chances, axis=-1)[:, : question.top]
    return Trace(
        step,
        tuple(str(tokenizer.id_to_token(id)) for id in ids),
        np.array([chances[place, id] if id != UNK else 0.0 for place, id in enumerate(ids)], np.float32),
        best,
        np.take_along_axis(chances, best, -1).astype(np.float32),
        tuple(tuple(str(tokenizer.id_to_token(int(id))) for id in row) for row in best),
    )
