"""How far several models are trained, as one slider."""

from typing import TypedDict


class Trained(TypedDict):
    """Percent of training, ascending."""

    shares: list[int]
