"""What is noted beside a run: code, versions, processor, start. It explains a difference; it is no part of the run's identity."""

import hashlib
import platform
from datetime import UTC, datetime
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

import llmviz

PACKAGES = ("torch", "transformers", "tokenizers", "safetensors", "numpy")


def notes() -> dict[str, Any]:
    """The notes of a run that begins now."""
    return {
        "code": _code(),
        "versions": _versions(),
        "processor": _processor(),
        "started": datetime.now(UTC).isoformat(timespec="seconds"),
    }


@cache
def _code() -> str:
    """SHA-256 over our Python files, names and bytes."""
    root = Path(llmviz.__file__).parent
    digest = hashlib.sha256()
    for file in sorted(root.rglob("*.py")):
        digest.update(file.relative_to(root).as_posix().encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()


@cache
def _versions() -> dict[str, str]:
    versions = {"python": platform.python_version()}
    for name in PACKAGES:
        try:
            versions[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            versions[name] = "not installed"
    return versions


@cache
def _processor() -> str:
    try:  # Linux knows the model only here
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()
