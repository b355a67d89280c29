"""The lab book: filter, tree, and what can be done with a run that is ticked."""

import html
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import streamlit as st

from llmviz.core import catalogue, hosting, texts
from llmviz.core.address import Address, write
from llmviz.core.checkpoint import Checkpoint
from llmviz.core.experiment import START
from llmviz.core.kept import Kept
from llmviz.core.run import RunRef, parse
from llmviz.core.settings import check, setting, settings_of
from llmviz.core.spec import RunSpec, others, playing, preset
from llmviz.experiments.lab_book import delete_panel, import_panel, notice_panel, view
from llmviz.experiments.lab_book.comparison_view import differing, figures
from llmviz.experiments.lab_book.view import KINDS, Filter
from llmviz.runs.engine import UNDER_WAY, Engine
from llmviz.runs.store import short
from llmviz.text import incoming
from llmviz.ui import parts, path, share, visit
from llmviz.views import words

EVERY = 1.0  # seconds between two looks while something trains
SEARCHED = 100  # letters of a search
ONE_SCREEN = "<style>html { --runs: 19.5rem; }</style>"  # of a lecture, which does not scroll; elsewhere the list is as long as it is
NOTHING_OWN = "Nothing has been trained on this machine yet: these runs came with the program. Press *Train live* on any page."
NONE_OF_YOURS = "You have trained nothing here yet: these runs came with the program, or are public. Press *Train live* on any page."
NO_MATCH = "No run matches. Clear the search, or choose “all” again."


@dataclass(frozen=True)
class Book:
    """What the lab book shows: its filter, and the runs that are ticked."""

    task: str = setting("", "Stage", "Runs of this stage only.", choices=("", *catalogue.BY_NAME))
    reads: str = setting("", "Text", "Runs on this text only.", choices=("", *texts.TEXTS))
    kind: str = setting("", "Kind", "Runs that came to be here in this way only.", choices=("", *KINDS))
    words: str = setting("", "Search", "Words that occur in a run's settings, name or state.", letters=SEARCHED)
    one: str = setting("", "Run", "A run that is ticked.", letters=80)
    other: str = setting("", "Compare with", "Another run that is ticked.", letters=80)

    def __post_init__(self) -> None:
        check(self)


def _book() -> Book:
    book: Book = visit.current().view
    return book


def ticked(shelf: Sequence[Kept]) -> list[Kept]:
    """The runs the address ticks; one that is not here is explained among its problems, and ticked no more."""
    found: list[Kept] = []
    for name in ("one", "other"):
        key = getattr(_book(), name)
        if not key:
            continue
        try:
            run = parse(key)
        except ValueError as problem:
            visit.correct(name, f"{name} in the address: {problem}.", view=replace(_book(), **{name: ""}))
            continue
        if kept := next((kept for kept in shelf if kept.run == run), None):
            found.append(kept)
        else:
            visit.correct(name, f"The run {short(run)} in the address is not on this machine.", view=replace(_book(), **{name: ""}))
    return found


def count(shelf: Sequence[Kept]) -> str:
    """`9 recorded · 3 of this machine · 41.0 MB`."""
    own = [kept for kept in shelf if not kept.recorded]
    said = f"{len(shelf) - len(own)} recorded · {len(own)} {'yours or public' if hosting.limits().hosted else 'of this machine'}"
    return f"{said} · {view.size(sum(kept.bytes for kept in own))}" if own else said


def filters(engine: Engine) -> None:
    """Draw the filter, and beside it the way in for runs from elsewhere."""
    with st.container(key="filter_row", horizontal=True, vertical_alignment="center", gap="small"):
        key = _filled("words")
        st.text_input(
            "Search",
            key=key,
            placeholder="Search settings, names, states",
            max_chars=SEARCHED,
            label_visibility="collapsed",
            on_change=_search,
        )
        _choice("task", "all stages", lambda name: catalogue.experiment(name).title)
        _choice("reads", "all texts", lambda name: texts.TEXTS[name].title)
        _choice("kind", "all kinds", str)
        if hosting.limits().imports:
            import_panel.box()
    import_panel.take_in(engine)
    notice_panel.draw()


def _filled(name: str) -> str:
    """The key of the widget for this setting, filled with what the address says."""
    st.session_state[f"filter_{name}"] = getattr(_book(), name)
    return f"filter_{name}"


def _choice(name: str, every: str, title: Callable[[str], str]) -> None:
    limits = next(limits for item, limits in settings_of(_book()) if item.name == name)
    st.selectbox(
        limits.label,
        limits.choices,
        key=_filled(name),
        format_func=lambda choice: title(choice) if choice else every,
        label_visibility="collapsed",
        width=165,
        on_change=_narrow,
        args=(name,),
    )


def _narrow(name: str) -> None:
    visit.set(**{name: st.session_state[f"filter_{name}"] or ""})


def _search() -> None:
    visit.set(words=incoming.line(st.session_state["filter_words"] or "", SEARCHED))


def tree(engine: Engine, shelf: Sequence[Kept]) -> None:
    """Draw all runs, and again every now and then while one trains; the whole page where one has begun or ended."""
    every = EVERY if any(kept.state in UNDER_WAY for kept in shelf) else None
    before = _book()

    def drawn() -> None:
        now = engine.shelf() if every else shelf
        book = _book()
        if book != before:  # a click in the tree reruns the tree alone
            st.rerun()
        wanted = Filter(book.task, book.reads, book.kind, book.words)
        runs = [parse(key) for key in (book.one, book.other) if key]
        payload = view.rows(now, wanted, runs, datetime.now(UTC))
        parts.lineage(payload, key="tree", on_ticked=_tick)
        if not payload["rows"]:
            st.markdown(NO_MATCH)
        elif not book.one and all(kept.recorded for kept in now):
            st.caption(NONE_OF_YOURS if hosting.limits().hosted else NOTHING_OWN)
        if [(kept.run, kept.state) for kept in now] != [(kept.run, kept.state) for kept in shelf]:
            st.rerun()

    if visit.current().lecture:
        st.html(ONE_SCREEN)
    with st.container(key="tree_area"):
        st.fragment(drawn, run_every=every, key="shelf")()


def _tick(keys: list[str]) -> None:
    one, other = ([str(key) for key in keys] + ["", ""])[:2]
    visit.set(one=one, other=other)


def one(engine: Engine, shelf: Sequence[Kept], kept: Kept) -> None:
    """Draw what is known of a run, and what can be done with it."""
    with st.container(key="one_area"):
        left, right = st.columns([0.5, 0.5], gap="large")
        with left:
            st.html(_about(kept))
        with right:
            st.html(_measured(kept))
        _actions(engine, shelf, kept)


def _actions(engine: Engine, shelf: Sequence[Kept], kept: Kept) -> None:
    spec, busy = kept.spec, kept.state in UNDER_WAY
    with st.container(key="action_row", horizontal=True, vertical_alignment="center", gap="medium"):
        page = path.of_stage(spec.stage) if spec else None
        if spec and page:
            st.page_link(
                page, label="Open", icon=":material/open_in_new:", query_params={"run": kept.run.key}, help="Its page, at this run"
            )
            forked = fork(shelf, spec)
            help = "Its page with these settings, ready to change" if forked is not None else "A run it is made from is not here"
            st.page_link(page, label="Fork", icon=":material/call_split:", query_params=forked or {}, disabled=forked is None, help=help)
        if spec:
            st.download_button(
                "Export",
                lambda: _packed(engine, kept.run),
                file_name=f"llmviz-{spec.stage}-{short(kept.run)}.zip",
                mime="application/zip",
                on_click="ignore",
                type="tertiary",
                icon=":material/download:",
                disabled=busy,
                help="The whole run as a zip",
            )
        if page:
            share.draw(kept.run, page.url_path)
        if not kept.recorded:
            asked = st.button("Delete", key="delete", type="tertiary", icon=":material/delete:", disabled=busy)
            if asked:
                delete_panel.ask(engine, shelf, kept)


def fork(shelf: Sequence[Kept], spec: RunSpec) -> dict[str, str] | None:
    """The parameters of a page that shows these settings; None where they are made from a checkpoint, or from a run that is not here."""
    named: dict[str, RunRef] = {}
    for role, given in spec.inputs.items():
        if isinstance(given, Checkpoint):
            return None
        usual = preset(spec.stage, spec.text, given.stage) if role == START else playing(spec, role, given.stage)
        if given == usual.inputs[role]:
            continue
        ended = (kept for kept in shelf if kept.run.id == given.id and kept.state in ("done", "recorded"))
        run = next((kept.run for kept in ended if not kept.imported), None)
        if run is None:
            return None
        named[role] = run
    return write(Address(spec, parent=named.get(START), others=tuple(others(named).items())), spec.stage)


def _packed(engine: Engine, run: RunRef) -> bytes:
    file = io.BytesIO()
    engine.pack(run, file)
    return file.getvalue()


def _about(kept: Kept) -> str:
    """What is trained, from what, and what differs from the settings its page opens with; HTML."""
    if kept.spec is None:
        return f"<div class='one'><h3>{short(kept.run)}</h3><p>{html.escape(words.sentence(kept.reason))}</p></div>"
    spec = kept.spec
    first = spec.lineage[0].start
    born = [first.title if isinstance(first, Checkpoint) else "random weights", *map(view.named, spec.lineage)]
    usual = preset(spec.stage, spec.text, spec.parent.stage if spec.parent else "none")
    changed = [f"{label} {here}" for label, here, _ in differing(spec, usual)]
    lines = [
        ("is", ", ".join(dict.fromkeys((view.kind(kept), kept.state))) + (f": {kept.reason}" if kept.reason else "")),
        ("comes from", " → ".join(born)),
        ("trains", view.settings(spec)),
        ("set by hand", " · ".join(changed) or "nothing: these are the settings its page opens with"),
        ("from weights", *view.weights(kept)),
        ("begun", kept.started[:16].replace("T", " ")),
    ]
    return f"<div class='one'><h3>{html.escape(view.named(spec))} · {short(kept.run)}</h3>{_lines(lines)}</div>"


def _measured(kept: Kept) -> str:
    lines = [(title, f"{value} · {bound}" if bound else value) for title, (value, bound) in figures(kept).items()]
    done = kept.state in ("done", "recorded")
    where = "on test data" if done else f"on validation data, after {words.counted(kept.step, 'step')}"
    if not lines:
        return "<div class='one'><h3>Measured</h3><p>Nothing yet.</p></div>"
    return f"<div class='one'><h3>Measured {where}</h3>{_lines(lines)}</div>"


def _lines(lines: Sequence[tuple[str, ...]]) -> str:
    """Names and values, and where there is a third the tip of the value."""
    escaped = ([html.escape(each) for each in line] for line in lines)
    cells = (f"<dt>{name}</dt><dd title='{' '.join(tip)}'>{value}</dd>" for name, value, *tip in escaped if value)
    return f"<dl>{''.join(cells)}</dl>"
