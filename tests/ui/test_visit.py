"""What a visitor looks at, where two scripts of one session overlap."""

from streamlit.testing.v1 import AppTest


def overtaken() -> None:
    """A script that opens a page, and goes on when the next one has opened another."""
    import threading

    import streamlit as st
    from streamlit.runtime.scriptrunner import add_script_run_ctx

    from llmviz.core.run import RunRef
    from llmviz.core.spec import RunSpec, preset
    from llmviz.ui import visit

    def specs(run: RunRef) -> RunSpec:
        return preset("mlm")

    visit.open("masked-tokens", ["mlm"], specs)
    following = add_script_run_ctx(threading.Thread(target=lambda: visit.open("next-token", ["clm"], specs)))
    following.start()
    following.join()
    visit.change(step=7)
    st.text(f"{st.session_state['page']} {visit.page()}")
    for name, kept in st.session_state["visits"].items():
        st.text(f"{name} {kept.address.spec.stage} {kept.address.step}")


def test_a_script_that_is_overtaken_keeps_its_own_page() -> None:
    app = AppTest.from_function(overtaken).run()
    assert not app.exception
    assert [text.value for text in app.text] == ["next-token masked-tokens", "masked-tokens mlm 7", "next-token clm None"]


def left() -> None:
    """A script after which a widget of the page before still tells something, as the browser has it."""
    import threading

    import streamlit as st
    from streamlit.runtime.scriptrunner import add_script_run_ctx

    from llmviz.core.spec import preset
    from llmviz.ui import visit

    def specs(run: object) -> object:
        return preset("mlm")

    for page, stage in (("masked-tokens", "mlm"), ("next-token", "clm")):
        visit.open(page, [stage], specs)  # type: ignore[arg-type]
    told = add_script_run_ctx(threading.Thread(target=lambda: visit.change(spec=preset("mlm"), step=7)))
    told.start()
    told.join()
    for name, kept in st.session_state["visits"].items():
        st.text(f"{name} {kept.address.spec.stage} {kept.address.step}")
    st.text(st.query_params.get("step", "no step"))


def test_a_widget_of_a_page_that_was_left_changes_that_page_alone() -> None:
    app = AppTest.from_function(left)
    app.context["url"] = "http://localhost:8501/masked-tokens"  # where the browser still is
    app.run()
    assert not app.exception
    assert [text.value for text in app.text] == ["masked-tokens mlm 7", "next-token clm None", "no step"]
