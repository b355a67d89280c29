"""The app on the fake engine: `python -m llmviz.ui.serve tests/ui/fake_app.py`."""

import runpy
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from dataclasses import replace  # noqa: E402

from llmviz.core.spec import preset, starting_from  # noqa: E402
from llmviz.ui import engine  # noqa: E402
from tests.ui.fake_engine import FakeEngine  # noqa: E402


def _with_an_orphan() -> FakeEngine:
    """The fake engine and a run whose parents are gone: the lab book has rows without figures."""
    fake = FakeEngine()
    gone = replace(preset("icl"), inputs=starting_from(replace(preset("clm"), seed=77)), seed=77)
    fake.train(replace(preset("instruct"), inputs=starting_from(gone), seed=77), "nobody")
    return fake


engine.make = _with_an_orphan
runpy.run_path(str(ROOT / "app.py"), run_name="__main__")
