"""Where strangers come: let everything that is a visitor's own be deleted, once it was said what that is."""

import streamlit as st

from llmviz.core.hosting import limits
from llmviz.runs import forgetting
from llmviz.runs.engine import Engine
from llmviz.text import store
from llmviz.ui import browsers, visit
from llmviz.ui.engine import studies
from llmviz.views import words

SAID, TITLE = "lab_forgotten", "Forget me"
NOTHING = "There is nothing of yours here but a cookie, a random name by which this server knows your browser."
TRAINS = "A run of yours is under way. Stop it first."
COOKIE = "The cookie is left, a random name. The link below takes it away; your browser is somebody new then."


def draw(engine: Engine) -> None:
    """Draw the button, or what has gone."""
    if not limits().hosted or visit.current().lecture:
        return
    said, token = st.session_state.get(SAID, ("", ""))
    with st.container(key="forget_area"):
        if said:
            st.success(f"{said} {COOKIE}", icon=":material/info:")
            st.html(f"<a class='leave' href='?{browsers.FORGOTTEN}={token}' target='_self'>Take the cookie away</a>")
        elif st.button(TITLE, key="forget", type="tertiary", icon=":material/person_remove:"):
            _ask(engine)


def _ask(engine: Engine) -> None:
    """Say what will go, and what will not."""
    viewer = visit.viewer()
    found, texts = forgetting.owned(engine, viewer), store.owned(viewer)

    def asked() -> None:
        if SAID in st.session_state:
            st.rerun()  # done: the dialog closes
        lines = [
            f"- {words.counted(len(found.goes), 'run')} of yours" if found.goes else "",
            f"- {words.counted(len(texts), 'text')} of your own: tables, tagged texts, choices and prose" if texts else "",
        ]
        goes = list(filter(None, lines))
        if goes or not found.stays:
            st.markdown("\n".join(["This goes for good:", "", *goes]) if goes else NOTHING)
        if found.stays:
            st.markdown(
                f"{words.counted(len(found.stays), 'run')} of yours that others were given, or that a teacher keeps, will stay, "
                "and be no longer yours."
            )
        if found.under_way:
            st.warning(TRAINS)
        st.button(TITLE, key="forget_really", type="primary", disabled=bool(found.under_way), on_click=_forget, args=(engine,))

    st.dialog("Forget me?", width="small")(asked)()


def _forget(engine: Engine) -> None:
    viewer = visit.viewer()
    runs, texts = len(forgetting.owned(engine, viewer).goes), store.forget_of(viewer)
    left = forgetting.forget(engine, studies(), viewer)
    later = f" {words.counted(left, 'run')} could not be deleted yet: in use just now, and in nobody's lists." if left else ""
    visit.set(one="", other="")
    gone = [words.counted(count, what) for count, what in ((runs - left, "run"), (texts, "own text")) if count]
    told = f"Deleted: {' and '.join(gone)}." if gone else "Nothing here is yours any more."
    st.session_state[SAID] = (f"{told}{later}", browsers.leaving())
