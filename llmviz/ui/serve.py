"""Serve the app: `python -m llmviz.ui.serve app.py`, with the options of `streamlit run`.

Streamlit takes a folder `pages/` for its older kind of navigation until app.py has run once. Whoever came first after a start, by the
address of a page, was told that there is no such page, and then shown it. So it is told beforehand what `st.navigation` tells it later.
"""

import sys

from starlette.middleware import Middleware
from streamlit.runtime.pages_manager import PagesManager
from streamlit.web.cli import main
from streamlit.web.server.starlette import starlette_app

from llmviz.ui import one_lock
from llmviz.ui.ahead import Ahead
from llmviz.ui.browsers import Browsers

behind = starlette_app.create_streamlit_middleware


def first_ahead() -> list[Middleware]:
    """Streamlit's own layers between browser and app, and ours before them."""
    return [Middleware(Browsers), Middleware(Ahead), *behind()]


if __name__ == "__main__":
    one_lock.share()
    PagesManager.uses_pages_directory = False
    starlette_app.create_streamlit_middleware = first_ahead
    main(["run", *sys.argv[1:]], prog_name="streamlit")
