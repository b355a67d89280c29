"""Beam search as a tree."""

from typing import TypedDict


class Node(TypedDict):
    """One token that was looked at: its parent's place, -1 for the beginning; its round; ln p of it alone and of the text up to it; whether
    it was kept, lies on the likeliest way, and is what greedy search takes.
    """

    parent: int
    depth: int
    word: str
    chance: float
    score: float
    kept: bool
    best: bool
    greedy: bool


class Tree(TypedDict):
    """By step the tree, and what is said of it; `width` is how many continuations are kept."""

    beginning: str
    width: int
    steps: list[int]
    trees: list[list[Node]]
    said: list[str]
