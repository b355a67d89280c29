"""Two replies to one request, of which a person chooses by mouse or keyboard."""

from typing import TypedDict


class TwoReplies(TypedDict):
    """A request and two replies to it."""

    request: str
    one: str
    other: str


class Labeller(TypedDict):
    """Choices by place: 1 and 2 for the preferred reply, 0 for a tie. `pairs` are those from the place `first` on, chosen or still to come.

    `list` is another text for each list of choices that this one does not go on from. `closed` says why nothing can be chosen now, if so.
    `note` stands below the replies.
    """

    list: str
    said: list[int]
    first: int
    pairs: list[TwoReplies]
    closed: str
    note: str
