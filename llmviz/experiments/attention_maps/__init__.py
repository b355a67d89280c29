"""Attention maps, where each head looks: the facts of its page."""

from llmviz.core.glossary import RUN
from llmviz.core.lesson import Lesson

LESSON = Lesson(
    "attention-maps", "Where each head of BERT and of GPT looks", (8,), terms=("token", "pretraining", "attention head", *RUN, "seed")
)
