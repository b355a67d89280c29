"""The script behind *Show the code*."""

from collections.abc import Mapping

import streamlit as st

from llmviz.core.spec import RunSpec
from llmviz.views import script

WHERE = "Save it in the folder of llmviz, beside app.py, run it there, change it."
FILES = "llmviz.experiments"


def show(spec: RunSpec) -> None:
    """Open the script that trains this spec, on top of the page; where there is none, the stage that trains it."""
    if script.there(spec):
        about = f"Plain torch and transformers; text and masks come from llmviz. {WHERE}"
        _open("The same training as a script", f"{spec.stage}.py", about, script.script(spec))
    else:
        _open("The stage that trains it", "stage.py", "Data, loss and metrics, as llmviz trains them.", script.stage(spec))


def learning(text: str, size: int, sentence: str) -> None:
    """Open the script that learns the three vocabularies of a text and cuts the sentence by them."""
    about = f"The library tokenizers and plain Python; the text comes from llmviz. {WHERE}"
    values = {"TEXT": text, "SIZE": size, "SENTENCE": sentence}
    _open("The same learning as a script", "tokens.py", about, _filled("tokenization", values))


def exercises(sentence: str, roll: int, rates: tuple[float, float, float], second: str, most: int) -> None:
    """Open the script that draws the four exercises of a sentence and puts them to the recorded models.

    `rates` are the mask rate, the share that is cut out and the mean length of a span; `most` tokens are read.
    """
    about = f"Plain torch and transformers; the vocabulary and what is drawn by chance come from llmviz. {WHERE}"
    mask_rate, density, length = rates
    values = {"SENTENCE": sentence, "ROLL": roll, "MASK_RATE": mask_rate, "DENSITY": density, "SPAN_LENGTH": length}
    _open("The same exercises as a script", "exercises.py", about, _filled("four_exercises", values | {"SECOND": second, "MOST": most}))


def _filled(folder: str, values: Mapping[str, object]) -> str:
    return script.fill(script.read(f"{FILES}.{folder}"), values)


def _open(title: str, name: str, about: str, written: str) -> None:
    def shown() -> None:
        st.markdown(about)
        st.download_button("Download", written, file_name=name, mime="text/x-python", on_click="ignore", icon=":material/download:")
        st.code(written, language="python", height=520)

    st.dialog(title, width="large")(shown)()
