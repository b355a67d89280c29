"""Shared by all tests: a home of their own, so that no test sees or touches what the user has trained."""

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

os.environ["OMP_NUM_THREADS"] = "1"  # before torch is there: the number of threads decides the weights, and workers have one


@pytest.fixture(autouse=True, scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """LLMVIZ_HOME for this session, handed on to child processes. Prepared texts in it are shared by the tests, on all cores."""
    folder = tmp_path_factory.mktemp("home")
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = tmp_path_factory.getbasetemp().parent / "texts"  # beside the folders of all workers
        shared.mkdir(exist_ok=True)
        with suppress(OSError):  # Windows may forbid the link; then each prepares its own
            (folder / "texts").symlink_to(shared, target_is_directory=True)
    before = os.environ.get("LLMVIZ_HOME")
    os.environ["LLMVIZ_HOME"] = str(folder)
    yield folder
    if before is None:
        del os.environ["LLMVIZ_HOME"]
    else:
        os.environ["LLMVIZ_HOME"] = before
