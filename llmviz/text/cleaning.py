"""Published prose made into documents: one alphabet, no editor's marks, whole sentences in groups that fit a small model's context."""

import re
import unicodedata
from collections.abc import Iterable, Iterator

from llmviz.text.splits import place_of

# 2,000 word pieces make 1.6 (speeches) to 2 (Wikipedia) tokens of a word with its punctuation: 19 of 20 documents fit 64 tokens whole.
MOST_WORDS = 32
LONG_WORDS = 72  # of a document for a model that reads 128 tokens: of 4,000 there are 1.6 a word, so that 19 of 20 fit whole
FEWEST_WORDS = 8  # less is a heading, a greeting or the rest of a list
# Some 300,000 words are half a million tokens: a minute of training reads them about twice, and they are prepared in seconds.
MOST_WORDS_IN_ALL = 300_000

QUOTES = str.maketrans({"“": '"', "”": '"', "„": '"', "‘": "'", "’": "'", "–": "-", "—": "--", "−": "-", "\u00ad": None})
DASH = re.compile(r"\s*(?:-\s*){2,}")
EDITOR = re.compile(r"\[[^\[\]]*\]|<[^<>]*>")  # [Laughter], [see APP Note], <tags>
ASIDE = re.compile(r"\([^()]*\)")  # dates, pronunciations, the numbers of a list
ENDING = re.compile(
    r"(?<=[.!?])"  # first, for it fails soonest: the speeches are cut in 3 s, not 5
    r"(?<![ .][A-Z]\.)(?<!\b(?:Mr|Ms|Dr|St|No|Jr|Sr|vs|Lt|Mt|ca|cf)\.)(?<!\b(?:Mrs|Hon|Gen|Col|Gov|Sen|Rep|Rev|etc)\.)(?<!\b(?:Messrs)\.)"
    r"[\"']*\s+(?=[\"']*[A-Z0-9])"
)
STRAY = re.compile(r"[ ,]+(?=[,;:.!?])|(?<=[^.]\.)\.(?!\.)")  # left of an aside before a comma or full stop; a full stop set twice
PLAIN = re.compile(r"[A-Z][A-Za-z ,;:.!?'\"&$%0-9À-ÿ-]*[.!?][\"']*")  # a whole sentence in the letters of Western Europe


def sentences(paragraph: str) -> Iterator[str]:
    """The whole sentences of a paragraph, cleaned. What is left out: asides, and sentences in other alphabets or with signs of tables."""
    text = unicodedata.normalize("NFKC", EDITOR.sub(" ", paragraph)).translate(QUOTES)
    text = DASH.sub(" - ", text)
    while text != (text := ASIDE.sub(" ", text)):
        pass  # brackets inside brackets
    for sentence in ENDING.split(re.sub(r"\s+", " ", text).strip()):
        tidy = STRAY.sub("", sentence).strip()
        if PLAIN.fullmatch(tidy):
            yield tidy


def documents(sentences: Iterable[str], most: int = MOST_WORDS) -> Iterator[str]:
    """Neighbouring sentences grouped into documents of at most `most` words; a sentence longer than that is left out and ends a group."""
    group: list[str] = []
    words = 0
    for sentence in sentences:
        length = len(sentence.split())
        if words + length > most:
            yield from _whole(group, words)
            group, words = [], 0
        if length <= most:
            group.append(sentence)
            words += length
    yield from _whole(group, words)


def capped(documents: Iterable[str], most: int = MOST_WORDS_IN_ALL) -> list[str]:
    """As many documents as `most` words allow, chosen and ordered by their hash: an even sample of the whole."""
    chosen: list[str] = []
    words = 0
    for document in sorted(set(documents), key=place_of):
        words += len(document.split())
        if words > most:
            break
        chosen.append(document)
    return chosen


def _whole(group: list[str], words: int) -> Iterator[str]:
    if words >= FEWEST_WORDS:
        yield " ".join(group)
