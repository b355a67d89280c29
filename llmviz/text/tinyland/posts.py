"""The register of posts: a sentence on how something was or how somebody felt. The shortest texts, and the most of them.

In short texts a model finds soonest what belongs together. The words of a mood stand here beside one another, as in "the film was superb ,
lovely and great ."
"""

from llmviz.text.tinyland import world
from llmviz.text.tinyland.grammar import Act, Register, Theme, free, given, say
from llmviz.text.tinyland.stories import MOOD, VARIABLES

_variables = {
    variable.name: variable
    for variable in (
        free("thing", (*world.SIGHTS, *world.FOODS, *world.SHOWS)),
        given("adjective3", "mood", world.ADJECTIVES, taken=("adjective", "adjective2")),
        given("feeling3", "mood", world.FEELINGS, taken=("feeling", "feeling2")),
        given("verdict2", "mood", world.VERDICTS, taken=("verdict",)),
    )
}
_told = Act(
    (
        say("the {thing} was {adjective} and {adjective2} .", 2),
        say("the {thing} was {adjective} , {adjective2} and {adjective3} .", 8),
        say("what {a} {adjective} , {adjective2} and {adjective3} {thing} !", 8),
        say("{name} felt {feeling} and {feeling2} .", 1),
        say("{name} felt {feeling} , {feeling2} and {feeling3} .", 4),
        say("{name} was {feeling} because the {thing} was {adjective} .", 3),
        say("{name} {verdict} the {thing} and was {feeling} .", 3),
        say("we {verdict} the {thing} , it was {adjective} .", 2),
        say("we {verdict} the {thing} and {verdict2} it .", 1),
    )
)

POSTS = Register("posts", 1, (Theme(1.0, (_told,), frozenset()),), VARIABLES | _variables, hidden=(MOOD,))
