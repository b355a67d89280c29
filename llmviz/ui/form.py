"""The form behind *Change*: every field is drawn from the setting it stands for."""

from collections.abc import Callable, Sequence

import streamlit as st

from llmviz.core.address import Entry, change, entries
from llmviz.core.experiment import Experiment
from llmviz.core.spec import RunSpec
from llmviz.ui import lesson, visit
from llmviz.views import words

LEADS = ("text", "parent")  # what the defaults of all others hang on
FIRST = ("labels", "size", "steps", "mask_rate", "learning_rate", "muon_learning_rate", "seed")  # the rest folds out
USED, PROBLEM = "settings_used", "settings_problem"


def ask(stage: Experiment) -> None:
    """Open the form on top of the page."""
    st.session_state.pop(USED, None)
    _fill(visit.current().spec)
    st.dialog(f"{stage.title}: what is trained", width="medium")(_form)()


def _fill(spec: RunSpec) -> None:
    """Let the fields show this spec. What is free text has no field: it is chosen on its page, and stays."""
    for entry in entries(spec):
        st.session_state[_key(entry)] = entry.value


def _led() -> RunSpec:
    """The present settings, with the text and the start that are chosen in the form: what is not set by hand takes their defaults."""
    before = visit.current().spec
    return change(before, {entry.name: st.session_state[_key(entry)] for entry in entries(before) if entry.name in LEADS})


def _lead() -> None:
    """Show the defaults of another text or start as soon as it is chosen."""
    try:
        _fill(_led())
    except ValueError as refusal:
        st.session_state[PROBLEM] = str(refusal)
        _fill(visit.current().spec)


def _form() -> None:
    if st.session_state.pop(USED, False):
        st.rerun()  # closes the form
    known = {entry.name: entry for entry in entries(_led())}
    _fields([known[name] for name in LEADS if name in known], _lead)
    with st.form("settings", border=False):
        _fields([known[name] for name in FIRST if name in known])
        with st.expander("More settings"):
            _fields([entry for name, entry in known.items() if name not in (*LEADS, *FIRST) and not entry.setting.letters])
        problem = st.session_state.pop(PROBLEM, "")
        if problem:
            st.error(lesson.plain(problem))
        st.form_submit_button("Use these settings", type="primary", on_click=_use)


def _fields(listed: Sequence[Entry], changed: Callable[[], None] | None = None) -> None:
    left, right = st.columns(2, gap="medium")
    for place, entry in enumerate(listed):
        with (left, right)[place % 2]:
            _field(entry, changed)


def _field(entry: Entry, changed: Callable[[], None] | None) -> None:
    """The field of one setting, which shows what the session holds under its key."""
    setting, key = entry.setting, _key(entry)
    if setting.choices:
        st.selectbox(
            setting.label,
            setting.choices,
            format_func=words.value,
            help=setting.help,
            key=key,
            on_change=changed,
        )
        return
    if isinstance(entry.value, bool):
        st.toggle(setting.label, help=setting.help, key=key)
        return
    whole = isinstance(entry.value, int)
    kind = int if whole else float
    st.number_input(
        setting.label,
        kind(setting.low),
        kind(setting.high),
        step=1 if whole else _step(entry.value),
        format=None if whole else "%g",
        help=f"{setting.help} From {setting.low:g} to {setting.high:,.10g}.",
        key=key,
    )


def _step(value: float) -> float:
    """A tenth of the decade a value stands in: 0.01 is changed by 0.001."""
    return float(f"1e{int(f'{value or 1:e}'.split('e')[1]) - 1}")


def _key(entry: Entry) -> str:
    return f"setting_{entry.name}"


def _use() -> None:
    """Take the form's settings; where one is refused, the form stays open and says why."""
    before = visit.current().spec
    try:
        led = _led()
        spec = change(led, {entry.name: st.session_state[_key(entry)] for entry in entries(led)})
    except (ValueError, TypeError) as refusal:
        st.session_state[PROBLEM] = str(refusal)
        return
    st.session_state[USED] = True
    if spec == before:
        return
    parent = visit.current().parent if spec.start == before.start else None
    visit.change(spec=spec, run=None, parent=parent, step=None)
    if spec.text != before.text:
        visit.change(sentence=None, hidden=None)
