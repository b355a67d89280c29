"""How well a model that tags words does: its loss, and how many whole entities it finds and gets right (CoNLL-2003)."""

from llmviz.core.experiment import Metric

METRICS = (
    Metric("loss", "loss on held-out texts", "nats", "Mean of −ln p, where p is the probability of a word's true tag. Lower is better."),
    Metric(
        "f1",
        "F1 of entities",
        "%",
        "The harmonic mean of precision and recall over whole names or slots: one is right with its kind, its beginning and its end.",
        bound="f1_ceiling",
        baseline="f1_lookup",
    ),
    Metric("precision", "precision", "%", "Of what it found, the share that is right."),
    Metric("recall", "recall", "%", "Of the names or slots there are, the share it found."),
)
