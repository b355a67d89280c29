"""From text to tokens: one word one token for Tinyland, for real text WordPiece or bytes, and what a user's sentence becomes.

All of a tokenizer, its handling of capitals included, lies in its tokenizer.json: whoever reads the file reads text as we do.
"""

import difflib
import itertools
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

from llmviz.text import spelling as spell
from llmviz.text import store
from llmviz.text.corpora import Corpus
from llmviz.text.spans import SENTINELS
from llmviz.text.special import CLS, MASK, SEP, SPECIAL, UNK
from llmviz.text.tinyland import corpus as tinyland

PIECES = 2_000  # of a real text: each more costs a tiny model as many weights as it has in a row, and seconds at the output layer
OTHERS = {
    "requests": 1_200,  # nearly all of its 650 words and numbers whole, and letters for others: it has no more
    "library": 4_096,  # for a model of 3 million weights a row each is cheap, and a document is a quarter shorter
}
LONGEST_WORD = 500  # letters of a word that WordPiece cuts: 0.05 s; the time grows with their square, and a model reads fewer pieces anyway
COMPARED = 40  # letters of an unknown word that are compared with known ones
RAREST_LETTER = 50  # times in the text; a rarer letter would cost two entries of the vocabulary and is [UNK]
MARK = "▁"  # stands before a word while BPE learns; no keyboard types it
BYTE_LEVEL = decoders.ByteLevel()
NEAR = 0.7  # difflib's ratio above which two words look alike; at 0.6 "because" was near "castle"


# How real text is cut: as BERT cuts it, or as GPT does; and "spans" is as BERT, with T5's sentinels behind the vocabulary.
Kind = Literal["pieces", "bytes", "spans"]


@dataclass(frozen=True)
class Piece:
    """One token of a user's text: `text` as `spelling` has it, its id, what the user typed for it, and whether the model knows it.

    `joined` says that it goes on with the word before it, `part` that it holds some bytes of a letter only: the first such token has the
    letter as its source, the others have "".
    """

    text: str
    id: int
    source: str
    known: bool
    joined: bool = False
    part: bool = False

    @property
    def shown(self) -> str:
        """What a page writes for it: what was typed, or the bytes where it is only a part of a letter."""
        return self.text.strip() if self.part else self.source or self.text


def word_level(words: Iterable[str]) -> Tokenizer:
    """One token a word, the vocabulary sorted; the user's capitals do not matter, names get theirs back.

    Raises ValueError for a word that no text could yield: one with a space or punctuation inside, with capitals past the first letter,
    or two that differ in capitals only.
    """
    listed = sorted(set(words))
    tokenizer = of_words((*SPECIAL, *listed))
    for word in listed:
        if word in SPECIAL or tokenizer.encode(word, add_special_tokens=False).ids != [tokenizer.token_to_id(word)]:
            raise ValueError(f"{word!r} cannot be a word of this vocabulary: in a text it would be read as something else")
    return tokenizer


def of_words(entries: Sequence[str]) -> Tokenizer:
    """The tokenizer with these words as its vocabulary, the special ones first, in the order of their ids."""
    tokenizer = Tokenizer(models.WordLevel({word: id for id, word in enumerate(entries)}, unk_token=SPECIAL[UNK]))
    tokenizer.normalizer = _letters(entries)
    _finish(tokenizer)
    return tokenizer


def _letters(words: Iterable[str]) -> normalizers.Normalizer:
    """Lower case for all but names. Accents stay: no word may change on its way to the vocabulary."""
    lower = normalizers.BertNormalizer(strip_accents=False, lowercase=True)
    return normalizers.Sequence([lower, *_capitals(words)])


def _capitals(words: Iterable[str]) -> Iterator[normalizers.Normalizer]:
    """One rule per letter: raise it where the rest of a name follows. Letter for letter, so that offsets stay true."""
    letter = r"[\p{L}\p{M}\p{N}]"
    names = sorted(word for word in words if word not in SPECIAL and word[:1] != word[:1].lower())
    for capital, group in itertools.groupby(names, key=lambda name: name[0]):
        rests = "|".join(re.escape(name[1:]) for name in group)
        yield normalizers.Replace(Regex(rf"(?<!{letter}){re.escape(capital.lower())}(?=(?:{rests})(?!{letter}))"), capital)


def train_wordpiece(documents: Sequence[str], size: int) -> Tokenizer:
    """A lower-case WordPiece tokenizer of `size` entries, the same for the same documents.

    The library's own WordPiece trainer breaks ties at random. Its BPE trainer does not, so BPE learns which strings of letters are
    frequent, with a mark before each word, and the strings become pieces: marked ones begin a word, all others continue one.
    Raises ValueError where the documents do not hold enough different strings.
    """
    words = count_words(documents, _plain())
    alphabet = sorted(letter for letter, count in count_letters(words).items() if count >= RAREST_LETTER)
    entries = learn_wordpieces(words, alphabet, size)
    if len(entries) < size:
        raise ValueError(f"this text is too short for {size} word pieces; it has {len(entries)}")
    return of_pieces(entries)


def of_pieces(entries: Sequence[str]) -> Tokenizer:
    """The lower-case WordPiece tokenizer with these entries, in the order of their ids."""
    vocabulary = {piece: id for id, piece in enumerate(entries)}
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token=SPECIAL[UNK], max_input_chars_per_word=LONGEST_WORD))
    tokenizer.normalizer = _plain()
    _finish(tokenizer)
    return tokenizer


def _plain() -> normalizers.Normalizer:
    """Lower case without accents."""
    return normalizers.BertNormalizer(strip_accents=True, lowercase=True)


def learn_wordpieces(words: Mapping[str, int], alphabet: Sequence[str], size: int) -> list[str]:
    """The entries of a WordPiece vocabulary in the order of their ids: special ones, the alphabet, what is frequent, at most `size`.

    A smaller vocabulary is the beginning of a larger one. Words with letters outside the alphabet teach nothing.
    """
    kept = set(alphabet)
    repeated = (f"{MARK}{word} " * count for word, count in sorted(words.items()) if kept.issuperset(word))
    bpe = Tokenizer(models.BPE())
    bpe.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    # Merging the mark with a letter yields nothing new, hence twice the alphabet on top.
    trainer = trainers.BpeTrainer(vocab_size=size + 2 * len(alphabet) + 2, initial_alphabet=[], show_progress=False)
    bpe.train_from_iterator(repeated, trainer)
    learnt = sorted(bpe.get_vocab().items(), key=lambda entry: entry[1])
    found = (text[1:] if text.startswith(MARK) else f"##{text}" for text, _ in learnt if text != MARK)
    single = [piece for letter in alphabet for piece in (letter, f"##{letter}")]
    return list(dict.fromkeys((*SPECIAL, *single, *found)))[:size]


def train_bytes(documents: Sequence[str], size: int) -> Tokenizer:
    """A byte-level BPE tokenizer of `size` entries (GPT-2, section 2.2), the same for the same documents.

    It begins with the 256 bytes, so that no text is unknown and what is decoded is what was typed, capitals and spaces too: a space
    belongs to the word after it. Raises ValueError where the documents do not hold enough different strings.
    """
    tokenizer = of_bytes()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=size, special_tokens=list(SPECIAL), initial_alphabet=alphabet, show_progress=False)
    tokenizer.train_from_iterator(documents, trainer)
    if tokenizer.get_vocab_size() < size:
        raise ValueError(f"this text is too short for {size} tokens; it has {tokenizer.get_vocab_size()}")
    frame(tokenizer)
    return tokenizer


def of_bytes(entries: Sequence[str] = (), merges: Sequence[tuple[str, str]] = ()) -> Tokenizer:
    """The byte-level BPE tokenizer with these entries, in the order of their ids, and these merges; without any, one still to be trained.

    Raises Exception, as the library does, for a merge of what is no entry.
    """
    tokenizer = Tokenizer(models.BPE({entry: id for id, entry in enumerate(entries)}, list(merges)) if entries else models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = BYTE_LEVEL
    if entries:
        frame(tokenizer)
    return tokenizer


def tokenizer_for(corpus: Corpus, kind: Kind) -> Tokenizer:
    """The tokenizer of a text: Tinyland's word list, or one trained on the text's training part and kept on this machine.

    Raises ValueError where there is too little text to train on.
    """
    if kind == "spans":
        return with_sentinels(tokenizer_for(corpus, "pieces"))
    if corpus.name == "tinyland":
        return word_level(tinyland.words())
    name, train = {"pieces": ("wordpiece", train_wordpiece), "bytes": ("bytes", train_bytes)}[kind]
    size = OTHERS.get(corpus.name, PIECES)
    file = store.path(corpus.digest, f"{name}-{size}.json")
    try:
        return load_tokenizer(file)
    except ValueError:  # never trained here, or damaged
        trained = train(corpus.train, size)
        store.keep(file, trained.to_str())
        return trained


def with_sentinels(tokenizer: Tokenizer) -> Tokenizer:
    """The same tokenizer with T5's sentinels behind its vocabulary: no other id changes."""
    tokenizer.add_special_tokens(list(SENTINELS))
    return tokenizer


def with_words(tokenizer: Tokenizer, words: Iterable[str]) -> Tokenizer:
    """The same tokenizer with these words behind its vocabulary, those that it has not: no other id changes.

    One that cuts words into pieces reads them as it is, and stays so.
    """
    if not in_words(tokenizer):
        return tokenizer
    written = json.loads(tokenizer.to_str())
    vocabulary = written["model"]["vocab"] = tokenizer.get_vocab(with_added_tokens=True)  # the sentinels too, or words would take their ids
    for word in words:
        vocabulary.setdefault(word, len(vocabulary))
    grown = Tokenizer.from_str(json.dumps(written))
    grown.normalizer = _letters(vocabulary)  # new names get their capitals back too
    return grown


def sentinel(tokenizer: Tokenizer) -> int:
    """The id of the first sentinel, which all others follow. Raises ValueError for a tokenizer without any."""
    first: int | None = tokenizer.token_to_id(SENTINELS[0])
    if first is None:
        raise ValueError("this model knows no sentinels: it was not trained to fill in spans")
    return first


def load_tokenizer(file: Path) -> Tokenizer:
    """The tokenizer of a tokenizer.json. Raises ValueError, in a sentence, where there is none or it is damaged."""
    try:
        tokenizer = Tokenizer.from_str(file.read_bytes().decode("utf-8"))
    except FileNotFoundError as problem:
        raise ValueError(f"{file.name} is missing, which says how the model reads") from problem
    except Exception as problem:  # the library raises bare Exception
        raise ValueError(f"{file.name} cannot be read as a tokenizer ({problem})") from problem
    if isinstance(tokenizer.model, models.WordPiece):
        tokenizer.model.max_input_chars_per_word = LONGEST_WORD  # kept ones say 40; no text models are trained on here has a longer word
    return tokenizer


def pieces(tokenizer: Tokenizer, text: str) -> list[Piece]:
    """The tokens of a user's text, without [CLS] and [SEP]. A typed [MASK] is one; any other special token is an unknown word,
    a sentinel too.
    """
    # A lone surrogate, half of an emoji, is no text that Rust could read; the lengths stay equal.
    text = text.encode("utf-8", "replace").decode("utf-8")
    encoding = tokenizer.encode(text, add_special_tokens=False)
    found, covered = list[Piece](), 0
    for id, token, (start, end) in zip(encoding.ids, encoding.tokens, encoding.offsets, strict=True):
        known = id >= MASK and token not in SENTINELS
        spelt = _spelt(tokenizer, token) if known else SPECIAL[UNK]
        joined = bool(found) and not spelt[:1].isspace() if in_bytes(tokenizer) else spelt.startswith("##") and spelt != "##"
        source, covered = text[max(start, covered) : end], max(end, covered)
        part = in_bytes(tokenizer) and spell.partial(token)
        found.append(Piece(spelt, id if known else UNK, source.strip() or source, known, joined, part))
    return found


def spelling(tokenizer: Tokenizer) -> tuple[str, ...]:
    """The vocabulary as people read it, in the order of its ids: in one of bytes a token that begins a word begins with a space."""
    vocabulary = tokenizer.get_vocab()
    return tuple(_spelt(tokenizer, token) for token in sorted(vocabulary, key=vocabulary.__getitem__))


def _spelt(tokenizer: Tokenizer, token: str) -> str:
    """A vocabulary writes bytes as letters of their own, a space as Ġ; people read text, and bytes that are no whole letter as numbers."""
    if not in_bytes(tokenizer) or token in SPECIAL or not spell.BYTES.keys() >= set(token):
        return token
    return spell.letters(spell.raw(token))


def in_bytes(tokenizer: Tokenizer) -> bool:
    """Whether its tokens are bytes and strings of bytes, spaces among them."""
    return isinstance(tokenizer.decoder, decoders.ByteLevel)


def in_words(tokenizer: Tokenizer) -> bool:
    """Whether its tokens are whole words, so that any other word is [UNK]."""
    return isinstance(tokenizer.model, models.WordLevel)


def nearest(word: str, tokenizer: Tokenizer, count: int = 3) -> list[str]:
    """Known whole words that look most like an unknown one, the nearest first; fewer than `count`, or none, where few do."""
    known = {entry.lower(): entry for entry in sorted(tokenizer.get_vocab()) if len(entry) > 1 and entry.isalpha()}
    return [known[match] for match in difflib.get_close_matches(word.lower()[:COMPARED], known, count, NEAR)]


def count_words(documents: Iterable[str], normalizer: normalizers.Normalizer) -> Counter[str]:
    """How often each word occurs, as BERT tells words apart: by white space, punctuation on its own."""
    splitter = pre_tokenizers.BertPreTokenizer()
    words: Counter[str] = Counter()
    for document in documents:
        words.update(word for word, _ in splitter.pre_tokenize_str(normalizer.normalize_str(document)))
    return words


def count_letters(words: Mapping[str, int]) -> Counter[str]:
    """How often each letter occurs in words that occur so often."""
    letters: Counter[str] = Counter()
    for word, count in words.items():
        letters.update({letter: count * word.count(letter) for letter in set(word)})
    return letters


def _finish(tokenizer: Tokenizer) -> None:
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece()
    frame(tokenizer)


def frame(tokenizer: Tokenizer) -> None:
    """[CLS] before a text, [SEP] after it, and the special tokens never cut."""
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[(SPECIAL[CLS], CLS), (SPECIAL[SEP], SEP)],
    )
    tokenizer.add_special_tokens(list(SPECIAL))
