"""The app: its sections, pages and their order."""

from pathlib import Path

import streamlit as st

from llmviz.ui import fast, lesson  # noqa: F401 - fast is imported for what it does

HERE = Path(__file__).parent
SECTIONS = {
    "Pretraining": [st.Page(HERE / "pages/masked_tokens.py", title="Masked tokens", url_path="masked-tokens", default=True)],
}

lesson.configure()
page = st.navigation(SECTIONS, position="hidden")
lesson.frame(SECTIONS)
page.run()
