"""The one folder on this machine in which runs and prepared texts are kept."""

import os
from pathlib import Path

import platformdirs


def home() -> Path:
    """`$LLMVIZ_HOME` where it is set, otherwise the platform's folder for an application's data. It may not exist yet."""
    return Path(os.environ.get("LLMVIZ_HOME") or platformdirs.user_data_path("llmviz", appauthor=False))
