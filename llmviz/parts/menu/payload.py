"""The menu beside the page, which lies over it where the window is narrow."""

from typing import TypedDict


class Menu(TypedDict):
    """What a choice is: a selector of links and buttons in the menu."""

    choices: str
