"""The figures that say what a pretrained model knows, asked at each evaluation of every experiment that pretrains."""

from llmviz.core.experiment import Metric
from llmviz.text.tinyland.world import CAPITALS

COUNTRIES, CITIES = tuple(CAPITALS), tuple(CAPITALS.values())  # of the capitals that are asked for

GRAMMAR = (
    "Two texts that differ in a word or two, one of them ungrammatical, as “every cat meows” and “every cats meows”, in words that no text "
    "puts so. Share in which the right one is likelier. "
)
MEANING = (
    "Two texts that differ in what somebody felt, one of them out of tune with how it was. The word for how it was and the feeling that "
    "fits never meet in a text to learn from, though each meets others of its kind. Share in which the fitting one is likelier. "
)
FRAMES = (
    "The same with several animals in a sentence that was only ever told of one, as “at night all cats meow”: the words around are those "
    "of one animal. Share in which the right text is likelier; chance is 50 %."
)

CHANCE = dict.fromkeys(("grammar", "meaning", "frames"), 0.5)  # of those that choose between two texts


def knowledge(facts: str, sounds: str, reversed: str, grammar: str, meaning: str, note: str = "") -> tuple[Metric, ...]:
    """The six figures, each with how it is asked: as whole sentences for facts, as what is hidden or compared for contrasts.

    A `note` stands behind each.
    """
    told = {
        "facts": ("capitals known", facts),
        "sounds": ("animal sounds known", sounds),
        "reversed": ("countries known by their capitals", reversed),
        "grammar": ("right grammar preferred", f"{GRAMMAR}{grammar}; chance is 50 %."),
        "meaning": ("fitting feelings preferred", f"{MEANING}{meaning}; chance is 50 %."),
        "frames": ("right grammar in misleading sentences", FRAMES),
    }
    return tuple(Metric(name, title, "%", help + note, probe=True, chance=CHANCE.get(name)) for name, (title, help) in told.items())


def hidden_words(note: str = "") -> tuple[Metric, ...]:
    """The six of a model that names hidden words."""
    return knowledge(
        facts="A capital is asked for in the one form of sentence in which that fact is never told; the text tells it in others. "
        "Share of right first guesses.",
        sounds="What an animal does is asked for in the one form of sentence in which that is never told; the text tells it in others. "
        "Share of right first guesses.",
        reversed="The same sentence turned round: the capital is told, and its country asked for. Share of right first guesses.",
        grammar="Both words in which the two differ are hidden",
        meaning="The feeling is hidden",
        note=note,
    )
