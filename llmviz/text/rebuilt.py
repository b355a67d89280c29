"""A tokenizer that came from elsewhere, made again by our own functions. Of its file only the vocabulary and the merges are used.

What else a tokenizer.json may hold is a program: normalisers that multiply a text, regular expressions without end. None of it is run.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from tokenizers import Tokenizer

from llmviz.text.spans import SENTINELS
from llmviz.text.special import SPECIAL
from llmviz.text.tokenizers import LONGEST_WORD, of_bytes, of_pieces, of_words, with_sentinels

MOST_ENTRIES = 10_000  # of a vocabulary; ours have 2,000
LONGEST_ENTRY = 200  # letters; the longest string of bytes that was learnt here has 20
MOST_NAMES = 5_000  # letters in all words with a capital, each of which is looked for at every letter of a text; Tinyland's have 496
KEPT_LONGEST = (40, LONGEST_WORD)  # letters of a word that WordPiece cuts: files written before 500 say 40, and are read as 500


def rebuilt(written: Any) -> Tokenizer:
    """The tokenizer that a tokenizer.json, read as plain JSON, says it is. Raises ValueError, in a sentence, unless it is one of ours."""
    model: Any = written.get("model") if isinstance(written, dict) else None
    kind = model.get("type") if isinstance(model, dict) else None
    if kind not in ("WordLevel", "WordPiece", "BPE"):
        raise ValueError("tokenizer.json is no tokenizer that this program makes: of words, WordPiece, or byte-level BPE")
    entries = _entries(model.get("vocab"))
    try:
        made = _made(kind, entries, model)
    except ValueError:
        raise
    except Exception as problem:  # the library raises bare Exception
        raise ValueError(f"the vocabulary in tokenizer.json cannot be used ({str(problem)[:100]})") from problem
    added = written.get("added_tokens")
    if isinstance(added, list) and len(added) > len(SPECIAL):
        made = with_sentinels(made)
    ours = json.loads(made.to_str())
    if kind == "WordPiece" and model.get("max_input_chars_per_word") in KEPT_LONGEST:
        ours["model"]["max_input_chars_per_word"] = model["max_input_chars_per_word"]
    if differs := _difference(written, ours) or _difference(model, ours["model"]):
        raise ValueError(f"tokenizer.json has another {differs} than this program's tokenizer of the same vocabulary")
    return made


def _made(kind: str, entries: Sequence[str], model: Mapping[str, Any]) -> Tokenizer:
    if kind == "BPE":
        return of_bytes(entries, _merges(model.get("merges")))
    return _words(entries) if kind == "WordLevel" else of_pieces(entries)


def _entries(vocabulary: Any) -> list[str]:
    """The entries in the order of their ids, the special ones first."""
    if not isinstance(vocabulary, dict) or not all(type(id) is int for id in vocabulary.values()):
        raise ValueError("tokenizer.json has no vocabulary: strings with whole numbers")
    if len(vocabulary) > MOST_ENTRIES:
        raise ValueError(f"the vocabulary in tokenizer.json has {len(vocabulary):,} entries; {MOST_ENTRIES:,} are allowed")
    entries = sorted(vocabulary, key=lambda entry: vocabulary[entry])
    if [vocabulary[entry] for entry in entries] != list(range(len(entries))):
        raise ValueError("the ids in tokenizer.json do not count from 0 on, one for each entry")
    if tuple(entries[: len(SPECIAL)]) != SPECIAL:
        raise ValueError(f"the vocabulary in tokenizer.json does not begin with {', '.join(SPECIAL)}")
    if (sentinels := tuple(entry for entry in entries if entry in SENTINELS)) and sentinels != SENTINELS:  # before words that tasks add
        raise ValueError(f"of T5's {len(SENTINELS)} sentinels tokenizer.json has {len(sentinels)}, or has them in another order")
    for entry in entries:
        if not 0 < len(entry) <= LONGEST_ENTRY or any("\ud800" <= letter <= "\udfff" for letter in entry):
            raise ValueError(f"the vocabulary in tokenizer.json has {entry[:30]!a}…: an entry has 1 to {LONGEST_ENTRY} letters")
    return entries


def _words(entries: Sequence[str]) -> Tokenizer:
    names = sum(len(entry) for entry in entries[len(SPECIAL) :] if entry[:1] != entry[:1].lower())
    if names > MOST_NAMES:
        raise ValueError(f"the words with a capital in tokenizer.json have {names:,} letters; {MOST_NAMES:,} are allowed")
    return of_words(entries)


def _merges(merges: Any) -> list[tuple[str, str]]:
    if not isinstance(merges, list) or len(merges) > MOST_ENTRIES:
        raise ValueError(f"tokenizer.json has no list of at most {MOST_ENTRIES:,} merges")
    for merge in merges:
        if not isinstance(merge, list) or len(merge) != 2 or not all(isinstance(part, str) for part in merge):
            raise ValueError("a merge in tokenizer.json is not two strings")
    return [(first, second) for first, second in merges]


def _difference(written: Mapping[str, Any], ours: Mapping[str, Any]) -> str:
    """The first field that is not the same in both."""
    names = sorted(written.keys() | ours.keys())
    return next((str(name)[:40] for name in names if name != "model" and written.get(name, ...) != ours.get(name, ...)), "")
