"""What a first visitor needs is named ahead of time, and what never changes comes from memory."""

from pathlib import Path
from typing import Any

import pytest
from starlette.responses import HTMLResponse, PlainTextResponse
from streamlit.file_util import get_static_dir

from llmviz.ui.ahead import WIDGETS, Ahead, needed
from tests.looped import looped

STATIC = Path(get_static_dir())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A page that loads one script, widgets that need more."""
    scripts = tmp_path / "static/js"
    scripts.mkdir(parents=True)
    (tmp_path / "index.html").write_text('<script src="./static/js/index.1.js"></script>', encoding="utf-8")
    for name, text in {
        "index.1.js": 'import"./never.1.js";',
        "Html.1.js": 'import{a as b}from"./index.1.js";import{c}from"./deep.1.js";var x="./no-import.js";',
        "deep.1.js": 'import"./deeper.1.js";import("./later.1.js")',
        "deeper.1.js": 'import"./Html.1.js";',
        "later.1.js": "",
    }.items():
        (scripts / name).write_text(text, encoding="utf-8")
    (tmp_path / "static/secret").write_text("no file of the page", encoding="utf-8")
    return tmp_path


def asked(
    app: Any, path: str, method: str = "GET", headers: tuple[tuple[bytes, bytes], ...] = (), query: str = ""
) -> tuple[dict[str, str], bytes]:
    """The head and the body of an answer."""
    said: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b""}

    async def send(message: dict[str, Any]) -> None:
        said.append(message)

    scope = {"type": "http", "method": method, "path": path, "headers": list(headers), "query_string": query.encode()}
    looped(app(scope, receive, send))
    return {name.decode(): value.decode() for name, value in said[0]["headers"]}, b"".join(message.get("body", b"") for message in said)


def test_all_that_a_widget_imports_is_named_once_and_nothing_else(folder: Path) -> None:
    assert needed(folder) == ["Html.1.js", "deep.1.js", "deeper.1.js"]


def test_streamlit_still_has_these_widgets_and_their_files() -> None:
    names = needed(STATIC)
    assert all(any(name.startswith(f"{widget}.") for name in names) for widget in WIDGETS)
    assert all((STATIC / "static/js" / name).is_file() for name in names)
    assert 20 < len(names) < 60


def test_a_page_names_them_and_nothing_else_does(folder: Path) -> None:
    head, body = asked(Ahead(HTMLResponse("<p>a page</p>"), folder), "/masked-tokens")
    assert head["link"] == ", ".join(f"<./static/js/{name}>; rel=modulepreload" for name in needed(folder))
    assert body == b"<p>a page</p>"
    assert "link" not in asked(Ahead(PlainTextResponse("ok"), folder), "/_stcore/health")[0]


@pytest.mark.parametrize("path", ["/static/js/deep.1.js", "/static/js/later.1.js"])
def test_a_file_of_the_page_comes_from_memory(folder: Path, path: str) -> None:
    app = Ahead(PlainTextResponse("from the app"), folder)
    true = (folder / path[1:]).read_bytes()
    head, body = asked(app, path)
    assert body == true and head["content-length"] == str(len(true))
    assert head["cache-control"] == "public, immutable, max-age=31536000" and "javascript" in head["content-type"]
    (folder / path[1:]).write_text("changed on disk")
    assert asked(app, path)[1] == true


@pytest.mark.parametrize(
    ("path", "method", "headers"),
    [
        ("/static/js/../../index.html", "GET", ()),
        ("/static/secret", "GET", ()),
        ("/index.html", "GET", ()),
        ("/static/js/none.js", "GET", ()),
        ("/static/js/deep.1.js", "POST", ()),
        ("/static/js/deep.1.js", "GET", ((b"range", b"bytes=0-3"),)),
    ],
)
def test_all_else_is_left_to_the_app(folder: Path, path: str, method: str, headers: tuple[tuple[bytes, bytes], ...]) -> None:
    assert asked(Ahead(PlainTextResponse("from the app"), folder), path, method, headers)[1] == b"from the app"
