"""A sentence and what the snapshots of a run make of it, as the payloads of the token strip and the probability bars."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from llmviz.core.questions.cloze import Trace
from llmviz.parts.bars.payload import Bars
from llmviz.parts.shared.payload import Word
from llmviz.parts.token_strip.payload import TokenStrip

# Frequent words of grammar: who hides one of them asks what any sentence of this shape would say.
_FUNCTION = """
a about all also am an and any are as at be been but by can could did do does every for from had has have he her him his how i if in into
is it its just me my no nor not of on one or our she so than that the their them then there these they this those to too us very was we
were what when where which who whom why will with would you your
"""
FUNCTION_WORDS = frozenset(_FUNCTION.split())


@dataclass(frozen=True)
class Token:
    """One token as a page shows it: its spelling in the vocabulary, what the user typed for it, whether the model knows it.

    `joined` says that it goes on with the word before it, `shown` what is written for it where that is not what was typed.
    """

    text: str
    source: str
    known: bool = True
    joined: bool = False
    shown: str = ""


@dataclass(frozen=True)
class Shown:
    """What one snapshot says, in plain values: the probability of each token at its place, and for each hidden one the candidates."""

    probability: list[float]
    candidates: list[list[tuple[str, float]]]


def shown(trace: Trace, hidden: Sequence[int]) -> Shown:
    """The part of a trace that strip and bars draw."""
    return Shown(
        [round(float(value), 4) for value in trace.probability],
        [
            [(word, round(float(chance), 4)) for word, chance in zip(trace.words[place], trace.candidate_probability[place], strict=True)]
            for place in hidden
        ],
    )


def is_word(token: Token) -> bool:
    """Whether the token begins a word that the model knows; a mark, and a [MASK] that was typed, is none."""
    return token.known and not token.joined and token.text[:1].isalnum()


def telling(tokens: Sequence[Token]) -> int | None:
    """The place of the word to hide where nobody has chosen one: the last known word that is one token and no function word.

    Where there is none, the last known word; None where the model knows no word.
    """
    known = [place for place, token in enumerate(tokens) if is_word(token)]
    whole = [place for place in known if not (place + 1 < len(tokens) and tokens[place + 1].joined)]
    content = [place for place in whole if tokens[place].text.lower() not in FUNCTION_WORDS]
    return next((places[-1] for places in (content, whole, known) if places), None)


def strip(tokens: Sequence[Token], hidden: Sequence[int], answers: Mapping[int, Shown], note: str = "") -> TokenStrip:
    """The payload of the token strip. Without answers the tokens stand alone, without bars."""
    steps = sorted(answers)
    return {
        "tokens": typed(tokens),
        "hidden": list(hidden),
        "steps": steps,
        "probability": [answers[step].probability for step in steps],
        "note": note,
    }


def typed(tokens: Sequence[Token]) -> list[Word]:
    """The tokens of a user's sentence as payload."""
    return [{"text": token.shown or token.source or token.text, "known": token.known, "joined": token.joined} for token in tokens]


def bars(tokens: Sequence[Token], hidden: Sequence[int], answers: Mapping[int, Shown], empty: str) -> Bars:
    """The payload of the probability bars: a group for each hidden token. `empty` is said where no token is hidden."""
    steps = sorted(answers)
    return {
        "empty": empty,
        "steps": steps,
        "groups": [
            {
                "place": place,
                "truth": tokens[place].text if tokens[place].known else "",
                "source": tokens[place].source,
                "candidates": [answers[step].candidates[index] for step in steps],
                "probability": [answers[step].probability[place] for step in steps],
            }
            for index, place in enumerate(hidden)
        ],
    }


def unknown(tokens: Sequence[Token], near: Callable[[str], Sequence[str]], most: int = 3, whole: bool = False) -> str:
    """A sentence on the words the model does not know, with what it knows instead; empty where it knows all.

    `whole` says that it knows whole words only, which other pages' pieces of words are not.
    """
    strange = list(dict.fromkeys(token.source for token in tokens if not token.known))
    if not strange:
        return ""
    told = [_instead(word, near(word)) for word in strange[:most]]
    rest = f", and {len(strange) - most} more" if len(strange) > most else ""
    none = "" if any(map(is_word, tokens)) else " It knows no word of this sentence."
    read = f" It knows whole words only, no pieces, and reads {'this' if len(strange) == 1 else 'each of these'} as [UNK]." if whole else ""
    return f"Not in this model's vocabulary: {'; '.join(told)}{rest}.{read}{none}"


def _instead(word: str, near: Sequence[str]) -> str:
    short = word if len(word) <= 24 else word[:24] + "…"
    return f"“{short}” (it knows {', '.join(near)})" if near else f"“{short}”"


def sentinel(number: int) -> str:
    """A sentinel as the page writes it."""
    return f"⟨{number}⟩"
