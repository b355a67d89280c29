"""The app on the fake engine: `python -m llmviz.ui.serve tests/ui/fake_app.py`."""

import runpy
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from llmviz.ui import engine  # noqa: E402
from tests.ui.fake_engine import FakeEngine  # noqa: E402

engine.make = FakeEngine
runpy.run_path(str(ROOT / "app.py"), run_name="__main__")
