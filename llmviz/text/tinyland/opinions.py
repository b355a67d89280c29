"""The register of opinions: short reviews, good or bad, with negation and contrast. Two to four sentences.

The mood is drawn first and never said: it is what a reader has to find out, and the label that fine-tuning will use.
"""

from collections.abc import Mapping

from llmviz.text.tinyland import world
from llmviz.text.tinyland.grammar import Act, Register, Theme, besides, free, given, say
from llmviz.text.tinyland.stories import MOOD, VARIABLES


def _contrary(table: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """The table with its moods swapped."""
    return {mood: table[opposite] for mood, opposite in world.OPPOSITE.items()}


_variables = {
    variable.name: variable
    for variable in (
        free("show", world.SHOWS),
        besides("other", "show", world.SHOWS),
        given("contrary", "mood", _contrary(world.ADJECTIVES)),
        given("opposed", "mood", _contrary(world.VERDICTS)),
        given("again", "mood", {"good": ("certainly", "surely"), "bad": ("never", "hardly")}),
    )
}

_review = Theme(
    weight=1.0,
    thread=frozenset({"show", "name"}),
    acts=(
        Act(
            (
                say("we went to see a {show} ."),
                say("{name} told us of the {show} ."),
                say("yesterday {name} chose a {show} ."),
                say("this is about the {show} ."),
            )
        ),
        Act(
            (
                say("the {show} was {adjective} .", 5),
                say("what {a} {adjective} {show} !", 4),
                say("we {verdict} the {show} .", 4),
                say("the {show} was not {contrary} .", 0.4),
                say("nobody {opposed} the {show} .", 0.4),
                say("the start was {contrary} but the {show} was {adjective} .", 0.6),
                say("some {opposed} it but we {verdict} the {show} .", 0.6),
            )
        ),
        Act(
            (
                say("we {verdict} it ."),
                say("it was {adjective} and we felt {feeling} ."),
                say("the {other} was {contrary} by comparison .", 0.2),
            ),
            0.5,
        ),
        Act((say("we will {again} come back ."), say("everybody left {feeling} .")), 0.5),
    ),
)

OPINIONS = Register("opinions", 2, (_review,), VARIABLES | _variables, hidden=(MOOD,))
