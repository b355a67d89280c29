"""What strangers write into addresses and boxes: no page fails, none shows a trace of the program, none lets markup through."""

import re
from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from llmviz.core import hosting
from tests.ui.conftest import APP

Visit = Callable[..., AppTest]
MARKUP = "<img src=x onerror=alert(1)>"
PAGES = ("masked_tokens", "next_token", "before_after", "tokens", "lab_book", "scoreboard", "attention_maps", "own_labels")
RUN = "a" * 64
QUERIES: dict[str, dict[str, str]] = {
    "no run": {"run": "nope"},
    "a path as run": {"run": "../../../etc/passwd"},
    "a path behind a run": {"run": f"{RUN}-1/../../x"},
    "a run that is not here": {"run": f"{RUN}-1"},
    "a number past all": {"run": f"{RUN}-{'9' * 400}"},
    "markup as run": {"run": MARKUP},
    "markup as sentence": {"s": MARKUP},
    "a script as sentence": {"s": "<script>alert(1)</script>"},
    "markdown as sentence": {"s": "[a](javascript:alert(1)) ![x](http://evil.example/x.png) **b** `c` $\\frac{1}{0}$ :red[x]"},
    "markup as text": {"text": MARKUP},
    "markup as a setting": {"steps": MARKUP, "seed": MARKUP, "size": MARKUP, "learning_rate": MARKUP},
    "formulas": {"text": "=cmd|' /C calc'!A0", "s": "=1+1"},
    "no number": {"steps": "nan", "learning_rate": "inf", "seed": "-inf"},
    "numbers past all": {"steps": "9" * 5_000, "seed": "1e999", "step": "9" * 300},
    "numbers of elsewhere": {"steps": "٣٤", "seed": "²", "step": "Ⅷ"},
    "negative": {"steps": "-1", "seed": "-1", "step": "-1", "hide": "-1"},
    "empty": {"run": "", "s": "", "text": "", "steps": "", "view": "", "one": "", "own": ""},
    "NUL": {"s": "a\0b", "run": "\0", "text": "\0"},
    "halves of letters": {"s": "\ufffd and \ufffd", "text": "\ufffd"},
    "right to left": {"s": "\u202eevil\u202c \u2066x", "text": "\u202e"},
    "what is not seen": {"s": "\u200b\u200b\u2060\ufeff"},
    "a thousand accents": {"s": "e" + "\u0301" * 1_000},
    "very long": {"s": "word " * 20_000},
    "one long word": {"s": "a" * 50_000},
    "many lines": {"s": "a\r\nb\n\n\nc\u2028d\x85"},
    "hidden past the end": {"hide": ",".join(map(str, range(10_000)))},
    "hidden nonsense": {"hide": "1,,x,<b>"},
    "a lecture without end": {"lecture": "1", "beat": "9" * 30},
    "a lecture before the start": {"lecture": "x", "beat": "-3"},
    "another's parent": {"parent": f"{RUN}-2", "reference": "../x", "reward": MARKUP},
    "an own text that leads elsewhere": {"own": "../../../etc/passwd", "labels_digest": "../x", "tags_digest": "..%2f"},
    "an own text that is not here": {"own": "b" * 64, "labels_digest": "b" * 64, "tags_digest": "b" * 64, "choices_digest": "b" * 64},
    "a filter": {"words": MARKUP, "task": MARKUP, "reads": MARKUP, "kind": MARKUP, "one": MARKUP, "other": MARKUP},
    "names of ours": {"__class__": "x", "session_state": "x", "spec.stage": "mlm", "embed": "true", "embed_options": MARKUP},
    "a percent sign": {"s": "%s %d %(x)s {0} {x!r} {__class__}", "text": "%00"},
    "a query in a query": {"s": "?run=x&s=y#z", "text": "a&b=c"},
}
SENTENCES = {
    **{name: query["s"] for name, query in QUERIES.items() if query.get("s")},
    "a tag that is not closed": "<img src=x onerror=alert(1) ",
    "an entity": "&lt;script&gt; &#60;b&#62; &amp;lt;",
    "a style": "<style>*{display:none}</style>",
    "a frame": '<iframe srcdoc="<script>alert(1)</script>"></iframe>',
    "a picture that runs": "<svg/onload=alert(1)>",
    "an end of what we write": "</div></span></td></script><h1>x",
    "quotes": '" \' ` “ ” onmouseover=alert(1) x="',
    "an attribute": 'x" style="position:fixed;inset:0" y="',
    "a link": "javascript:alert(1) data:text/html,<b>x</b>",
    "math": "$$\\href{javascript:alert(1)}{x}$$ \\(x\\)",
    "a directive": ":material/home: :red-background[x] :streamlit: :small[y]",
    "json": '{"__proto__": {"x": 1}, "constructor": null}',
    "a line to the worker": '\n{"do": "train", "run": "x"}\n',
    "special tokens": "[MASK] [CLS] [SEP] [PAD] [UNK] <s> </s> <|endoftext|> <extra_id_0> <pad>",
    "only masks": "[MASK] " * 200,
    "emoji": "👩‍👩‍👧‍👦🏳️‍🌈👍🏽 🇩🇪",
    "a language without spaces": "他们在花园里看见一只狗。" * 30,
    "every control": "".join(map(chr, range(32))) + "x",
    "private letters": "\ue000\uf8ff\U000f0000",
    "no characters": "\uffff\ufdd0\U0010ffff",
    "a template": "{{7*7}} ${7*7} <%= 7*7 %> #{7*7}",
}
BOXES = ("masked_tokens", "next_token", "before_after", "tokens", "spans", "attention_maps")
TRACES = re.compile(r"Traceback|site-packages|File \"|\.py\b.*line \d|0x[0-9a-f]{8}")


def shown(app: AppTest) -> str:
    """All that the page lets a browser read as markup: text in Markdown with HTML allowed, and HTML itself."""
    found = [each.proto.body for each in app.get("html")]
    return "\n".join([*found, *(each.value for each in app.markdown if each.allow_html)])


def check(app: AppTest) -> None:
    assert not app.exception, app.exception[0].value
    said = [each.value for kind in (app.markdown, app.warning, app.error, app.info, app.caption, app.title) for each in kind]
    assert not [each for each in said if TRACES.search(each)]
    raw = shown(app).lower()
    for tag in (
        "<img src=x",
        "<svg/onload",
        "<script>alert",
        "<iframe srcdoc",
        "<style>*{",
        "</script><h1>x",
        "<%=",
        'style="position:fixed;inset',
    ):
        assert tag not in raw, tag


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.usefixtures("fake")
def test_an_address_of_a_stranger_is_read_as_far_as_it_makes_sense(page: str) -> None:
    first = AppTest.from_file(APP, default_timeout=20).run()  # a page knows of the others once the app has run
    for name, query in QUERIES.items():
        app = first.switch_page(f"pages/{page}.py")
        app.query_params.clear()
        for parameter, value in query.items():
            app.query_params[parameter] = value
        try:
            check(app.run())
        except AssertionError as problem:
            raise AssertionError(f"{page}, {name}") from problem


@pytest.mark.parametrize("page", BOXES)
def test_a_sentence_of_a_stranger_is_a_sentence(visit: Visit, page: str) -> None:
    app = visit(page)
    box = app.text_input[0]
    for name, sentence in SENTENCES.items():
        try:
            box = app.text_input(key=box.key) if box.key else app.text_input[0]
            box.set_value(sentence[: box.max_chars or None] if box.max_chars else sentence)
            check(app.run())
        except AssertionError as problem:
            raise AssertionError(f"{page}, {name}") from problem


@pytest.mark.parametrize(
    "line", [f'st.html("{MARKUP}")', f'st.markdown("{MARKUP}", unsafe_allow_html=True)', 'st.error("Traceback (most")', "1 / 0"]
)
def test_these_tests_would_see_it(line: str) -> None:
    with pytest.raises(AssertionError):
        check(AppTest.from_string(f"import streamlit as st\n{line}").run())


@pytest.mark.parametrize(("imports", "drawn"), [("1", True), ("0", False)])
def test_a_host_who_allows_no_imports_has_no_way_in_for_them(
    visit: Visit, monkeypatch: pytest.MonkeyPatch, imports: str, drawn: bool
) -> None:
    monkeypatch.setenv("LLMVIZ_IMPORTS", imports)
    hosting.limits.cache_clear()
    try:
        app = visit("lab_book")
        assert bool(app.get("file_uploader")) == drawn and not app.exception
    finally:
        hosting.limits.cache_clear()
