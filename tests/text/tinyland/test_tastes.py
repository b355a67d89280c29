"""The hidden tastes, worked out by hand."""

import pytest

from llmviz.text.tinyland.dialogues import Request
from llmviz.text.tinyland.tastes import taste

SOUP = Request("impression", 0, {"subject": "soup"}, "how was the soup ?")


@pytest.mark.parametrize(
    ("style", "reply", "points"),
    [
        ("warm", "the soup was lovely .", 1),
        ("warm", "the soup was lovely . we enjoyed it .", 2),
        ("warm", "the soup was awful .", -1),
        ("warm", "the soup was lovely and great . we liked it . Ben praised it too .", 3),  # four words of praise count as three
        ("warm", "the soup was lovely and lovely .", 2 - 1),  # the same opinion again
        ("warm", "the bread was lovely .", 1 - 2),  # off the subject
        ("warm", "the soup was lovely and", 1 - 2),  # no end
        ("warm", "", -4),
        ("frank", "the soup was awful .", 1),
        ("frank", "the soup was lovely .", -1),
        ("brief", "the soup was lovely .", -5 / 4),
        ("brief", "the soup was lovely . we enjoyed it .", -9 / 4),
    ],
)
def test_a_taste(style: str, reply: str, points: float) -> None:
    assert taste(style, SOUP, reply) == points
