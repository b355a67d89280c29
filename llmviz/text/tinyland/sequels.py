"""Two parts of stories: the exact chance that the second goes on with the first, for a reader who knows the grammar.

Bayes' rule over the automaton of the stories: how likely the two parts are as one story, against how likely as parts of two, drawn as
`llmviz.text.pairs` draws them.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from itertools import product

from llmviz.text.pairs import SAME_NAME
from llmviz.text.sentences import CLOSING
from llmviz.text.tinyland import world
from llmviz.text.tinyland.floors import World, advance
from llmviz.text.tinyland.grammar import END, Bindings, State, Theme
from llmviz.text.tinyland.stories import STORIES

Words = Sequence[str]
ANYBODY: Mapping[str, str] = {}  # the thread of a first part of which nothing is known

# What a story can say of a value of its thread. Values of which a part says nothing are all alike to it.
TELLS: Mapping[str, Mapping[str, frozenset[str]]] = {
    "name": {name: frozenset((name, *told)) for name, told in world.PEOPLE.items()},
    "animal": {animal: frozenset((animal, *told)) for animal, told in world.SOUNDS.items()},
    "country": {country: frozenset((country, capital)) for country, capital in world.CAPITALS.items()},
    "country2": {country: frozenset((country, capital)) for country, capital in world.CAPITALS.items()},
    "sight": {sight: frozenset((sight,)) for sight in world.SIGHTS},
    "food": {food: frozenset((food,)) for food in world.FOODS},
}


def chance_of_one_story(first: Words, second: Words) -> float:
    """p(both are parts of one story | their words), where one pair in two is.

    Raises ValueError where neither one story nor two have these parts.
    """
    return _chance(first, second, lambda state: _ending(state, second), lambda state: _other(state.theme, dict(state.bindings), second))


def chance_from_order(first: Words, second: Words) -> float:
    """The same chance for a reader who knows in what order each kind of story is told, but not whether both parts tell of the same.

    Of the first part it knows the kind and how far it has come, and lets the second tell of anybody and anything. Raises ValueError as
    `chance_of_one_story` does.
    """
    return _chance(
        first, second, lambda state: _ends(state.theme, state.act, ANYBODY, second), lambda state: _other(state.theme, ANYBODY, second)
    )


def _chance(first: Words, second: Words, on: Callable[[State], float], other: Callable[[State], float]) -> float:
    """Bayes' rule: where the first part may have come to, the chances that its own story goes `on` with the second, that an `other` does.

    Raises ValueError where neither can be.
    """
    told, more = _sentences(first), _sentences(second)
    one = two = 0.0
    if told and more:
        for state, weight in _after(first).items():
            one += weight * on(state) / (told + more - 1)
            cuts = sum(chance / (told + left - 1) for left, chance in _left(state.theme, state.act).items() if left)
            two += weight * cuts * other(state)
    if not one + two:
        raise ValueError("no story has these parts, and no two that are cut have them")
    return one / (one + two)


def _after(words: Words) -> dict[State, float]:
    """Chances of where the automaton stands after the beginning of a story, at the end of a sentence."""
    stories = World([(STORIES, 1.0)])
    weights = stories.start()
    for word in words:
        weights = advance(stories, weights, word)
    return {state: weight for state, weight in weights.items() if state.template < 0}


def _ending(state: State, words: Words) -> float:
    """The chance that a story goes on from here with just these words."""
    stories, weights = World([(STORIES, 1.0)]), {state: 1.0}
    for word in (*words, END):
        weights = advance(stories, weights, word)
        if not weights:
            return 0.0
    return sum(weights.values())


def _other(theme: int, first: Mapping[str, str], second: Words) -> float:
    """The chance that the rest of another story of this theme, drawn to go with a first part of this thread, is the second part."""
    more = _sentences(second)
    found = 0.0
    for act in range(1, len(STORIES.themes[theme].acts)):
        cut = sum(chance / (before + more - 1) for before, chance in _before(theme, act).items())
        found += cut * _ends(theme, act, first, second)
    return found


def _ends(theme: int, act: int, first: Mapping[str, str], second: Words) -> float:
    """The chance that a story of this theme, drawn to go with a first part of this thread, ends from this act on with the second part."""
    found = 0.0
    for bindings, share in _threads(_bound(STORIES.themes[theme], act), first, frozenset(second)):
        for mood in world.OPPOSITE:
            found += 0.5 * share * _ending(State(STORIES.name, theme, act, -1, 0, (("mood", mood), *bindings)), second)
    return found


def _threads(bound: tuple[str, ...], first: Mapping[str, str], said: frozenset[str]) -> Iterator[tuple[Bindings, float]]:
    """The threads that a story drawn as the other may have, with their chances; those alike to these words stand for one another."""
    rest = [name for name in bound if name != "name"]
    names = [(value, _shared(value, first)) for value in world.PEOPLE]
    allowed = [
        values
        for values in product(*(TELLS[name] for name in rest))
        if all(first.get(name) != value for name, value in zip(rest, values, strict=True)) and len({*values}) == len(values)
    ]
    others = [(values, 1 / len(allowed)) for values in allowed]
    for name, one in _alike([((value,), chance) for value, chance in names], ("name",), said):
        for values, other in _alike(others, rest, said):
            yield tuple(zip(("name", *rest), (*name, *values), strict=True)), one * other


def _shared(name: str, first: Mapping[str, str]) -> float:
    """The chance that a story drawn to go with this first part tells of somebody of this name."""
    if "name" not in first:
        return 1 / len(world.PEOPLE)
    return SAME_NAME if name == first["name"] else (1 - SAME_NAME) / (len(world.PEOPLE) - 1)


def _alike(
    choices: Sequence[tuple[tuple[str, ...], float]], names: Sequence[str], said: frozenset[str]
) -> Iterator[tuple[tuple[str, ...], float]]:
    """One of each kind of choices, with the chances of all of the kind."""
    sums: dict[tuple[frozenset[str], ...], float] = defaultdict(float)
    kept = {}
    for values, chance in choices:
        kind = tuple(TELLS[name][value] & said for name, value in zip(names, values, strict=True))
        sums[kind] += chance
        kept[kind] = values
    for kind, total in sums.items():
        yield kept[kind], total


def _bound(theme: Theme, act: int) -> tuple[str, ...]:
    """The variables of the thread that are bound before this act: those that an earlier act names whichever way it is told."""
    found = [
        name
        for earlier in theme.acts[:act]
        if earlier.chance == 1
        for name in sorted(theme.thread)
        if all(f"{{{name}}}" in template.words for template in earlier.templates)
    ]
    return tuple(dict.fromkeys(found))


@cache
def _left(theme: int, act: int) -> dict[int, float]:
    """How many sentences are told from this act on: number -> chance."""
    found = {0: 1.0}
    for later in reversed(STORIES.themes[theme].acts[act:]):
        found = _one_more(found, later.chance)
    return found


@cache
def _before(theme: int, act: int) -> dict[int, float]:
    """How many sentences are told before this act, where the last of them is the act before it: number -> chance of both."""
    found = {0: 1.0}
    *earlier, last = STORIES.themes[theme].acts[:act]
    for before in earlier:
        found = _one_more(found, before.chance)
    return {count + 1: chance * last.chance for count, chance in found.items()}


def _one_more(counts: dict[int, float], chance: float) -> dict[int, float]:
    found: dict[int, float] = defaultdict(float)
    for count, share in counts.items():
        found[count + 1] += share * chance
        found[count] += share * (1 - chance)
    return found


def _sentences(words: Words) -> int:
    return sum(word in CLOSING for word in words)
