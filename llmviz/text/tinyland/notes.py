"""The register of notes: two or three sentences that tell facts, and nothing of anybody.

As in stories, each fact is never told in one of the sentences that tell such facts, so that a probe can ask in it.
"""

from collections.abc import Iterator, Mapping, Sequence

from llmviz.text.tinyland import world
from llmviz.text.tinyland.grammar import Act, Register, Theme, Variable, follows, free, say
from llmviz.text.tinyland.stories import CAPITAL_FIRST, CAPITAL_SENTENCES, SOUND_SENTENCES


def _facts(name: str, other: str, table: Mapping[str, str], sentences: Sequence[str]) -> Iterator[tuple[str, tuple[Variable, Variable]]]:
    """Each sentence with slots of its own, and their variables: it tells the facts that it is not held out of (`stories.held_out`)."""
    for index, sentence in enumerate(sentences):
        told = {value: table[value] for place, value in enumerate(table) if place % len(sentences) != index}
        first, second = f"{name}_{index}", f"{other}_{index}"
        written = sentence.replace(f"{{{name}}}", f"{{{first}}}").replace(f"{{{other}}}", f"{{{second}}}")
        yield written, (free(first, tuple(told)), follows(second, first, told))


_capitals = tuple(_facts("country", "capital", world.CAPITALS, CAPITAL_SENTENCES))
_sounds = tuple(_facts("animal", "sound", {animal: sound for animal, (sound, _, _) in world.SOUNDS.items()}, SOUND_SENTENCES))
_variables = {
    variable.name: variable
    for variable in (
        *(variable for _, pair in (*_capitals, *_sounds) for variable in pair),
        free("city", tuple(world.CAPITALS.values())),
        follows("nation", "city", {capital: country for country, capital in world.CAPITALS.items()}),
        free("herd", tuple(several for _, several, _ in world.SOUNDS.values())),
        follows("noise", "herd", {several: noise for _, several, noise in world.SOUNDS.values()}),
    )
}

_city_first = CAPITAL_FIRST.format(capital="{city}", country="{nation}")
_capital = Act(tuple(say(sentence) for sentence in (*(sentence for sentence, _ in _capitals), _city_first)))
_sound = Act(tuple(say(sentence) for sentence, _ in _sounds))
_several = Act((say("all {herd} {noise} ."), say("{herd} often {noise} .")), chance=0.5)

NOTES = Register(
    "notes",
    1,
    (Theme(0.5, (_capital, _sound, _several), frozenset()), Theme(0.5, (_sound, _several, _capital), frozenset())),
    _variables,
)
