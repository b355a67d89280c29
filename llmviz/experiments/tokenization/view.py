"""What vocabularies cost: the two charts below the sentence, the question of the page, and the notes."""

from collections.abc import Mapping, Sequence

from llmviz.core.cut import Word
from llmviz.core.questions.vocabulary import BPE, KINDS, SIZES, UNIGRAM, WORDPIECE, Costs, Growth
from llmviz.core.texts import TEXTS
from llmviz.experiments.tokenization.pieces_view import NAMES
from llmviz.parts.costs import payload as parts
from llmviz.parts.curves.payload import Curve, Curves
from llmviz.views import words
from llmviz.views.reveal import Quiz, Reveal

DASHES = {BPE: "", WORDPIECE: "7 4", UNIGRAM: "1.5 3.5"}
OWN = "Your text"
STRANGE = ("żółw", "сова", "梟", "🦉", "𓅓")  # a tortoise and owls; no text of the program has the letters of all
KEEPS = ("BPE alone", "BPE and Unigram", "all three", "none of them")
SEEN = 0.02  # of [UNK] for each word: less cannot be seen in a bar
HELD = {frozenset({BPE}): 0, frozenset({BPE, UNIGRAM}): 1, frozenset(KINDS): 2, frozenset(): 3}


def title(text: str) -> str:
    """The name of a text as the page says it; a visitor's own is named by a digest."""
    return TEXTS[text].title if text in TEXTS else OWN


def growth(found: Growth | None, size: int, empty: str) -> Curves:
    """The chart of sizes: of each way the sizes that the text allows, and what a word costs there."""
    lines: list[Curve] = []
    for row, kind in enumerate(KINDS) if found else ():
        assert found
        points = dict(
            zip(map(int, found.reached[row]), map(float, found.rates[row]), strict=True)
        )  # the last of equals is that of the largest
        lines.append({"name": NAMES[kind], "phase": "", "dash": DASHES[kind], "steps": list(points), "values": list(points.values())})
    about = "tokens per word"
    if found:
        about += ", " + (
            words.counted(found.words, "held-out word") if found.held_out else f"{words.counted(found.words, 'word')} of its own"
        )
    return {
        "kind": "growth",
        "title": "More pieces, fewer tokens",
        "about": about,
        "empty": empty,
        "unit": "piece",
        "total": SIZES[-1],
        "ticks": list(SIZES),
        "log": True,
        "marked": size,
        "low": 1.0,
        "share": False,
        "lines": lines,
        "bounds": [],
    }


def costs(found: Costs | None, text: str, empty: str) -> parts.Costs:
    """The table of texts: what a word of each costs with the vocabularies on the page."""
    rows: list[parts.Cost] = (
        [
            {"name": title(name), "own": name == text, "rates": found.rates[:, place].tolist(), "lost": found.lost[:, place].tolist()}
            for place, name in enumerate(found.texts)
        ]
        if found
        else []
    )
    lost = found is not None and bool((found.lost >= SEEN).any())
    below = "hatched: [UNK], one cheap token for a word that is lost" if lost else "" if found else empty
    about = f"tokens per word, learnt from {TEXTS[text].title if text in TEXTS else 'yours'}"
    return {
        "title": "The same pieces on other texts",
        "about": about,
        "names": [NAMES[kind] for kind in KINDS],
        "texts": rows,
        "below": below,
    }


def listed(named: Sequence[str], most: int = 8) -> str:
    """Some words in a row, the first `most` of them."""
    return ", ".join(named[:most]) + (" …" if len(named) > most else "")


def strange(letters: Mapping[str, int]) -> str:
    """A word with a letter that the text, of which these are the words, never had; "" where it has them all."""
    known = set("".join(letters))
    return next((word for word in STRANGE if not known.issuperset(word)), "")


def quiz(word: str) -> Quiz:
    """The question before it is shown."""
    return Quiz(f"“{word}” has letters this text never had. Which vocabularies still spell it out?", KEEPS)


def reveal(word: str, cuts: Mapping[str, Sequence[Word]], spelt: Mapping[str, Sequence[str]]) -> Reveal | None:
    """Who keeps the word, by what each makes of it: their pieces as people read them are in `spelt`."""
    keeps = frozenset(kind for kind in KINDS if not any(1 in each.ids for each in cuts[kind]))
    if keeps not in HELD:
        return None
    told = " · ".join(f"{NAMES[kind]}: {' | '.join(spelt[kind])}" for kind in KINDS)
    return Reveal(HELD[keeps], f"{told}. BPE here is of bytes, and every letter is bytes.")


NOTES = (
    "**BPE** (byte-level, as in GPT-2) begins with the 256 bytes. Learning merges the most frequent pair of neighbours into a new "
    "piece, over and over; cutting makes the same merges in the same order. Nothing is ever unknown.",
    "**WordPiece** (as in BERT) reads lower-case letters without accents. Cutting takes the longest piece that fits, then the longest "
    "for the rest. Its pieces are learnt by merging too: BERT's own way to learn them was never published.",
    "**Unigram** (as in T5, Kudo 2018) gives each piece a score, the logarithm of about how probable it is. Learning begins with many "
    "pieces and drops those that are missed least; cutting takes the way with the highest sum (Viterbi).",
    "**Size.** The vocabulary counts five special tokens, and for BPE the 256 bytes. Letters rarer than one in 20,000 get no piece of "
    "WordPiece and Unigram.",
    "**Words** are what stands between white space. A wavy line marks a word that what was read of the text never has. A count is how "
    "often a piece occurs when this vocabulary cuts that text.",
    "**Read.** Of each text the first million letters. Costs are measured on parts that nothing was learnt from; of your own text, on "
    "itself. A vocabulary that was learnt is kept: Unigram adds in an order that changes, and its rarest pieces would differ the next "
    "time.",
)
