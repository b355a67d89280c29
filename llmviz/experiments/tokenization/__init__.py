"""Tokenization, what a model reads and how it is learnt from a text: the facts of its page."""

from llmviz.core.lesson import Lesson

LESSON = Lesson("tokens", "What a model reads is tokens, not words", (3,), ("B7",), terms=("token", "pretraining"))
