import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from tokenizers import Tokenizer, normalizers

from llmviz.core.questions.vocabulary import BPE
from llmviz.core.settings import TextSpec
from llmviz.core.texts import TEXTS
from llmviz.inspect.writing import Vocabulary
from llmviz.text import corpora, vocabularies
from llmviz.text.spans import SENTINELS
from llmviz.text.special import CLS, FIRST, MASK, SEP, SPECIAL, UNK
from llmviz.text.tokenizers import (
    LONGEST_WORD,
    Piece,
    count_words,
    load_tokenizer,
    nearest,
    pieces,
    sentinel,
    spelling,
    train_bytes,
    train_wordpiece,
    with_sentinels,
    with_words,
    word_level,
)
from llmviz.text.words import in_words, spelt
from llmviz.training.exercises import candidates

WORDS = ("Anna", "Ann", "I", "Élan", "a", "dog", "naïve", "sees", ".", "!", "?", ",")
PROSE = tuple(
    f"The {number}th president said that the people of this union were united and strong, and he was right." for number in range(400)
)


@pytest.fixture(scope="module")
def words() -> Tokenizer:
    return word_level(WORDS)


@pytest.fixture(scope="module")
def wordpiece() -> Tokenizer:
    return train_wordpiece(PROSE, 120)


@pytest.fixture(scope="module")
def in_bytes() -> Tokenizer:
    return train_bytes(PROSE, 300)


def test_word_level_has_one_sorted_entry_a_word(words: Tokenizer) -> None:
    listed = [words.id_to_token(id) for id in range(words.get_vocab_size())]
    assert listed == [*SPECIAL, *sorted(WORDS)]


def test_capitals_fold_to_the_vocabularys_own(words: Tokenizer) -> None:
    encoding = words.encode("ANNA i ann, A Dog. élan NAÏVE annas annan")
    assert encoding.tokens == ["[CLS]", "Anna", "I", "Ann", ",", "a", "dog", ".", "Élan", "naïve", "[UNK]", "[UNK]", "[SEP]"]


def test_offsets_point_at_what_the_user_typed(words: Tokenizer) -> None:
    text = "  ANNA's élan!🎉 dog"
    assert [piece.source for piece in pieces(words, text)] == ["ANNA", "'", "s", "élan", "!", "🎉", "dog"]


def test_decoding_restores_the_sentence(words: Tokenizer) -> None:
    assert words.decode(words.encode("anna sees a dog, ann.").ids) == "Anna sees a dog, Ann."


def test_all_of_it_is_in_the_file(words: Tokenizer, tmp_path: Path) -> None:
    words.save(str(tmp_path / "tokenizer.json"))
    assert load_tokenizer(tmp_path / "tokenizer.json").encode("i, ANNA").tokens == ["[CLS]", "I", ",", "Anna", "[SEP]"]


@pytest.mark.parametrize("impossible", [["a b"], ["McDonald"], ["May", "may"], ["o'clock"], [""], ["[MASK]"]])
def test_a_word_no_text_could_yield_is_refused(impossible: list[str]) -> None:
    with pytest.raises(ValueError, match="cannot be a word of this vocabulary"):
        word_level(impossible)


def test_wordpiece_has_its_size_and_continues_words(wordpiece: Tokenizer) -> None:
    assert wordpiece.get_vocab_size() == 120
    assert [wordpiece.id_to_token(id) for id in range(FIRST)] == list(SPECIAL)
    tokens = wordpiece.encode("presidents", add_special_tokens=False).tokens
    assert len(tokens) > 1 and all(token.startswith("##") for token in tokens[1:])
    assert wordpiece.decode(wordpiece.encode("The President united").ids) == "the president united"


def test_wordpiece_leaves_no_word_of_its_text_unknown(wordpiece: Tokenizer) -> None:
    assert not any(UNK in encoding.ids for encoding in wordpiece.encode_batch(list(PROSE)))


def test_wordpiece_is_the_same_in_every_process(wordpiece: Tokenizer) -> None:
    program = "from tests.text.test_tokenizers import PROSE, train_wordpiece; print(train_wordpiece(PROSE, 120).to_str())"
    again = [subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.strip() for _ in range(2)]
    assert again == [wordpiece.to_str()] * 2


def test_bytes_leave_nothing_unknown_and_decode_to_what_was_typed(in_bytes: Tokenizer) -> None:
    assert in_bytes.get_vocab_size() == 300
    assert [in_bytes.id_to_token(id) for id in range(FIRST)] == list(SPECIAL)
    for text in (PROSE[0], "  Two  spaces , and a\ttab\n", "👩‍👩‍👧 שלום é Ġ", "\x00\x7f", "", "<b>&amp;</b>"):
        encoding = in_bytes.encode(text)
        assert (encoding.ids[0], encoding.ids[-1]) == (CLS, SEP)
        assert all(id >= FIRST for id in encoding.ids[1:-1])
        assert in_bytes.decode(encoding.ids) == text


def test_bytes_are_the_same_in_every_process(in_bytes: Tokenizer, tmp_path: Path) -> None:
    program = "from tests.text.test_tokenizers import PROSE, train_bytes; print(train_bytes(PROSE, 300).to_str())"
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.strip() == in_bytes.to_str()
    in_bytes.save(str(tmp_path / "tokenizer.json"))
    again = load_tokenizer(tmp_path / "tokenizer.json")
    assert pieces(again, PROSE[1]) == pieces(in_bytes, PROSE[1])


def test_pieces_of_bytes_are_readable(in_bytes: Tokenizer) -> None:
    found = pieces(in_bytes, "the people Xof?")
    assert [piece.text for piece in found] == ["th", "e", " p", "eo", "ple", " ", "X", "of", "?"]
    assert [piece.source for piece in found] == ["th", "e", "p", "eo", "ple", " ", "X", "of", "?"]
    assert [piece.joined for piece in found] == [False, True, False, True, True, False, True, True, True]
    entries = spelling(in_bytes)
    assert entries[: len(SPECIAL)] == SPECIAL and len(entries) == 300
    assert not any("Ġ" in text for text in entries)
    assert all(entries[piece.id] == piece.text for piece in found)


@pytest.mark.parametrize("text", ["сова", "부엉이", "🎉", "👩‍👩‍👧 שלום", "Mädchen", "a\u200bb", "two  spaces\tand\n"])
def test_a_letter_of_several_tokens_is_typed_once_and_spelt_by_its_bytes(in_bytes: Tokenizer, text: str) -> None:
    found = pieces(in_bytes, text)
    assert "".join(piece.source for piece in found).replace(" ", "") == "".join(text.split(" "))
    parts = [piece for piece in found if piece.part]
    assert bool(parts) == any(len(letter.encode()) > 1 for letter in text)  # this vocabulary merged nothing but ASCII
    numbers = [int(number, 16) for piece in parts for number in re.findall("⟨([0-9A-F]{2})⟩", piece.shown)]
    assert bytes(numbers) == "".join(letter for letter in text if not letter.isascii()).encode()
    assert "".join("".join(spelt(word) for word in in_words(found)).split()) == "".join(text.split())


def test_no_two_candidates_look_alike(in_bytes: Tokenizer) -> None:
    shown = candidates(in_bytes)
    assert len(set(shown)) == len(shown) == 300 and not any("\ufffd" in word or not word.strip() for word in shown)
    ids = in_bytes.get_vocab()
    one = {token: shown[ids[token]] for token in ("Ġ", "e", "Ġth", ".", "Ċ", "ĉ", "ł", "Ñ")}
    assert one == {"Ġ": "␣", "e": "…e", "Ġth": "th", ".": ".", "Ċ": "⏎", "ĉ": "⇥", "ł": "…⟨A0⟩", "Ñ": "…⟨D1⟩"}


def test_there_is_one_way_to_spell_a_token(in_bytes: Tokenizer) -> None:
    """*Tokens* and the pages of models spell alike, but for the mark of a space before."""
    vocabulary = Vocabulary(in_bytes)
    for token, id in in_bytes.get_vocab().items():
        if id >= FIRST and token != "Ġ":
            assert vocabularies.spelt(BPE, token)[1] == vocabulary.word(id)


def test_a_piece_that_goes_on_with_a_word_is_joined(words: Tokenizer, wordpiece: Tokenizer, in_bytes: Tokenizer) -> None:
    assert not any(piece.joined for piece in pieces(words, "Anna sees a dog."))
    whole = pieces(wordpiece, "the presidents ## #")
    assert [piece.joined for piece in whole] == [piece.text.startswith("##") for piece in whole]
    for tokenizer in (wordpiece, in_bytes):
        assert not pieces(tokenizer, "united")[0].joined


def test_too_little_text_is_a_sentence() -> None:
    with pytest.raises(ValueError, match="too short for 2000 tokens"):
        train_bytes(["hello world"] * 60, 2_000)
    with pytest.raises(ValueError, match="too short for 2000 word pieces"):
        train_wordpiece(["hello world"] * 60, 2_000)


@pytest.mark.parametrize("text", ["", "   ", "\n\t", "\x00\x07\x1b", "\u200f\u200e"])
def test_nothing_to_read_is_no_pieces(words: Tokenizer, text: str) -> None:
    assert pieces(words, text) == []


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("🎉", 1),
        ("👩‍👩‍👧 dog", 2),
        ("שלום עולם", 2),
        ("\ud83d dog", 2),
        ("<script>alert(1)</script>", 11),
        ("**a** `dog`", 8),
        ("a " * 500, 500),
    ],
)
def test_any_text_is_pieces(words: Tokenizer, wordpiece: Tokenizer, in_bytes: Tokenizer, text: str, count: int) -> None:
    assert len(pieces(words, text)) == count
    for tokenizer in (words, wordpiece, in_bytes):
        for piece in pieces(tokenizer, text):
            assert piece.known == (piece.id != UNK) and piece.text == spelling(tokenizer)[piece.id]
    assert all(piece.known for piece in pieces(in_bytes, text))


def test_a_long_word_is_cut_into_its_pieces_also_by_a_tokenizer_kept_with_a_shorter_limit(wordpiece: Tokenizer, tmp_path: Path) -> None:
    file = tmp_path / "tokenizer.json"
    written = json.loads(wordpiece.to_str())
    assert written["model"]["max_input_chars_per_word"] == LONGEST_WORD
    written["model"]["max_input_chars_per_word"] = 40
    file.write_text(json.dumps(written))
    for tokenizer in (wordpiece, load_tokenizer(file)):
        assert tokenizer.get_vocab() == wordpiece.get_vocab()
        for text in ("president" * 5, "x" * 41, "s" * LONGEST_WORD):
            found = pieces(tokenizer, text)
            alphabet = set(wordpiece.get_vocab())
            assert all(piece.known for piece in found) == (text[0] in alphabet)
        assert "".join(piece.source for piece in pieces(tokenizer, "president" * 5)) == "president" * 5
        assert len(pieces(tokenizer, "s" * (LONGEST_WORD + 1))) == 1


@pytest.mark.parametrize("text", sorted(set(TEXTS) - {"library"}))  # which no model reads in pieces of words
def test_no_text_that_models_learn_from_has_a_word_of_which_the_limit_was_raised(text: str) -> None:
    corpus = corpora.load(TextSpec(text))
    normal = normalizers.BertNormalizer(strip_accents=True, lowercase=True)
    assert max(map(len, count_words((*corpus.train, *corpus.validation, *corpus.test), normal))) <= 40


def test_a_typed_mask_is_one_and_other_special_tokens_are_unknown_words(words: Tokenizer) -> None:
    assert pieces(words, "a [MASK] [SEP] [PAD] [CLS]") == [
        Piece("a", words.encode("a").ids[1], "a", True),
        Piece("[MASK]", MASK, "[MASK]", True),
        *(Piece("[UNK]", UNK, source, False) for source in ("[SEP]", "[PAD]", "[CLS]")),
    ]


def test_a_pair_is_set_apart(words: Tokenizer) -> None:
    pair = words.encode("a dog", "Anna sees")
    assert [place for place, id in enumerate(pair.ids) if id in (CLS, SEP)] == [0, 3, 6]
    assert pair.type_ids == [0, 0, 0, 0, 1, 1, 1]


def test_nearest_words_look_alike(words: Tokenizer, wordpiece: Tokenizer) -> None:
    assert nearest("anne", words) == ["Ann", "Anna"] or nearest("anne", words) == ["Anna", "Ann"]
    assert nearest("dogs", words, count=1) == ["dog"]
    assert nearest("anvil", words) == []  # two letters in common are no likeness
    assert nearest("🎉", words) == nearest("", words) == nearest("x" * 10_000, words) == []
    assert not any(match.startswith(("##", "[")) for match in nearest("presidentt", wordpiece, count=9))


def test_a_damaged_file_is_a_sentence(tmp_path: Path) -> None:
    damaged = tmp_path / "tokenizer.json"
    for content in ("", "{", "[]", '{"model": null}'):
        damaged.write_text(content)
        with pytest.raises(ValueError, match=r"tokenizer\.json cannot be read"):
            load_tokenizer(damaged)
    with pytest.raises(ValueError, match=r"^tokenizer\.json is missing") as refused:
        load_tokenizer(tmp_path / "missing" / "tokenizer.json")
    assert str(tmp_path) not in str(refused.value)


def test_new_words_stand_behind_the_vocabulary() -> None:
    old = word_level(["Anna", "dog", "what"])
    new = with_words(old, ["?", "what", "who"])
    assert new.get_vocab() == old.get_vocab() | {"?": 8, "who": 9}
    assert new.encode("Who saw ANNA?").tokens == ["[CLS]", "who", "[UNK]", "Anna", "?", "[SEP]"]
    assert new.encode("what dog").ids == old.encode("what dog").ids
    assert with_words(new, ["who"]).get_vocab() == new.get_vocab()


def test_new_words_take_no_sentinel_its_id() -> None:
    old = with_sentinels(word_level(["Anna", "dog"]))
    new = with_words(old, ["?", "who"])
    assert new.get_vocab() == old.get_vocab() | {"?": old.get_vocab_size(), "who": old.get_vocab_size() + 1}
    assert sentinel(new) == sentinel(old)
    assert new.encode(f"who saw {SENTINELS[0]} ?", add_special_tokens=False).ids == [18, UNK, 7, 17]


def test_a_tokenizer_of_pieces_needs_no_new_words(wordpiece: Tokenizer) -> None:
    assert with_words(wordpiece, ["who"]) is wordpiece
