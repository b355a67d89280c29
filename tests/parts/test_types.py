"""The types of the scripts are those of the payloads."""

from pathlib import Path

import pytest

from llmviz.parts import types


@pytest.mark.parametrize(
    ("file", "text"), types.declarations().items(), ids=lambda given: given.parent.name if isinstance(given, Path) else ""
)
def test_the_types_in_the_folder_are_made_from_the_payload(file: Path, text: str) -> None:
    assert file.read_text(encoding="utf-8") == text, "python -m llmviz.parts.types makes them anew"


def test_what_has_no_name_in_typescript_is_refused() -> None:
    with pytest.raises(TypeError, match="has no name in TypeScript"):
        types._type(Path, set())
