"""The script behind *Show the code*."""

import streamlit as st

from llmviz.core.spec import RunSpec
from llmviz.views.scripts import script


def show(spec: RunSpec) -> None:
    """Open the script that trains this spec, on top of the page."""
    st.dialog("The same training as a script", width="large")(_code)(spec)


def _code(spec: RunSpec) -> None:
    text = script(spec)
    st.markdown("Plain torch and transformers; text and masks come from llmviz. Save it, run it where llmviz is installed, change it.")
    st.download_button("Download", text, file_name=f"{spec.stage}.py", mime="text/x-python", on_click="ignore", icon=":material/download:")
    st.code(text, language="python", height=520)
