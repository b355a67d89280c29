"""What a classifier might say: a model with a parent comes to weigh opinion words, one without hardly does."""

import hashlib

import numpy as np

from llmviz.core.questions.base import Answer
from llmviz.core.questions.classification import Marked
from llmviz.core.questions.tensors import Inventory, Tensors
from llmviz.core.spec import RunSpec
from llmviz.experiments.classification.question import GRADIENTS, Agree, Agreement, Attribute, Reasons, Unseen
from llmviz.text.tinyland.world import ADJECTIVES, FEELINGS, VERDICTS

LABELS = ("negative", "positive")
GOOD, BAD = ({word for table in (ADJECTIVES, FEELINGS, VERDICTS) for word in table[mood]} for mood in ("good", "bad"))
BODY = ("roformer.embeddings.word_embeddings.weight", "roformer.encoder.layer.0.a.weight", "roformer.encoder.layer.1.a.weight")
HEADS = {"mlm": ("cls.predictions.bias",), "sentiment": ("classifier.out_proj.weight",), "own": ("classifier.weight",)}
Asked = Attribute | Unseen | Agree | Tensors


def answer(step: int, spec: RunSpec, question: Asked) -> Answer:
    share = step / spec.train.steps
    match question:
        case Attribute():
            return _reasons(step, share, spec, question)
        case Unseen():
            texts = tuple(f"the film was {word} ." for word in (*sorted(GOOD), *sorted(BAD)))[: question.count]
            truth = np.array([text.split()[-2] in GOOD for text in texts], np.int64)
            right = share if spec.parent else 0.1 * share
            praise = np.array([0.5 + (0.4 if label else -0.4) * right - 0.05 for label in truth], np.float32)
            return Marked(step, texts, truth, LABELS, np.stack([1 - praise, praise], -1))
        case Agree():
            return Agreement(step, np.linspace(0.5, 0.9, question.count, dtype=np.float32), np.full(question.count, 0.01, np.float32))
        case Tensors():
            return _inventory(step, share, spec)


def _reasons(step: int, share: float, spec: RunSpec, question: Attribute) -> Reasons:
    words = tuple(question.text.split())
    if not words:
        raise ValueError("there is no word to read")
    strength = 3 * share * (1.0 if spec.parent else 0.2)
    weight = np.array([strength if word in GOOD else -strength if word in BAD else 0.0 for word in words], np.float32)
    half = 0.5 if question.method == GRADIENTS else 1.0
    return Reasons(step, words, LABELS, weight * half, float(weight.sum()), 0.0)


def _inventory(step: int, share: float, spec: RunSpec) -> Inventory:
    names = (*BODY, *HEADS.get(spec.stage, ("classifier.weight",)))
    owner = spec.parent.id if spec.parent and step == 0 else spec.id
    hashes = (hashlib.sha256(f"{owner if name in BODY else spec.id} {name}".encode()).hexdigest() for name in names)
    return Inventory(
        step,
        "RoFormerForMaskedLM" if spec.stage == "mlm" else "RoFormerForSequenceClassification",
        names,
        tuple((8, 8) for _ in names),
        tuple(hashes),
        np.full(len(names), 8.0, np.float32),
        np.array([share * (place + 1) / 10 for place in range(len(names))], np.float32),
    )
