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
