"""The page Tokens as Streamlit runs it, without a browser. What came with the program is real; what is learnt here is small."""

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from llmviz.core.questions.base import AnyAnswer, Question
from llmviz.core.questions.vocabulary import KINDS, MOST_LETTERS, SIZES, TEXTS, Learn
from llmviz.experiments import tokenization
from llmviz.experiments.tokenization import FIRST_SIZE, panel
from llmviz.text import own
from llmviz.text.special import SPECIAL
from tests.ui.fake_engine import FakeEngine
from tests.ui.mounted import mounted

PATIENCE = 120.0  # seconds: the first comparison on a machine prepares four texts, while other tests run
Visit = Callable[..., AppTest]
PAGE = "tokens"
TEXT = "the dog barks and the dogs bark .\nan owl hoots at the dog .\n" * 40
FIRST = tokenization.LESSON.examples["sotu"][0].sentence


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """The page waits for its pieces: on a busy machine they take longer than it gives them, and no browser here asks again."""
    monkeypatch.setattr(panel, "PATIENCE", PATIENCE)


@pytest.fixture
def own_text() -> str:
    return own.take(TEXT)[0]


def parts(app: AppTest) -> dict[str, Any]:
    return dict(mounted(app))


def settled(app: AppTest) -> AppTest:
    """The page when all that it awaits has come: here no browser asks again."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        given = parts(app)
        if not any("…" in row["waits"] for row in given["pieces"]["rows"]) and given["curves"]["lines"] and given["costs"]["texts"]:
            return app
        time.sleep(0.1)
        app.run()
    raise AssertionError("it did not come")


def rows(app: AppTest) -> dict[str, list[list[str]]]:
    """The pieces of each word, by the kind of vocabulary."""
    return {
        row["kind"]: [["".join((row["entries"][at]["mark"], row["entries"][at]["text"])) for at in word["pieces"]] for word in row["words"]]
        for row in parts(app)["pieces"]["rows"]
    }


def query(app: AppTest) -> dict[str, str]:
    return {name: value if isinstance(value, str) else value[0] for name, value in app.query_params.items()}


def said(app: AppTest) -> str:
    return "\n".join([*(warning.value for warning in app.warning), parts(app)["pieces"]["note"], *(text.value for text in app.markdown)])


def test_it_opens_on_what_came_with_the_program(visit: Visit) -> None:
    app = visit(PAGE)
    found = rows(app)
    assert list(found) == list(KINDS) and all(found.values())
    assert "".join("".join(word) for word in found["unigram"]).replace("▁", " ").strip() == FIRST
    assert found["wordpiece"][0] == ["the"] and len(found["wordpiece"][1]) > 1
    assert "Never in what was read of State of the Union: unhappiest, tweets." in said(app)
    given = parts(app)
    assert [line["name"] for line in given["curves"]["lines"]] == given["costs"]["names"]
    assert [text["name"] for text in given["costs"]["texts"] if text["own"]] == ["State of the Union"]
    assert len(given["costs"]["texts"]) == len(TEXTS) and query(app) == {}


@pytest.mark.parametrize("text", TEXTS)
def test_every_text_has_its_vocabularies_and_examples(visit: Visit, text: str) -> None:
    app = visit(PAGE, text=text)
    assert all(rows(app).values())
    for example in tokenization.LESSON.examples[text]:
        app.pills(key="suggestion").set_value(example.label).run()
        assert all(rows(app).values())


def test_a_piece_tells_its_id_its_count_and_how_it_came_to_be(visit: Visit) -> None:
    bpe, wordpiece, unigram = parts(visit(PAGE, s="united unhappiest"))["pieces"]["rows"]
    made = bpe["entries"][bpe["words"][0]["pieces"][-1]]
    cells = [cell["text"] for cell in made["steps"][-1]["cells"]]
    assert cells[0] + cells[2] == cells[4] == made["mark"] + made["text"] and "merge " in made["steps"][-1]["said"]
    assert "id " in made["head"] and "times in the text" in made["head"]
    united, unhappiest = wordpiece["words"]
    assert [cell["tone"] for cell in united["steps"][0]["cells"]] == ["in"] and not united["fresh"]
    assert unhappiest["steps"][0]["cells"][0] == {"text": "unhappiest", "tone": "out"}
    entries = [wordpiece["entries"][at] for at in unhappiest["pieces"]]
    assert [step["cells"][-1]["text"] for step in unhappiest["steps"]] == [entry["mark"] + entry["text"] for entry in entries]
    ways = unigram["words"][1]["steps"]
    scores = [float(way["said"].replace("−", "-")) for way in ways]
    assert len(ways) > 1 and scores == sorted(scores, reverse=True) and ways[0]["picked"] and not ways[1]["picked"]


def test_the_slider_goes_from_letters_to_the_pieces(visit: Visit) -> None:
    given = parts(visit(PAGE, step="3"))["pieces"]
    assert given["step"] == 3
    bpe = given["rows"][0]
    for word in bpe["words"]:
        assert len(word["states"]) == len(word["ranks"]) + 1 and word["states"][-1] == word["pieces"]
        assert word["ranks"] == sorted(word["ranks"])
    assert given["merges"]["ranks"] == sorted({rank for word in bpe["words"] for rank in word["ranks"]})
    assert len(given["merges"]["said"]) == len(given["merges"]["ranks"]) and given["merges"]["total"] == FIRST_SIZE - 261


def test_text_size_and_sentence_live_in_the_address(visit: Visit) -> None:
    app = visit(PAGE, s="the dogs", step="7")
    app.selectbox(key="learn_text").set_value("wiki").run()
    assert query(app) == {"text": "wiki", "s": "the dogs"}
    assert "Wikipedia contributors" in app.caption[0].value
    assert rows(visit(PAGE, text="wiki", s="the dogs")) == rows(app)


def test_a_text_of_ones_own_is_learnt_from_and_travels_by_its_digest(visit: Visit, own_text: str) -> None:
    app = visit(PAGE, s="the dogs bark")
    app.text_area(key="pasted").set_value(TEXT)
    app.button(key="learn_own").click().run()
    assert query(app) == {"own": own_text, "s": "the dogs bark"}
    settled(app)
    assert "This text allows fewer than 1,000 pieces" in said(app)
    assert rows(app)["wordpiece"] == [["the"], ["dogs"], ["bark"]]
    again = settled(visit(PAGE, own=own_text, s="the dogs bark"))
    assert rows(again) == rows(app)
    assert parts(again)["costs"]["texts"][-1]["name"] == "Your text"
    again.selectbox(key="learn_text").set_value("tinyland").run()
    assert query(again) == {"text": "tinyland", "s": "the dogs bark"}
    again.selectbox(key="learn_text").set_value(own_text).run()
    assert query(again)["own"] == own_text


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_file_is_read_as_a_pasted_text(visit: Visit, own_text: str, encoding: str) -> None:
    app = visit(PAGE, s="the dogs bark")
    app.file_uploader[0].upload("mine.txt", TEXT.encode(encoding), "text/plain").run()
    assert query(app) == {"own": own_text, "s": "the dogs bark"}
    assert rows(settled(app))["wordpiece"] == [["the"], ["dogs"], ["bark"]]
    assert app.file_uploader[0].value is None


@pytest.mark.parametrize(
    ("content", "expected"),
    [(b"PK\x03\x04\x00\x00", "no plain text"), ("caf\xe9 dogs".encode("latin-1"), "no plain text"), (b"", "no word in this text")],
    ids=["a zip", "another encoding", "empty"],
)
def test_a_file_that_is_no_text_is_refused_in_a_sentence(visit: Visit, content: bytes, expected: str) -> None:
    app = visit(PAGE)
    app.file_uploader[0].upload("mine.txt", content, "text/plain").run()
    assert expected in app.warning[0].value
    assert "own" not in query(app) and not app.error


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "no word in this text"),
        ("  \n ", "no word in this text"),
        ("a" * 5_000, "in parts"),
        ("hello", "fewer than 1,000 pieces"),
        ("🦉 <script>alert(1)</script> 漢字", "fewer than 1,000 pieces"),
        ("dog " * (MOST_LETTERS // 3), f"first {MOST_LETTERS:,}"),
    ],
    ids=["empty", "blank", "one letter", "one word", "any letters", "huge"],
)
def test_any_pasted_text_is_answered_in_a_sentence(visit: Visit, own_text: str, text: str, expected: str) -> None:
    app = visit(PAGE)
    app.text_area(key="pasted").set_value(text)
    app.button(key="learn_own").click().run()
    told = said(app)
    assert expected in told + said(settled(app))
    assert not app.error


def test_a_text_that_is_not_here_is_explained_and_the_page_stands(visit: Visit) -> None:
    app = visit(PAGE, own="0" * 64)
    assert "paste it again" in said(app).replace("\\", "") and query(app) == {} and all(rows(app).values())


@pytest.mark.parametrize("wrong", [{"own": "../../etc/passwd"}, {"pieces": "501"}, {"pieces": "many"}, {"text": "nowhere"}, {"step": "-1"}])
def test_what_the_address_has_wrong_is_said(visit: Visit, wrong: dict[str, str]) -> None:
    app = visit(PAGE, **wrong)
    assert all(rows(app).values()) and app.warning and query(app) == {}


@pytest.mark.parametrize(
    "sentence",
    ["", "   ", "word " * 500, "<img src=x onerror=alert(1)> **b** $x$", "x" * 600, "😀 שלום עולם", "##a ▁a Ġa [MASK] [UNK]", "a\nb\tc"],
)
def test_any_sentence_is_cut(visit: Visit, sentence: str) -> None:
    app = visit(PAGE, s=sentence)
    given = parts(app)["pieces"]["rows"]
    if sentence.strip():
        assert not any(row["waits"] for row in given)
        assert ("the first 300" in said(app)) == (len(sentence.strip()) > 300)
    else:
        assert all(row["waits"].startswith("Type a sentence") or row["words"] for row in given)
    assert not app.error and not app.warning


def test_a_word_with_other_accents_than_the_text_is_said_to_be_that(visit: Visit) -> None:
    digest, _ = own.take("the Madchen sang to the fiancé of a naïve owl . " * 30)
    app = settled(visit(PAGE, own=digest, s="Mädchen fiance naïve zebra"))
    assert "Never in what was read of your text: zebra. There with other accents only: mädchen, fiance." in said(app)
    fresh = {row["kind"]: [word["fresh"] for word in row["words"]] for row in parts(app)["pieces"]["rows"]}
    assert fresh["wordpiece"] == [False, False, False, True]  # it reads without accents
    assert fresh["unigram"] == fresh["bpe"] == [True, True, False, True]


def test_a_long_word_of_the_text_is_not_said_to_be_missing(visit: Visit) -> None:
    digest, _ = own.take(f"an owl says {'hoo' * 20} . " * 30)
    app = settled(visit(PAGE, own=digest, s=f"owl {'hoo' * 20}"))
    assert "in parts" in said(app) and "Never" not in said(app)
    assert rows(app)["wordpiece"][1] != ["[UNK]"]


def test_where_a_long_sentence_ends_is_said(visit: Visit) -> None:
    app = visit(PAGE, s="an owl hoots " * 30 + "zebra")
    assert "The sentence has 395 letters; the first 300 are read, to “…hoots an owl hoots a”." in said(app)


def test_live_is_learnt_here_and_the_recording_can_be_had_back(
    visit: Visit, fake: FakeEngine, own_text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    live = list[Learn]()
    answer_text = fake.answer_text

    def asked(question: Question[AnyAnswer], first: bool) -> AnyAnswer:
        if isinstance(question, Learn) and question.live:
            live.append(question)
            return answer_text(replace(question, live=False))  # type: ignore[return-value] # learning from real text takes its seconds
        return answer_text(question)

    monkeypatch.setattr(fake, "answer_text", asked)
    app = visit(PAGE)
    assert not app.button(key="train").disabled
    app.button(key="train").click().run()
    settled(app)
    assert query(app) == {"live": "1"} and "train" not in [button.key for button in app.button]
    assert [question.algorithm for question in live] == list(KINDS)
    app.button(key="back_to_recording").click().run()
    assert query(app) == {}


def test_the_question_is_answered_by_the_vocabularies(visit: Visit) -> None:
    app = visit(PAGE)
    app.pills(key="quiz_tokens_sotu").set_value("BPE alone").run()
    told = next(text.value for text in app.markdown if text.value.startswith("**Yes.**"))
    assert "[UNK]" in told.replace("\\", "") and SPECIAL[1] == "[UNK]"


def test_the_sizes_offered_are_those_that_are_learnt(visit: Visit) -> None:
    app = visit(PAGE)
    assert [option.replace(",", "") for option in app.select_slider(key="learn_size").options] == [str(size) for size in SIZES]


def test_show_the_code(visit: Visit) -> None:
    app = visit(PAGE, s="'quoted' \"twice\" \\ and {braces}")
    app.button(key="code").click().run()
    compile(app.code[0].value, "script", "exec")
