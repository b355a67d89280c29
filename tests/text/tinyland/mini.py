"""Two registers small enough to write down every text, and a way to write them down that knows nothing of automata."""

from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from itertools import product

from llmviz.text.tinyland.floors import World
from llmviz.text.tinyland.grammar import Act, Register, Template, Theme, Variable, agreeing, article, besides, follows, free, given, say

Words = tuple[str, ...]

_pet = free("pet", ("cat", "owl", "ape"))
_quality = given("quality", "mood", {"good": ("fine", "able", "ideal"), "bad": ("ugly", "poor")})
_variables = {
    variable.name: variable
    for variable in (
        article("an", _pet),
        agreeing(_pet, "an"),
        follows("sound", "pet", {"cat": "meows", "owl": "hoots", "ape": "hoots"}),
        besides("other", "pet", ("cat", "owl", "ape")),
        article("a", _quality),
        agreeing(_quality, "a"),
        free("hour", ("noon", "dawn")),
    )
}
MOOD = Variable("mood", frozenset({"good", "bad"}), lambda _: (("good", 0.7), ("bad", 0.3)))

_seen = Theme(
    weight=0.6,
    thread=frozenset({"pet"}),
    acts=(
        Act((say("here is {an} {pet} ."), say("my {pet} naps .", 2))),
        Act((say("the {pet} {sound} .", never=[("pet", "cat")]), say("every {pet} {sound} .", 3, never=[("pet", "owl")])), 0.4),
        Act((say("no {other} came at {hour} ."), say("at {hour} it slept .")), 0.5),
        Act((say("it was {a} {quality} {pet} ."), say("at {hour} it was {quality} ."))),
    ),
)
_short = Theme(0.4, (Act((say("at {hour} all slept ."),), 0.25), Act((say("all was {quality} ."),))), frozenset())
PETS = Register("pets", 1, (_seen, _short), _variables, hidden=(MOOD,))

# Half of its texts do not tell the mood, so one text has two derivations; and it shares texts with the register above.
_told = Theme(1.0, (Act((say("all was {quality} ."), say("all was well .", 2)), 0.8), Act((say("bye ."),))), frozenset())
CALLS = Register("calls", 1, (_told,), _variables, hidden=(MOOD,))
WORLD = World([(PETS, 0.75), (CALLS, 0.25)])


def derivations(register: Register) -> Iterator[tuple[Words, float]]:
    """Every way to choose a text, with the product of its choices: one entry per way, so an ambiguous text comes more than once."""
    for values in product(*(variable.choices({}) for variable in register.hidden)):  # hidden variables here do not depend on one another
        bound = {variable.name: value for variable, (value, _) in zip(register.hidden, values, strict=True)}
        chance = 1.0
        for _, share in values:
            chance *= share
        for theme in register.themes:
            for words, share in _acts(register, theme, theme.acts, bound):
                yield words, chance * theme.weight * share


def _acts(register: Register, theme: Theme, acts: tuple[Act, ...], bound: dict[str, str]) -> Iterator[tuple[Words, float]]:
    if not acts:
        yield (), 1.0
        return
    act, rest = acts[0], acts[1:]
    if act.chance < 1:
        for words, chance in _acts(register, theme, rest, bound):
            yield words, (1 - act.chance) * chance
    usable = [way for way in act.templates if all(bound.get(slot) != value for slot, value in way.never)]
    for way in usable:
        share = act.chance * way.weight / sum(other.weight for other in usable)
        for said, local, chance in _fillings(register, way, bound):
            lasting = bound | {slot: value for slot, value in local.items() if slot in theme.thread}
            for words, after in _acts(register, theme, rest, lasting):
                yield said + words, share * chance * after


def _fillings(register: Register, way: Template, bound: dict[str, str]) -> Iterator[tuple[Words, dict[str, str], float]]:
    """Every sentence of one template: its words, the values of its slots, its chance."""
    found: list[tuple[Words, dict[str, str], float]] = [((), bound, 1.0)]
    for word in way.words:
        slot = word.strip("{}")
        if slot == word:
            found = [((*said, word), local, chance) for said, local, chance in found]
            continue
        found = [
            ((*said, value), local | {slot: value}, chance * share)
            for said, local, chance in found
            for value, share in ([(local[slot], 1.0)] if slot in local else register.variables[slot].choices(local))
        ]
    yield from found


@cache
def texts() -> dict[Words, float]:
    """Every text of the world with its chance."""
    found: dict[Words, float] = defaultdict(float)
    for register, share in WORLD.shares:
        for words, chance in derivations(register):
            found[words] += share * chance
    return dict(found)
