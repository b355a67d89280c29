"""A visitor's own tagged text for named entity recognition: a tag for each word, by the scheme BIO (Ramshaw and Marcus 1995).

Two forms are read. Columns, as CoNLL-2003 has them: a word a line, its tag in the last column, an empty line between sentences. Brackets,
a sentence a line: `[Anna](PER) lives in [New York](LOC) .`
"""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from llmviz.text import decoding, incoming, store

MOST_BYTES, MOST_SENTENCES, MOST_TYPES = 5_000_000, 5_000, 10
MOST_WORDS = 200  # of a sentence; a model here reads at most 128 tokens
LONGEST_WORD = 200  # letters: a long address on the web
LONGEST_TYPE = 30  # letters; it has to stand above a word
OUTSIDE = "O"
FILE = "own-tags.json"

_LINE_END = re.compile("\r\n?|\n")
_TAG = re.compile(r"O|[A-Z]-\S+")  # what stands in the last column of a line of a tagged text; E- and S- of other schemes are refused later
_COMMENT = re.compile(r"#(?:begin|end) document|#\s+[\w.]+ = ")  # CoNLL-2012 and CoNLL-U
_PIECE = re.compile(r"\[(?P<entity>[^\[\]]*)\]\((?P<type>[^()\[\]]*)\)|(?P<other>(?:\\[\[\]]|[^\[\]])+)|(?P<stray>[\[\]])")


class BrokenBIOError(ValueError):
    """Some I- follow no tag of their type; each can be read as a B-."""


class Sentence(NamedTuple):
    """The words of a sentence, and a tag for each: O outside an entity, B- before the type at its first word, I- at the words after."""

    words: tuple[str, ...]
    tags: tuple[str, ...]


@dataclass(frozen=True)
class Tagged:
    """Sentences with tags, the types of their entities, and how many I- without a B- were made B-."""

    sentences: tuple[Sentence, ...]
    types: tuple[str, ...]
    repaired: int = 0

    @property
    def tags(self) -> tuple[str, ...]:
        """All tags there may be, O first."""
        return (OUTSIDE, *(f"{part}-{kind}" for kind in self.types for part in "BI"))

    @property
    def counts(self) -> tuple[int, ...]:
        """How many entities there are of each type."""
        begun = [tag for sentence in self.sentences for tag in sentence.tags]
        return tuple(begun.count(f"B-{kind}") for kind in self.types)


class Word(NamedTuple):
    """A word with its tag, and the line it stands in, counted from 1."""

    line: int
    word: str
    tag: str


def tagged(content: bytes, repair: bool = False) -> Tagged:
    """The sentences of a file in either form.

    An I- that follows neither a B- nor an I- of its type breaks BIO, and is refused; `repair` makes it a B- and counts it, which turns the
    older IOB1 into BIO. Raises BrokenBIOError for this, and ValueError for whatever else cannot be read, in a sentence with the number
    of the line.
    """
    if len(content) > MOST_BYTES:
        raise ValueError(f"this file has more than {MOST_BYTES / 1e6:g} MB; at most so many are read")
    text, _ = decoding.exported(content)
    if not text.strip():
        raise ValueError("this file is empty")
    lines = _LINE_END.split(text)
    sentences = list(_limited(_in_columns(lines) if _has_columns(lines) else _in_brackets(lines)))
    broken = [word for sentence in sentences for word in _broken(sentence)]
    if broken and not repair:
        first = broken[0]
        raise BrokenBIOError(
            f"line {first.line:,}: {first.tag} at “{first.word}” follows neither B-{first.tag[2:]} nor {first.tag}, and in BIO an entity "
            f"begins with B-; there are {len(broken):,} such tags, and each can be read as a B-"
        )
    repaired = tuple(_sentence(sentence, set(_broken(sentence))) for sentence in sentences)
    return Tagged(repaired, _types(sentences), len(broken))


def keep(tagged: Tagged, giver: str = "") -> str:
    """Keep the sentences on this machine; their digest. Raises ValueError, in a sentence, where there is no place."""
    digest = store.keep_own(FILE, _written(tagged), giver)
    read(digest)
    return digest


def digest(tagged: Tagged) -> str:
    """The digest of sentences and types, under which they are kept."""
    return hashlib.sha256(_written(tagged).encode()).hexdigest()


def read(digest: str) -> Tagged:
    """The sentences of this digest. Raises ValueError, in a sentence, where this machine does not keep them, or others."""
    kept = json.loads(store.read_own(digest, FILE, "this tagged text is not kept on this machine; choose its file again"))
    return Tagged(tuple(Sentence(tuple(words), tuple(tags)) for words, tags in kept["sentences"]), tuple(kept["types"]))


def columns(tagged: Tagged) -> str:
    """The sentences as a file in columns."""
    return "\n".join("".join(f"{word}\t{tag}\n" for word, tag in zip(*sentence, strict=True)) for sentence in tagged.sentences)


def _written(tagged: Tagged) -> str:
    return json.dumps({"types": tagged.types, "sentences": tagged.sentences}, ensure_ascii=False)


def _has_columns(lines: list[str]) -> bool:
    """Whether most lines end with a tag, and so are words in columns."""
    filled = [cells for line in lines if (cells := line.split()) and not _is_comment(line)]
    return sum(len(cells) > 1 and _TAG.fullmatch(cells[-1]) is not None for cells in filled) > len(filled) / 2


def _is_comment(line: str) -> bool:
    """Whether the line is none of the text's: # alone may also be a word, which then has a tag."""
    cells = line.split()
    return _COMMENT.match(line.strip()) is not None or (cells[:1] == ["#"] and not _TAG.fullmatch(cells[-1]))


def _in_columns(lines: list[str]) -> Iterator[list[Word]]:
    """The sentences of a text in columns, divided by white space, or by tabs alone in a line that has one."""
    sentence: list[Word] = []
    for number, line in enumerate(lines, 1):
        cells = [incoming.tidied(cell).strip() for cell in (line.rstrip().split("\t") if "\t" in line.strip() else line.split())]
        if not any(cells) or cells[0] == "-DOCSTART-":
            yield sentence
            sentence = []
        elif not _is_comment(line):
            if len(cells) < 2:
                raise ValueError(f"line {number:,}: “{_short(line)}” has one column; a word and its tag are two")
            sentence.append(_checked(number, cells[0], cells[-1]))
            _check_length(sentence[0].line, len(sentence))
    yield sentence


def _in_brackets(lines: list[str]) -> Iterator[list[Word]]:
    r"""The sentences of a text in brackets. Words are what white space or a bracket divides; `\[` and `\]` are brackets of the text."""
    if not any("](" in line for line in lines):
        raise ValueError(
            "no entity is marked in this file; it has a word and its tag in each line, such as “Anna B-PER”, or a sentence in each line, "
            "such as “[Anna](PER) lives in [New York](LOC) .”"
        )
    for number, line in enumerate(lines, 1):
        _check_length(number, len(line) // LONGEST_WORD)  # before a line of a million words is divided
        sentence: list[Word] = []
        for piece in _PIECE.finditer(incoming.tidied(line)):
            if piece["stray"]:
                raise ValueError(
                    f"line {number:,}, letter {piece.start() + 1:,}: a bracket without its other half or without a type; an entity is "
                    "written [New York](LOC), and a bracket of the text \\[ or \\]"
                )
            words = (piece["other"] or piece["entity"]).replace("\\[", "[").replace("\\]", "]").split()
            if piece["other"] is None and not words:
                raise ValueError(f"line {number:,}, letter {piece.start() + 1:,}: there is no word between the brackets")
            tags = (
                [OUTSIDE] * len(words)
                if piece["other"]
                else [f"{'I' if place else 'B'}-{piece['type'].strip()}" for place in range(len(words))]
            )
            sentence += [_checked(number, word, tag) for word, tag in zip(words, tags, strict=True)]
        _check_length(number, len(sentence))
        yield sentence


def _checked(line: int, word: str, tag: str) -> Word:
    """The word, where word and tag are what they may be."""
    kind = tag[2:]
    if not word:
        raise ValueError(f"line {line:,}: there is no word before the tag {_short(tag)}")
    if len(word) > LONGEST_WORD:
        raise ValueError(f"line {line:,}: a word has at most {LONGEST_WORD} letters, and this one has {len(word):,}")
    if tag != OUTSIDE and (tag[:2] not in ("B-", "I-") or not kind or kind != "".join(kind.split()) or len(kind) > LONGEST_TYPE):
        raise ValueError(
            f"line {line:,}: “{_short(tag)}” is no tag of BIO: O, or B- or I- and a type of at most {LONGEST_TYPE} letters without spaces"
        )
    return Word(line, word, tag)


def _limited(sentences: Iterable[list[Word]]) -> Iterator[list[Word]]:
    """The sentences that are not empty. Raises ValueError, in a sentence, for too many."""
    count = 0
    for sentence in sentences:
        if not sentence:
            continue
        count += 1
        if count > MOST_SENTENCES:
            raise ValueError(
                f"this file has more than {MOST_SENTENCES:,} sentences; keep at most so many: the next one begins in line "
                f"{sentence[0].line:,}"
            )
        yield sentence


def _check_length(line: int, words: int) -> None:
    if words > MOST_WORDS:
        raise ValueError(
            f"line {line:,}: the sentence that begins here has more than {MOST_WORDS} words; between sentences stands an empty line, and "
            "in brackets each stands in a line of its own"
        )


def _broken(sentence: list[Word]) -> Iterator[Word]:
    """The words whose tag is an I- that continues nothing."""
    before = OUTSIDE
    for word in sentence:
        if word.tag.startswith("I-") and before[2:] != word.tag[2:]:
            yield word
        before = word.tag


def _sentence(sentence: list[Word], begins: set[Word]) -> Sentence:
    """The words and tags, where each of `begins` begins an entity."""
    tags = tuple(f"B-{word.tag[2:]}" if word in begins else word.tag for word in sentence)
    return Sentence(tuple(word.word for word in sentence), tags)


def _types(sentences: list[list[Word]]) -> tuple[str, ...]:
    """The types of the entities, in the order of their names. Raises ValueError, in a sentence, for none, or too many."""
    types = sorted({word.tag[2:] for sentence in sentences for word in sentence if word.tag != OUTSIDE})
    if not types:
        raise ValueError("no entity is marked in this file: every tag is O")
    if len(types) > MOST_TYPES:
        raise ValueError(f"this file has {len(types):,} types of entities; at most {MOST_TYPES} can be told apart here")
    return tuple(types)


def _short(text: str, most: int = 40) -> str:
    tidy = incoming.line(text.strip(), most + 1)
    return tidy if len(tidy) <= most else f"{tidy[:most]}…"
