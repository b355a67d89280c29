"""What this visitor is looking at, kept in the session and in the address of the page."""

import threading
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, cast
from urllib.parse import urlsplit

import streamlit as st

from llmviz.core import address as addresses
from llmviz.core import catalogue, hosting
from llmviz.core.address import Address
from llmviz.core.checkpoint import Checkpoint
from llmviz.core.home import home
from llmviz.core.owners import TEACHER
from llmviz.core.run import RunRef
from llmviz.core.settings import TextSpec
from llmviz.core.spec import NO_PARENT, RunSpec
from llmviz.runs import checkpoints
from llmviz.text import incoming
from llmviz.ui import browsers, teachers

_opened = threading.local()  # the page that the script of this thread has opened
ON_THE_WAY = "on_the_way"


@dataclass
class Way:
    """The way of a lecture from one page to another: the beat it comes to there, None once that page is open, and when that was drawn."""

    left: str | None
    page: str
    beat: int | None
    drawn: float | None = None


@dataclass
class _Visit:
    """One page of this visit: its stages, what it shows, the parameters last written, what could not be read, how often it was opened."""

    stages: tuple[str, ...]
    address: Address
    text: TextSpec
    written: dict[str, str] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)
    number: int = 0


def viewer() -> str:
    """A name for this visitor that the engine can tell from others: the browser's, which outlives a reload; without one, the session's.

    It says of a teacher that they are one.
    """
    browser = _browser()
    if browser and teaches():
        return TEACHER + browser
    return browser or cast(str, st.session_state.setdefault("viewer", uuid.uuid4().hex))


def teaches() -> bool:
    """Whether this visitor gave the teacher's key."""
    browser = _browser()
    return browser is not None and teachers.valid(hosting.limits().teacher_key, browser, st.context.cookies.get(teachers.COOKIE))


def _browser() -> str | None:
    return browsers.name(st.context.cookies.get(browsers.COOKIE))


def named() -> list[RunRef]:
    """The runs that the address names as inputs of what the page shows, by their own keys."""
    address = current()
    return [run for run in (address.parent, *(run for _, run in address.others)) if run]


def open(
    page: str,
    stages: Sequence[str],
    specs: Callable[[RunRef], RunSpec],
    view: Any = None,
    text: TextSpec = addresses.USUAL,
) -> Address:
    """What the address asks of this page; read again only when someone other than this page has changed it.

    A page that is visited again without parameters is as it was left. `view` holds the page's own settings as they are at first, `text` is
    what its run reads where nothing else is said.
    """
    query = st.query_params.to_dict()  # once: after *Back* a drawing that is given up must not write its own parameters over the older ones
    visits = cast(dict[str, _Visit], st.session_state.setdefault("visits", {}))
    before = visits.get(page)
    returns = before is not None and st.session_state.get("page") != page and not query
    st.session_state["page"] = _opened.page = page
    way, entered = on_the_way(), None
    if way and way.page == page:
        entered, way.beat = way.beat, None  # once: the presenter may turn on before the page is drawn
    if before is not None and (returns or query == before.written):
        beat = before.address.beat if entered is None else entered
        if returns:
            before.problems = {}
        _keep(replace(before.address, lecture=bool(st.session_state.get("lecture")), beat=beat), query)  # a lecture goes from page to page
        return current()
    asked = {name: incoming.tidied(given) for name, given in query.items()}
    if st.session_state.get("lecture"):
        asked.setdefault("lecture", "1")  # navigation drops the parameters
    if entered is not None:
        asked.setdefault("beat", str(entered))
    models = partial(checkpoints.known, home()) if hosting.limits().real_models else None
    found, problems = addresses.read(asked, stages, view, specs, text, models)
    visits[page] = _Visit(tuple(stages), found, text, problems=problems, number=before.number + 1 if before else 1)
    _keep(found, query)
    return current()


def set_out(page: str, beat: int) -> None:
    """A lecture leaves this page for another, and comes to this beat there."""
    st.session_state[ON_THE_WAY] = Way(st.session_state.get("page"), page, beat)


def on_the_way() -> Way | None:
    """The last way of a lecture from page to page."""
    return cast(Way | None, st.session_state.get(ON_THE_WAY))


def current() -> Address:
    """The present address."""
    return _visit().address


def page() -> str:
    """The page that this script draws, by its name: the one it opened; before that, and in a fragment, the one the browser shows.

    Streamlit begins the next script of a session while one that it has told to stop still runs, until that draws again; and a widget of a
    page that was left may still tell something. What these keep must not become the address of the page that has taken their place.
    """
    opened: str | None = getattr(_opened, "page", None)
    if opened is not None:
        return opened
    url = st.context.url
    shown = urlsplit(url).path.rpartition("/")[-1] if url else None  # of the page the app opens on, which is FIRST_PAGE: nothing
    _opened.page = shown if shown in st.session_state.get("visits", {}) else st.session_state["page"]
    return cast(str, _opened.page)


def stages() -> tuple[str, ...]:
    """The stages that the present page can show."""
    return _visit().stages


def keep(address: Address) -> None:
    """Make this the present address, in the session and in the browser."""
    _keep(address, st.query_params.to_dict())


def _keep(address: Address, query: dict[str, str]) -> None:
    """The same, where the browser has these parameters."""
    visit = _visit()
    visit.address, visit.written = address, addresses.write(address, visit.stages[0], visit.text)
    st.session_state["lecture"] = address.lecture
    overtaken = getattr(_opened, "page", None) not in (None, st.session_state["page"])
    if query != visit.written and not overtaken:
        st.query_params.from_dict(visit.written)


def change(**parts: Any) -> None:
    """Replace parts of the present address, because the visitor did something; what was wrong before is no longer said."""
    _visit().problems = {}
    keep(replace(current(), **parts))


def lecture(on: bool) -> None:
    """Show the page as a lecture, or as it is read at a desk; it keeps its beat.

    The button stands before the page beside it is opened: who is quick presses it first, and the page then opens so.
    """
    if "page" in st.session_state:
        keep(replace(current(), lecture=on))
    else:
        st.session_state["lecture"] = on


def set(**settings: Any) -> None:
    """Change some of the page's own settings. Raises ValueError, in a sentence, for a value outside its range."""
    change(view=replace(current().view, **settings))


def turn_to(text: str) -> None:
    """Turn to another text: its recipe, with what was set here by hand; its sentence is the text's own.

    What it starts from stays of the same kind where that reads the text, and is the usual one where it does not.
    """
    spec: RunSpec = current().spec
    origins = catalogue.origins(catalogue.experiment(spec.stage), text)
    wanted = {"text": text}
    if isinstance(spec.start, Checkpoint) or (spec.parent.stage if spec.parent else None) not in origins:
        wanted["parent"] = origins[0] or NO_PARENT
    change(spec=addresses.change(spec, wanted), run=None, parent=None, step=None, sentence=None, hidden=None)


def correct(name: str, problem: str, **parts: Any) -> None:
    """Replace parts of the present address because they cannot be shown, and say why."""
    keep(replace(current(), **parts))
    problems()[name] = problem


def problems() -> dict[str, str]:
    """The sentences on parameters that could not be read, by parameter."""
    return _visit().problems


def number() -> int:
    """Counts how often the page has been opened at another address."""
    return _visit().number


def _visit() -> _Visit:
    return cast(_Visit, st.session_state["visits"][page()])
