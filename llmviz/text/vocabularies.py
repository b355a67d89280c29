"""Three ways to learn a vocabulary from one text, and to cut any text by it: bytes merged as for GPT, word pieces as for BERT, scored
pieces as for T5. Training is the library's; the cutting here is spelt out, so that every step of it can be shown.
"""

import json
import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, trainers

from llmviz.core.cut import Word
from llmviz.core.questions.vocabulary import BPE, UNIGRAM, WORDPIECE, Vocabulary
from llmviz.text import lattice, longest, merging, spelling
from llmviz.text.special import FIRST, SPECIAL, UNK
from llmviz.text.tokenizers import LONGEST_WORD, count_letters, learn_wordpieces

BPE_SPACE = "Ġ"  # what the byte of a space is written as
SPACE = "▁"  # stands for the space before a word, as in SentencePiece
MOST_LETTERS = 500  # in an alphabet: a script with more, Chinese say, would leave no room for what is longer
RARE = 20_000  # a letter that is rarer than one in so many is left out as noise: 50 times in a million, as where models are trained here
# Unigram's trainer looks at every word it is given again and again. Rarer words would take two thirds of its time and are mostly names; but
# with few words it may look at all of them, and more often, and only then does it stop to overrate frequent letters.
RARE_WORD, FEW = 4, 2_000  # times; different words
# It considers only what occurs in two different words. With a mark at its end, for which no keyboard has a key, a word occurs in two.
END, WHOLE = "\ue000", 1_000  # the mark, and how many of the most frequent words are considered whole thereby
ALPHABET = sorted(pre_tokenizers.ByteLevel.alphabet())  # the letters that stand for the 256 bytes
LOWER = normalizers.BertNormalizer(strip_accents=True, lowercase=True)
PLAIN = normalizers.Lowercase()  # for telling words apart
NORMAL = {WORDPIECE: LOWER, UNIGRAM: normalizers.NFKC()}
SPLIT = {
    BPE: pre_tokenizers.ByteLevel(add_prefix_space=False),
    WORDPIECE: pre_tokenizers.BertPreTokenizer(),
    UNIGRAM: pre_tokenizers.Sequence([pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace(replacement=SPACE)]),
}


@dataclass(frozen=True)
class Learnt:
    """What a library's trainer leaves: the entries by id, of BPE its merges, of Unigram the scores."""

    entries: tuple[str, ...]
    merges: tuple[str, ...] = ()
    scores: tuple[float, ...] = ()

    def smaller(self, size: int) -> "Learnt":
        """What a shorter training would have left. Unigram cannot tell: it begins with many pieces and drops some."""
        return Learnt(self.entries[:size], self.merges[: max(0, size - FIRST - len(ALPHABET))])


def units(kind: str, text: str) -> list[str]:
    """The stretches of a text that are cut each by itself, in the letters of this kind of vocabulary."""
    normal = NORMAL[kind].normalize_str(text) if kind in NORMAL else text
    return [unit for unit, _ in SPLIT[kind].pre_tokenize_str(normal)]


def count_units(kind: str, documents: Iterable[str]) -> Counter[str]:
    """How often each stretch occurs. None reaches over white space, so each word is cut once, however often it occurs."""
    words, counts = Counter[str](), Counter[str]()
    for document in documents:
        parts = document.split()
        if kind != BPE:
            words.update(parts)
        elif document == " ".join(parts):
            words.update(parts[:1] + [f" {part}" for part in parts[1:]])  # a space belongs to the word after it
        else:
            counts.update(units(kind, document))  # other white space is cut, too
    for word, count in words.items():
        for unit in units(kind, word):
            counts[unit] += count
    return counts


def learn(kind: str, counts: Counter[str], size: int) -> Learnt:
    """A vocabulary of at most `size` entries, from stretches that occur so often; fewer where the text holds no more.

    BPE and WordPiece are the same each time for the same text. Unigram's sums come in an order that changes, so scores may differ in their
    last digits and the rarest pieces with them: whoever shows one keeps it.
    """
    return {BPE: _bytes, WORDPIECE: _wordpieces, UNIGRAM: _unigram}[kind](counts, size)


def model(kind: str, learnt: Learnt) -> models.Model:
    """The library's own model of this vocabulary, which cuts without saying how."""
    ids = {entry: id for id, entry in enumerate(learnt.entries)}
    match kind:
        case "bpe":
            pairs = [(left, right) for left, _, right in (merge.partition(" ") for merge in learnt.merges)]
            return models.BPE(ids, pairs)
        case "wordpiece":
            return models.WordPiece(ids, unk_token=SPECIAL[UNK], max_input_chars_per_word=LONGEST_WORD)
        case _:
            found = zip(learnt.entries, learnt.scores, strict=True)
            return models.Unigram([(entry, score if math.isfinite(score) else 0.0) for entry, score in found], UNK, False)


def cut(kind: str, vocabulary: Vocabulary, text: str, ways: int = 1) -> list[Word]:
    """A text in the pieces of a vocabulary, stretch by stretch, each with the way to them; of Unigram so many ways."""
    return [_cut(kind, vocabulary, unit, ways) for unit in units(kind, text)]


def spelt(kind: str, entry: str) -> tuple[str, str]:
    """An entry as people read it: the mark that says how it joins its neighbours, "" for none, and its text.

    Bytes that are only a part of a letter are numbers; white space other than the space before a word is a sign for it.
    """
    if entry in SPECIAL:
        return "", entry
    mark, text = "", entry
    if kind == BPE:
        text = spelling.letters(spelling.raw(entry))
        mark, text = (BPE_SPACE, text[1:]) if text[:1] == " " else ("", text)
    else:
        sign = longest.GOES_ON if kind == WORDPIECE else SPACE
        if entry.startswith(sign):
            mark, text = sign, entry.removeprefix(sign)
    return mark, spelling.visible(text)


def _cut(kind: str, vocabulary: Vocabulary, unit: str, most: int) -> Word:
    match kind:
        case "bpe":
            merges = merging.merges(unit, vocabulary.ranks)
            pieces = merges[-1].pieces if merges else tuple(unit)
            return Word(unit, pieces, _ids(vocabulary, pieces), merges=merges)
        case "wordpiece":
            tries = longest.walk(unit, vocabulary.ids) if len(unit) <= LONGEST_WORD else ()
            pieces = longest.pieces(tries) or (SPECIAL[UNK],)
            return Word(unit, pieces, _ids(vocabulary, pieces), tries=tries)
        case _:
            found = lattice.ways(unit, vocabulary.logs, most)
            pieces = lattice.fused(found[0].pieces, vocabulary.logs)
            return Word(unit, pieces, _ids(vocabulary, pieces), ways=found)


def _ids(vocabulary: Vocabulary, pieces: Sequence[str]) -> tuple[int, ...]:
    return tuple(vocabulary.ids.get(piece, UNK) for piece in pieces)


def _alphabet(counts: Counter[str], most: int) -> list[str]:
    """The letters worth an entry, the most frequent first."""
    letters = count_letters(counts)
    rarest = max(1, sum(letters.values()) // RARE)
    ordered = sorted(letters.items(), key=lambda entry: (-entry[1], entry[0]))
    return [letter for letter, count in islice(ordered, most) if count >= rarest]


def _bytes(counts: Counter[str], size: int) -> Learnt:
    trainer = trainers.BpeTrainer(vocab_size=size, special_tokens=list(SPECIAL), initial_alphabet=ALPHABET, show_progress=False)
    found = _trained(models.BPE(), trainer, counts)
    ids: dict[str, int] = found["vocab"]
    return Learnt(tuple(sorted(ids, key=ids.__getitem__)), tuple(" ".join(pair) for pair in found["merges"]))


def _wordpieces(counts: Counter[str], size: int) -> Learnt:
    return Learnt(tuple(learn_wordpieces(counts, _alphabet(counts, MOST_LETTERS), size)))


def _unigram(counts: Counter[str], size: int) -> Learnt:
    kept = set(_alphabet(counts, min(MOST_LETTERS, size // 2)))
    taught = Counter({unit: count for unit, count in counts.items() if kept.issuperset(unit)})
    frequent = Counter({unit: count for unit, count in taught.items() if count >= RARE_WORD})
    if len(frequent) > FEW:
        taught = frequent
    whole = Counter({unit + END: 1 for unit, _ in sorted(taught.items(), key=lambda entry: (-entry[1], entry[0]))[:WHOLE]})
    trainer = trainers.UnigramTrainer(
        vocab_size=size + 1,  # END is an entry too until it is taken out
        special_tokens=list(SPECIAL),
        unk_token=SPECIAL[UNK],
        show_progress=False,
        shrinking_factor=0.5,  # of the pieces stay in each round; 0.75, as by default, takes twice as long and saves 2 tokens in 100
        n_sub_iterations=2 if len(taught) > FEW else 8,
    )
    found = _trained(models.Unigram(), trainer, taught + whole)["vocab"]
    own = {piece: round(score, 6) for piece, score in found if piece not in SPECIAL and END not in piece}
    pieces = sorted(own, key=lambda piece: (-own[piece], piece))[: size - FIRST]
    return Learnt((*SPECIAL, *pieces), scores=(*[-math.inf] * FIRST, *(own[piece] for piece in pieces)))


def _trained(start: models.Model, trainer: trainers.Trainer, counts: Counter[str]) -> dict[str, Any]:
    """What the library's trainer makes of stretches that occur so often, as it writes it down. None holds white space."""
    tokenizer = Tokenizer(start)
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    tokenizer.train_from_iterator((" ".join([unit] * count) for unit, count in sorted(counts.items())), trainer)
    written: dict[str, Any] = json.loads(tokenizer.to_str())["model"]
    return written
