"""The confusion matrix of classes: every held-out text counts once, in the cell of its true and its given class."""

import numpy as np

from llmviz.core.questions.classification import Marked
from llmviz.views.class_confusion import CUT, SHOWN, confusion, said


def marked(*pairs: tuple[int, int], text: str = "text {}") -> Marked:
    """Three classes; of each text its true class and the one it is called."""
    chances = np.eye(3, dtype=np.float32)[[given for _, given in pairs]]
    texts = tuple(text.format(place) for place in range(len(pairs)))
    return Marked(5, texts, np.array([truth for truth, _ in pairs]), ("x", "y", "z"), chances)


def test_mistakes_are_counted_by_class_with_texts() -> None:
    drawn = confusion(marked((0, 0), (0, 1), (1, 1), (2, 2)))
    assert drawn["labels"] == ["x", "y", "z"] and drawn["noun"] == "text"
    assert drawn["counts"] == [[1, 1, 0], [0, 1, 0], [0, 0, 1]]
    assert drawn["examples"][0][1] == [{"bits": [("text 1", False)]}] and drawn["examples"][2][0] == []
    assert drawn["of"].startswith("4 test texts. ")


def test_a_cell_shows_the_first_of_many_and_long_texts_are_cut() -> None:
    drawn = confusion(marked(*[(0, 2)] * 20, text="long " * 100))
    assert drawn["counts"][0][2] == 20 and len(drawn["examples"][0][2]) == SHOWN
    ((text, marks),) = drawn["examples"][0][2][0]["bits"]
    assert text.endswith("long …") and len(text) <= CUT + 2 and not marks


def test_it_is_said_how_many_are_right() -> None:
    assert said(marked((0, 0), (0, 1), (1, 1))) == "What the model of 5 steps calls texts that no training has seen: 2 of 3 right."
