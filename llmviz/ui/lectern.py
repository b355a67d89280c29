"""Where the lecturer is, for the class: a teacher who leads has every page that she turns told to all visitors of a hosted server.

Nobody's page is turned under their hands: a line says where the lecturer is and leads there, and whoever switches *Follow* on is taken
along. It costs nothing while nobody turns: the line is drawn again when there is news, which the server sends; no page asks for it.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

import streamlit as st
from streamlit import runtime
from streamlit.errors import StreamlitAPIException
from streamlit.runtime import Runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.session_manager import ActiveSessionInfo

from llmviz.core.hosting import limits
from llmviz.core.once import Once
from llmviz.core.owners import teaches
from llmviz.ui import lesson, path, teachers, visit

LINE = "lecturer"  # the key of the fragment that has the line, and of the row around it
LEADS, FOLLOWS = "leads_class", "follows_lecturer"  # two switches
ASKED, TAKEN = "lecturer_asked", "lecturer_taken"  # whether *Go there* was pressed; the number of the turn that was followed last
LEADING = "Every visitor is told which page you are on, in a lecture also which beat, and whoever follows is taken along."
FOLLOWING = "Your page turns when the lecturer's does. What you have set on your pages stays."
SPREAD = 1.5  # seconds over which a class is told: all at once would draw two hundred pages together, and the lecturer's after them
LOOKS = 5.0  # seconds between two looks whether the page that leads is still open
MOST = 10_000  # followers that are kept


@dataclass(frozen=True)
class Place:
    """Where the lecturer is: the `number` counts turns. In a lecture at this beat."""

    page: str
    title: str
    beat: int
    lecture: bool
    number: int

    @property
    def said(self) -> str:
        """The same in words."""
        return f"*{lesson.plain(self.title)}*{f', beat {self.beat}' if self.lecture else ''}"


@dataclass
class Lectern:
    """Who leads, where they are, and which browsers follow. One for a server."""

    tell: Callable[[], None]
    leader: tuple[str, str] = ("", "")  # their name, and the session in which they lead
    place: Place | None = None
    turns: int = 0
    followers: dict[str, None] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def turn(self, viewer: str, session: str, page: str, title: str, beat: int, lecture: bool) -> None:
        """The lecturer has come to this page and beat."""
        with self.lock:
            there = Place(page, title, beat, lecture, self.turns)
            if self.place == there and self.leader == (viewer, session):
                return
            self.turns += 1
            self.leader, self.place = (viewer, session), Place(page, title, beat, lecture, self.turns)
        self.tell()

    def leave(self) -> None:
        """Nobody leads any more."""
        with self.lock:
            self.leader, self.place = ("", ""), None
            self.followers.clear()
        self.tell()

    def begin(self, viewer: str, session: str) -> None:
        """This page leads from now on; the next drawing tells where it is."""
        with self.lock:
            self.leader, self.place = (viewer, session), None

    def leads(self, viewer: str, session: str) -> bool:
        """Whether this page leads: it began to, or the page of this browser that did is gone, as after a reload."""
        who, where = self.leader
        return viewer == who and (session == where or not active(where))

    def now(self) -> Place | None:
        """Where the lecturer is; None where nobody leads, or whoever did has gone."""
        return self.place if self.place is not None and active(self.leader[1]) else None

    def follow(self, viewer: str, on: bool) -> None:
        """Let this browser follow, or no more."""
        with self.lock:
            if on and len(self.followers) < MOST:
                self.followers[viewer] = None
            else:
                self.followers.pop(viewer, None)


def active(session: str) -> bool:
    """Whether somebody has this page open; outside a server nobody can tell."""
    return not runtime.exists() or runtime.get_instance().is_active_session(session)


def tell() -> None:
    """Let the line be drawn again on every open page, one after another."""
    _on_loop(_spread)


def _on_loop(act: Callable[[Runtime], None], after: float = 0.0) -> None:
    """Let this be done where Streamlit keeps its sessions, so many seconds from now; outside a server there are none."""
    if runtime.exists():
        server = runtime.get_instance()
        loop = server._get_async_objs().eventloop
        loop.call_soon_threadsafe(loop.call_later, after, act, server)


def _watch(gone: bool, server: Runtime) -> None:
    """Tell the class once the page that leads has been closed; not at the first look, for it may be loading anew."""
    session = _lectern().leader[1]
    if not session:
        return
    if gone and not active(session):
        _lectern().leave()
    else:
        _on_loop(partial(_watch, not active(session)), LOOKS)


def _spread(server: Runtime) -> None:
    infos = server._session_mgr.list_active_sessions()
    loop = server._get_async_objs().eventloop
    for place, info in enumerate(infos):
        loop.call_later(SPREAD * place / len(infos), _draw_line, info)


def _draw_line(info: ActiveSessionInfo) -> None:
    """Draw the line of one page; it is left alone where it has none, or has closed meanwhile."""
    session = info.session
    try:
        ids = session._fragment_storage.resolve_target(LINE)
    except StreamlitAPIException:  # a teacher's page has no such line
        return
    for id in ids:
        state = type(session._client_state)()
        state.CopyFrom(session._client_state)
        state.fragment_id = id
        session.request_rerun(state)


_lectern = Once(lambda: Lectern(tell))


def forget() -> None:
    """Begin anew, as a server that starts does."""
    _lectern.forget()


def desk() -> None:
    """For a teacher, draw in the sidebar the switch by which this page leads the class, and the way to be one no longer."""
    if teaches(visit.viewer()) and not _lectures():
        _switch()
        st.html(f"<a class='leave' href='?{teachers.PARAMETER}=' target='_self'>Give the teacher's key back</a>")


def _switch() -> None:
    viewer = visit.viewer()
    leads = _lectern().leads(viewer, _session())
    st.session_state[LEADS] = leads
    follow = f" · {len(_lectern().followers):,} follow" if leads else ""
    st.toggle(f"Lead the class{follow}", key=LEADS, on_change=_lead, help=LEADING)


def publish() -> None:
    """After a page was drawn: where this page leads, tell where it is."""
    viewer = visit.viewer()
    if not teaches(viewer) or not _lectern().leads(viewer, _session()):
        return
    address, page = visit.current(), visit.page()
    shown = path.to(page)
    _lectern().turn(viewer, _session(), page, shown.title if shown else page, address.beat, address.lecture)


def take() -> None:
    """Before a page is drawn: go where the lecturer is, if this visitor asked to, or follows and she has turned since."""
    there = _there()
    if there is None:
        return
    asked = st.session_state.pop(ASKED, False)
    if asked or (visit.viewer() in _lectern().followers and st.session_state.get(TAKEN) != there.number):
        _go(there)


def _go(there: Place) -> None:
    """Go there; the page is as this visitor left it, at the lecturer's beat."""
    st.session_state[TAKEN] = there.number
    st.session_state["lecture"] = there.lecture
    visit.set_out(there.page, there.beat)
    page = path.to(there.page)
    if page and st.session_state.get("page") != there.page:
        st.switch_page(page)


def line() -> None:
    """Draw where the lecturer is, and the ways there; drawn again by the server when there is news. In a lecture of hers, her switch."""
    if not limits().teacher_key:
        return
    if not teaches(visit.viewer()):
        st.fragment(_line, key=LINE)()
    elif _lectures():
        with st.container(key=f"{LINE}_row", horizontal=True, vertical_alignment="center"):
            _switch()


def _lectures() -> bool:
    """Whether the page that is about to be drawn is a lecture; of the first of a visit the address says so."""
    return bool(st.session_state.get("lecture", st.query_params.get("lecture") == "1"))


def _line() -> None:
    there = _there()
    if there is None:
        return
    follows = visit.viewer() in _lectern().followers
    if st.session_state.get(ASKED) or (follows and st.session_state.get(TAKEN) != there.number):
        st.rerun()
    with st.container(key=f"{LINE}_row", horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"The lecturer is on {there.said}.", width="content")
        if not follows:
            st.button("Go there", key="go_to_lecturer", type="tertiary", on_click=_ask)
        st.session_state[FOLLOWS] = follows
        st.toggle("Follow", key=FOLLOWS, on_change=_follow, help=FOLLOWING)


def _session() -> str:
    context = get_script_run_ctx()
    return context.session_id if context else ""


def _there() -> Place | None:
    return _lectern().now() if limits().teacher_key else None


def _lead() -> None:
    if not st.session_state[LEADS]:
        _lectern().leave()
    elif teaches(visit.viewer()):
        begins = not _lectern().leader[1]
        _lectern().begin(visit.viewer(), _session())
        if begins:
            _on_loop(partial(_watch, False), LOOKS)


def _ask() -> None:
    st.session_state[ASKED] = True


def _follow() -> None:
    _lectern().follow(visit.viewer(), bool(st.session_state[FOLLOWS]))
