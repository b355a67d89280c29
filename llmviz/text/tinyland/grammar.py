"""Texts as a product of choices. Knows templates, variables and chances; knows no particular world.

A `Register` tells a text as a row of acts (sentences). Each act may be left out, takes one of its templates, and fills the template's
slots. A slot such as `{name}` repeats a variable that is bound already and otherwise draws it. Seen word by word, the same register is
an automaton: `start` and `expand` give every possible next word with its chance, which is what floors and ceilings are computed from.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from random import Random
from typing import NamedTuple, TypeVar

END = ""  # the word an automaton says when a text is over
VOWELS = "aeiou"
REMEMBERED = 50_000  # states: a thousand texts go through 290,000, which would stay as 170 MB and save a third of the time
Value = TypeVar("Value")

Bindings = tuple[tuple[str, str], ...]  # (variable, value), in the order of binding
Choices = Sequence[tuple[str, float]]  # (value, chance); the chances sum to 1


@dataclass(frozen=True)
class Variable:
    """What a slot may say: `law` maps the bindings so far to (value, chance) pairs that sum to 1; `values` are all there are.

    `parents` names the variables that decide, so that what they come to is worked out once: a text is drawn in half the time.
    """

    name: str
    values: frozenset[str]
    law: Callable[[Mapping[str, str]], Choices]
    parents: tuple[str, ...] = ()
    _known: dict[tuple[str | None, ...], Choices] = field(default_factory=dict, repr=False, compare=False)

    def choices(self, bound: Mapping[str, str]) -> Choices:
        """The values it may take, given these bindings, with their chances."""
        key = tuple(map(bound.get, self.parents))
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = self.law(bound)
        return known


def free(name: str, values: Sequence[str]) -> Variable:
    """A variable that takes each value with the same chance."""
    table = tuple((value, 1 / len(values)) for value in values)
    return Variable(name, frozenset(values), lambda _: table)


def follows(name: str, other: str, table: Mapping[str, str]) -> Variable:
    """A variable that another one decides."""
    rows = {key: ((value, 1.0),) for key, value in table.items()}
    return Variable(name, frozenset(table.values()), lambda bound: rows[bound[other]], (other,))


def given(name: str, other: str, table: Mapping[str, Sequence[str]], taken: Sequence[str] = ()) -> Variable:
    """A variable that takes, with the same chance, each of the values that another one allows and that no variable in `taken` has."""

    def law(bound: Mapping[str, str]) -> Choices:
        free = [value for value in table[bound[other]] if all(bound[name] != value for name in taken)]
        return [(value, 1 / len(free)) for value in free]

    return Variable(name, frozenset().union(*table.values()), law, (other, *taken))


def besides(name: str, other: str, values: Sequence[str]) -> Variable:
    """A variable that takes, with the same chance, each value that another one has not taken."""
    rows = {key: tuple((value, 1 / (len(values) - 1)) for value in values if value != key) for key in values}
    return Variable(name, frozenset(values), lambda bound: rows[bound[other]], (other,))


def article(name: str, noun: Variable) -> Variable:
    """The article of a noun still to be drawn: "an" with the chance that the noun begins with a vowel."""

    def law(bound: Mapping[str, str]) -> Choices:
        an = sum(chance for value, chance in noun.choices(bound) if value[0] in VOWELS)
        return [(word, chance) for word, chance in (("a", 1 - an), ("an", an)) if chance > 0]

    return Variable(name, frozenset({"a", "an"}), law, noun.parents)


def agreeing(noun: Variable, article: str) -> Variable:
    """The noun, kept to the values that suit its article where that was said before it."""

    def law(bound: Mapping[str, str]) -> Choices:
        every = noun.choices(bound)
        if article not in bound:
            return every
        suited = [(value, chance) for value, chance in every if (value[0] in VOWELS) == (bound[article] == "an")]
        total = sum(chance for _, chance in suited)
        return [(value, chance / total) for value, chance in suited]

    return Variable(noun.name, noun.values, law, (*noun.parents, article))


@dataclass(frozen=True)
class Template:
    """One way to say a sentence. `never` names (variable, value) pairs with which it is not used, so that it can be held out."""

    words: tuple[str, ...]
    weight: float = 1.0
    never: frozenset[tuple[str, str]] = frozenset()


def say(sentence: str, weight: float = 1.0, never: Sequence[tuple[str, str]] = ()) -> Template:
    """A template from its words, slots in braces, divided by spaces."""
    return Template(tuple(sentence.split()), weight, frozenset(never))


@dataclass(frozen=True)
class Act:
    """A sentence of the text: told with this chance, in one of these ways."""

    templates: tuple[Template, ...]
    chance: float = 1.0

    @cached_property
    def always(self) -> list[tuple[Template, float]] | None:
        """The templates with their chances where no binding forbids any of them."""
        return None if any(template.never for template in self.templates) else _weighed(self.templates)


@dataclass(frozen=True)
class Theme:
    """A kind of text: its acts in order, its share of all texts, and the variables that outlive the sentence that binds them."""

    weight: float
    acts: tuple[Act, ...]
    thread: frozenset[str]


class Text(NamedTuple):
    """A sampled text: its words, the log of the product of the choices made, every thread variable's value, each word's slot or ""."""

    words: tuple[str, ...]
    log_probability: float
    bindings: dict[str, str]
    slots: tuple[str, ...]


class State(NamedTuple):
    """Where an automaton stands. `template` is -1 between two sentences."""

    register: str
    theme: int
    act: int
    template: int
    position: int
    bindings: Bindings


Transition = tuple[float, str, State]


@dataclass(frozen=True)
class Register:
    """One manner of text: hidden variables drawn first and never said, slots, themes. A change of its bytes is a new version."""

    name: str
    version: int
    themes: tuple[Theme, ...]
    variables: Mapping[str, Variable]
    hidden: tuple[Variable, ...] = ()
    _cache: dict[State, tuple[Transition, ...]] = field(default_factory=dict, repr=False, compare=False)

    def sample(self, random: Random) -> Text:
        """One text, drawn with its probability."""
        bound: dict[str, str] = {}
        log_probability = 0.0
        for variable in self.hidden:
            bound[variable.name], chance = _draw(random, variable.choices(bound))
            log_probability += math.log(chance)
        theme, chance = _draw(random, [(theme, theme.weight) for theme in self.themes])
        log_probability += math.log(chance)
        words: list[str] = []
        slots: list[str] = []
        for act in theme.acts:
            if act.chance < 1.0:
                told = random.random() < act.chance
                log_probability += math.log(act.chance if told else 1 - act.chance)
                if not told:
                    continue
            template, chance = _draw(random, _allowed(act, bound))
            log_probability += math.log(chance)
            local = dict(bound)
            for word in template.words:
                slot = ""
                if word[0] == "{":
                    slot = word[1:-1]
                    if slot not in local:
                        local[slot], chance = _draw(random, self.variables[slot].choices(local))
                        log_probability += math.log(chance)
                    word = local[slot]
                words.append(word)
                slots.append(slot)
            bound = {name: value for name, value in local.items() if name in theme.thread or name in bound}
        return Text(tuple(words), log_probability, bound, tuple(slots))

    def start(self) -> list[tuple[float, State]]:
        """The states a text can begin in, with their chances."""
        begun: list[tuple[float, Bindings]] = [(1.0, ())]
        for variable in self.hidden:
            begun = [
                (chance * p, (*bindings, (variable.name, value)))
                for chance, bindings in begun
                for value, p in variable.choices(dict(bindings))
            ]
        return [
            (chance * theme.weight, State(self.name, index, 0, -1, 0, bindings))
            for chance, bindings in begun
            for index, theme in enumerate(self.themes)
        ]

    def expand(self, state: State) -> tuple[Transition, ...]:
        """Every next word from here: (chance, word, state after it); END where the text may be over."""
        known = self._cache.get(state)
        if known is None:
            known = tuple(self._begin_act(state) if state.template < 0 else self._say(state))
            if len(self._cache) >= REMEMBERED:
                self._cache.clear()
            self._cache[state] = known
        return known

    def _begin_act(self, state: State) -> list[Transition]:
        theme = self.themes[state.theme]
        if state.act == len(theme.acts):
            return [(1.0, END, state)]
        act = theme.acts[state.act]
        found: list[Transition] = []
        for template, chance in _allowed(act, dict(state.bindings)):
            inside = state._replace(template=act.templates.index(template))
            found += [(act.chance * chance * p, word, after) for p, word, after in self._say(inside)]
        if act.chance < 1.0:
            skipped = self.expand(state._replace(act=state.act + 1))
            found += [((1 - act.chance) * p, word, after) for p, word, after in skipped]
        return found

    def _say(self, state: State) -> list[Transition]:
        theme = self.themes[state.theme]
        template = theme.acts[state.act].templates[state.template]
        word = template.words[state.position]
        last = state.position + 1 == len(template.words)
        if word[0] != "{":
            return [(1.0, word, self._after(state, state.bindings, last))]
        slot, bound = word[1:-1], dict(state.bindings)
        if slot in bound:
            return [(1.0, bound[slot], self._after(state, state.bindings, last))]
        return [
            (chance, value, self._after(state, (*state.bindings, (slot, value)), last))
            for value, chance in self.variables[slot].choices(bound)
        ]

    def _after(self, state: State, bindings: Bindings, last: bool) -> State:
        if not last:  # built by hand: `_replace` takes three times as long, and half of all sums over texts is spent here
            return State(self.name, state.theme, state.act, state.template, state.position + 1, bindings)
        thread = self.themes[state.theme].thread
        hidden = {variable.name for variable in self.hidden}
        kept = tuple(pair for pair in bindings if pair[0] in thread or pair[0] in hidden)
        return State(self.name, state.theme, state.act + 1, -1, 0, kept)

    def words(self) -> set[str]:
        """Every word the register can say."""
        found: set[str] = set()
        for theme in self.themes:
            for word in (word for act in theme.acts for template in act.templates for word in template.words):
                found |= self.variables[word[1:-1]].values if word[0] == "{" else {word}
        return found


def _allowed(act: Act, bound: Mapping[str, str]) -> list[tuple[Template, float]]:
    """The act's templates that these bindings allow, with their chances."""
    if act.always is not None:
        return act.always
    return _weighed([template for template in act.templates if not any(bound.get(name) == value for name, value in template.never)])


def _weighed(templates: Sequence[Template]) -> list[tuple[Template, float]]:
    total = sum(template.weight for template in templates)
    return [(template, template.weight / total) for template in templates]


def _draw(random: Random, choices: Sequence[tuple[Value, float]]) -> tuple[Value, float]:
    left = random.random()
    for value, chance in choices:
        left -= chance
        if left < 0:
            return value, chance
    return choices[-1]
