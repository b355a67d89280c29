"""Terms of the glossary within the text of a page: a word that explains itself, and all of a page as a list."""

import html
import re
from collections.abc import Iterable

from llmviz.core.glossary import GLOSSARY


def meanings(terms: Iterable[str]) -> dict[str, str]:
    """What these terms mean, as the payload of a component."""
    return {term: GLOSSARY[term] for term in terms}


def marked(text: str, terms: Iterable[str]) -> str:
    """HTML of our own in which the first mention of each term explains itself to the mouse and to the keyboard."""
    bits = re.split(r"(<[^>]+>)", text)
    for term in terms:
        mention = re.compile(rf"(?<![\w-]){re.escape(term)}s?(?![\w-])", re.IGNORECASE)
        for place, bit in enumerate(bits):
            found = None if bit.startswith("<") else mention.search(bit)
            if found:
                bits[place : place + 1] = [bit[: found.start()], _term(found[0], GLOSSARY[term]), bit[found.end() :]]
                break
    return "".join(bits)


def _term(said: str, meaning: str) -> str:
    said, told = html.escape(said), html.escape(meaning)
    return f'<span class="term" tabindex="0" role="note" aria-label="{said}: {told}" data-meaning="{told}">{said}</span>'


def listed(terms: Iterable[str]) -> str:
    """The terms with what they mean, as HTML."""
    return f"<dl class='glossary'>{''.join(f'<dt>{html.escape(term)}</dt><dd>{html.escape(GLOSSARY[term])}</dd>' for term in terms)}</dl>"
