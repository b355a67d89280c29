"""The keys of a lecture, and the size of what it shows."""

from typing import TypedDict


class Beat(TypedDict):
    """A name for what is shown; another one is sized anew. And the pixels of type that charts drawn by the server have."""

    beat: str
    unit: int
