"""Serve the app: `python -m llmviz.ui.serve app.py`, with the options of `streamlit run`.

Streamlit takes a folder `pages/` for its older kind of navigation until app.py has run once. Whoever came first after a start, by the
address of a page, was told that there is no such page, and then shown it. So it is told beforehand what `st.navigation` tells it later.
"""

import sys

from streamlit.runtime.pages_manager import PagesManager
from streamlit.web.cli import main

if __name__ == "__main__":
    PagesManager.uses_pages_directory = False
    main(["run", *sys.argv[1:]], prog_name="streamlit")
