"""What a visitor reads on every page: metrics, stages and texts by their titles, never as the code names them, and the field's words."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from llmviz.core import catalogue
from llmviz.core.run import RunRef
from llmviz.core.spec import RunSpec, preset
from tests.ui.conftest import APP
from tests.ui.mounted import mounted

Visit = Callable[..., AppTest]
PAGES = sorted(file.stem for file in (Path(APP).parent / "pages").glob("*.py"))
METRICS = {name for stage in catalogue.BY_NAME.values() for metric in stage.metrics for name in (metric.name, metric.bound)}
RAW = re.compile(rf"\b({'|'.join(sorted({'mlm', 'clm', 'nsp', *(name for name in METRICS if '_' in name)}))})\b")
HOME_MADE = re.compile(r"\b(verdicts?|praise|blame|ladder|riddle)\b", re.IGNORECASE)  # for prediction, positive, negative, baselines, quiz
TITLES = re.compile("|".join(sorted(re.escape(metric.title) for stage in catalogue.BY_NAME.values() for metric in stage.metrics)))
UNREAD = {"group", "kind", "key", "ticked"}  # what a component is told and does not show
MORE = {  # what is folded in until it is asked for
    "before_after": [{"tab": tab} for tab in ("words", "mistakes", "changed", "network", "labels")],
    "entities": [{"tab": tab} for tab in ("mistakes", "network", "labels")],
    "lab_book": [
        {"one": RunRef(preset("nsp").id, 0).key},
        {"one": RunRef(RunSpec("mlm").id, 0).key, "other": RunRef(preset("sentiment").id, 0).key},
    ],
    "next_token": [{"tab": "beams"}],
}


def read(app: AppTest) -> Iterator[str]:
    """All words of a page: text, what its widgets say, and what its components are given to show."""
    for kind in ("markdown", "caption", "warning", "error", "info", "success"):
        yield from (str(text.value) for text in getattr(app, kind))
    for element in app.get("html"):
        yield re.sub(r"<style>.*?</style>|<[^>]*>", " ", element.proto.body, flags=re.DOTALL)
    for widget in (*app.button, *app.selectbox, *app.pills, *app.segmented_control, *app.text_input, *app.number_input):
        proto = widget.proto
        yield from (str(getattr(proto, name, "")) for name in ("label", "help", "placeholder"))
        yield from (option if isinstance(option, str) else option.content for option in getattr(proto, "options", ()))
    for link in app.get("page_link"):
        yield from (link.proto.label, link.proto.help)
    for _, data in mounted(app):
        yield from leaves(data)


def leaves(data: Any) -> Iterator[str]:
    match data:
        case str():
            yield data
        case list():
            for each in data:
                yield from leaves(each)
        case dict():
            for name, each in data.items():
                if name not in UNREAD:
                    yield from leaves(each)


def raw(app: AppTest) -> list[str]:
    return [said for said in read(app) if RAW.search(said)]


def home_made(app: AppTest) -> list[str]:
    """What says a thing in words of our own where the field has one; the titles of metrics are the catalogue's."""
    return [said for said in read(app) if HOME_MADE.search(TITLES.sub("", said))]


@pytest.mark.parametrize(("page", "query"), [(page, query) for page in PAGES for query in [{}, *MORE.get(page, [])]])
def test_no_page_says_a_name_of_the_code(visit: Visit, page: str, query: dict[str, str]) -> None:
    app = visit(page, **query)
    assert len(" ".join(read(app))) > 500
    assert raw(app) == []
    assert home_made(app) == []


@pytest.mark.parametrize("page", ["masked_tokens", "next_sentence", "before_after"])
def test_the_form_says_none_either(visit: Visit, page: str) -> None:
    app = visit(page)
    app.button(key="change").click().run()
    assert [box for box in app.selectbox if box.label == "Text"] and not app.exception
    assert raw(app) == []
    assert not [option for box in app.selectbox for option in box.options if option in catalogue.BY_NAME or option in {"tinyland", "sotu"}]
