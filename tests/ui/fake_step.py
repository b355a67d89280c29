"""What the fake engine says of a step taken apart: two short texts that the model knows the better the later it is."""

import numpy as np

from llmviz.core.questions.onestep import OneStep, Opened

TEXTS = (("[CLS]", "[MASK]", "owl", "dull", ".", "[SEP]"), ("[CLS]", "the", "[MASK]", "<b>", ".", "[SEP]"))
PLACES = ((1, 3), (2,))
TRUTHS = ("every", "hoots", "film")
TENSORS = ("roformer.embeddings.word_embeddings.weight", "roformer.encoder.layer.0.a.weight", "roformer.encoder.layer.0.a.bias", "cls.bias")


def answer(step: int, total: int, question: OneStep) -> Opened:
    share = np.array([[(step + ahead + 1 + place) / (total + 4) for place in range(3)] for ahead in (0, 1)], np.float32)
    words = tuple((truth, "cow", "the") for truth in TRUTHS)
    chances = np.stack([share, 0.6 * (1 - share), 0.3 * (1 - share)], -1)
    nats = -np.log(share)
    return Opened(
        step,
        question.batch,
        16,
        float(nats[0].mean()),
        float(nats[1].mean()),
        TEXTS,
        PLACES,
        TRUTHS,
        share,
        nats,
        (words, words),
        chances,
        TENSORS,
        ("AdamW", "Muon", "AdamW", "AdamW"),
        np.array([0.01, 0.02, 0.01, 0.01], np.float32),
        np.array([3.0, 1.2, 0.5, 4.0], np.float32),
        np.array([10.0, 3.0, 4.0, 0.0], np.float32),
        np.array([0.1, 0.3, 0.4, 0.02], np.float32),
        1.0,
    )
