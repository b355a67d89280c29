"""Serve the app: `python -m llmviz.ui.serve app.py`, with the options of `streamlit run`.

Streamlit takes a folder `pages/` for its older kind of navigation until app.py has run once. Whoever came first after a start, by the
address of a page, was told that there is no such page, and then shown it. So it is told beforehand what `st.navigation` tells it later.
"""

import os
import platform
import sys

from starlette.middleware import Middleware
from streamlit import config
from streamlit.runtime.pages_manager import PagesManager
from streamlit.web.cli import main
from streamlit.web.server.starlette import starlette_app

from llmviz.core import hosting, journal
from llmviz.ui import fast, gate, gathered, given, logged, one_lock, turns
from llmviz.ui.ahead import Ahead
from llmviz.ui.browsers import Browsers
from llmviz.ui.gate import Gate
from llmviz.ui.sockets import Sockets
from llmviz.ui.teachers import Teachers
from llmviz.ui.uploads import Uploads

behind = starlette_app.create_streamlit_middleware


def first_ahead() -> list[Middleware]:
    """Streamlit's own layers between browser and app, and ours before them."""
    fast.settle()
    limits = hosting.limits()
    names, anywhere = gate.names(config.get_option("server.address"))
    first = [
        Middleware(logged.Logged),
        Middleware(Gate, names=names, anywhere=anywhere, framed_by=limits.framed_by),
        Middleware(Sockets, limits=limits),
        Middleware(Uploads, limits=limits),
    ]
    if limits.hosted:
        first.append(Middleware(Teachers, key=limits.teacher_key))
    return [*first, Middleware(Browsers), Middleware(Ahead), *behind()]


def options(limits: hosting.Limits) -> dict[str, str]:
    """What Streamlit is told of the limits, where nobody tells it otherwise."""
    sizes = {"UPLOAD_SIZE": limits.file_mb, "MESSAGE_SIZE": limits.message_mb}  # 200 MB each, if nothing is said
    return {f"STREAMLIT_SERVER_MAX_{name}": str(megabytes) for name, megabytes in sizes.items()}


if __name__ == "__main__":
    try:
        limits = hosting.limits()
        told, as_json = options(limits), journal.wanted(limits.hosted)
    except ValueError as problem:
        sys.exit(f"The server does not start: {problem}.")
    os.environ.pop(hosting.variable("teacher_key"), None)  # it is read; the programs that train need not have it
    if as_json:
        told |= {"STREAMLIT_LOGGER_ENABLE_RICH": "false"}  # it would print an exception with its message, past all handlers
        journal.begin()
        logged.take_over()
        journal.say("start", hosted=limits.hosted, python=platform.python_version(), process=os.getpid())
    os.environ |= {name: value for name, value in told.items() if name not in os.environ}
    given.sweep()
    one_lock.share()
    gathered.share()
    turns.share()
    PagesManager.uses_pages_directory = False
    starlette_app.create_streamlit_middleware = first_ahead
    main(["run", *sys.argv[1:]], prog_name="streamlit")
