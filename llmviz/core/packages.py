"""Texts and weights that come inside Python packages: their files are read, none of their code is ever imported."""

from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path


def located(package: str, inside: str) -> Path:
    """The path of a file or folder that a package brings. Raises ValueError, saying what to install, where it is missing."""
    try:
        path = Path(str(distribution(package).locate_file(inside)))
    except PackageNotFoundError as missing:
        raise ValueError(f"this comes with the Python package {package}, which is not installed: pip install {package}") from missing
    if not path.exists():
        raise ValueError(f"the Python package {package} is installed, but its {inside} is missing: pip install --force-reinstall {package}")
    return path
