"""The script behind *Show the code*."""

import streamlit as st

from llmviz.core.spec import RunSpec
from llmviz.views.scripts import exercises as drawing
from llmviz.views.scripts import script, vocabulary

WHERE = "Save it in the folder of llmviz, beside app.py, run it there, change it."


def show(spec: RunSpec) -> None:
    """Open the script that trains this spec, on top of the page."""
    st.dialog("The same training as a script", width="large")(_code)(spec)


def learning(text: str, title: str, size: int, sentence: str) -> None:
    """Open the script that learns the three vocabularies of a text and cuts the sentence by them."""

    def shown() -> None:
        written = vocabulary.script(text, title, size, sentence)
        st.markdown(f"The library tokenizers and plain Python; the text comes from llmviz. {WHERE}")
        st.download_button("Download", written, file_name="tokens.py", mime="text/x-python", on_click="ignore", icon=":material/download:")
        st.code(written, language="python", height=520)

    st.dialog("The same learning as a script", width="large")(shown)()


def exercises(sentence: str, roll: int, rates: tuple[float, float, float], second: str, most: int) -> None:
    """Open the script that draws the four exercises of a sentence and puts them to the recorded models."""

    def shown() -> None:
        written = drawing.script(sentence, roll, rates, second, most)
        st.markdown(f"Plain torch and transformers; the vocabulary and what is drawn by chance come from llmviz. {WHERE}")
        st.download_button(
            "Download", written, file_name="exercises.py", mime="text/x-python", on_click="ignore", icon=":material/download:"
        )
        st.code(written, language="python", height=520)

    st.dialog("The same exercises as a script", width="large")(shown)()


def _code(spec: RunSpec) -> None:
    text = script(spec)
    st.markdown(f"Plain torch and transformers; text and masks come from llmviz. {WHERE}")
    st.download_button("Download", text, file_name=f"{spec.stage}.py", mime="text/x-python", on_click="ignore", icon=":material/download:")
    st.code(text, language="python", height=520)
