"""How a token of bytes is spelt for people, the same on every page: a byte that is no whole letter by its number, ⟨E1⟩ (GPT-2's tokens)."""

import codecs
import unicodedata

SIGNS = {"\n": "⏎", "\t": "⇥", "\r": "␍", " ": "␣"}  # white space that would not be seen
BLANK = SIGNS[" "]
# Bytes that print stand for themselves, the others for letters from 256 on, in order (GPT-2's encoder.py).
_PRINTED = (*range(33, 127), *range(161, 173), *range(174, 256))
BYTES = {chr(byte): byte for byte in _PRINTED} | {chr(256 + place): byte for place, byte in enumerate(sorted({*range(256)} - {*_PRINTED}))}
_NUMBERED = "llmviz.numbered"


def raw(entry: str) -> bytes:
    """The bytes of an entry as the vocabulary writes it, a letter for each. Raises KeyError for a letter that stands for none."""
    return bytes(BYTES[letter] for letter in entry)


def letters(found: bytes) -> str:
    """The bytes as text; those that are only a part of a letter by their numbers."""
    return found.decode("utf-8", _NUMBERED)


def partial(entry: str) -> bool:
    """Whether an entry holds bytes that are only a part of a letter."""
    try:
        raw(entry).decode("utf-8")
    except UnicodeDecodeError:
        return True
    except KeyError:  # an entry that was added, not learnt from bytes
        return False
    return False


def visible(text: str) -> str:
    """The text with a sign for each white space, and each letter that has no ink by its bytes, so that no two tokens look alike."""
    return "".join(SIGNS.get(letter) or (letter if _inked(letter) else _numbers(letter.encode())) for letter in text)


def _inked(letter: str) -> bool:
    return unicodedata.category(letter) not in ("Cc", "Cf", "Zs", "Zl", "Zp")


def _numbers(some: bytes) -> str:
    return "".join(f"⟨{byte:02X}⟩" for byte in some)


def _number(problem: UnicodeError) -> tuple[str, int]:
    assert isinstance(problem, UnicodeDecodeError)
    return _numbers(problem.object[problem.start : problem.end]), problem.end


codecs.register_error(_NUMBERED, _number)
