"""What a prompt brings: the next word with none, one, two or four examples; the claim, question and hashes of the page. Pure."""

from collections.abc import Mapping, Sequence

from llmviz.core.history import History
from llmviz.core.update import Done
from llmviz.experiments.in_context.prompt_view import Prompt
from llmviz.experiments.in_context.question import Hashes, NextWords
from llmviz.parts.bars.payload import Bars, Gap
from llmviz.parts.continuation.payload import Continuation
from llmviz.text.tinyland import lists
from llmviz.views import words
from llmviz.views.reveal import Quiz, Reveal
from llmviz.views.tokens import Token, typed

SHARES = (0.2, 0.8)  # that divide the answers to choose from
LETTERS = 10  # of a hash, that are shown
LEAD = "After “Italy : Rome , France :”, and prompts like it,"
QUIZ = Quiz(
    "how many of the facts that no list told are named?",
    (f"up to {SHARES[0]:.0%}", f"{SHARES[0]:.0%} to {SHARES[1]:.0%}", f"above {SHARES[1]:.0%}"),
)


def examples(count: int) -> str:
    """`no example`, `1 example`, `4 examples`."""
    return words.counted(count, "example") if count else "no example"


# Claim and question


def _shares(history: History) -> dict[str, float]:
    """What the ended run named of the test's facts, by metric."""
    return dict(history.end.metrics) if isinstance(history.end, Done) else {}


def claim(history: History) -> str:
    """The title of the page: what one example brought; a question before it is known."""
    found = _shares(history)
    if "shots_1" not in found:
        return "The weights stay: can a prompt change the task?"
    return f"One example: from {found['shots_0']:.0%} to {found['shots_1']:.0%} right, and no weight moves"


def outcome(history: History) -> Reveal | None:
    """What was named after one example; None before the run has ended."""
    found = _shares(history)
    if "shots_1" not in found:
        return None
    without = f"Who knew every fact, and guessed which was meant, would name {lists.without_examples():.0%} without an example."
    told = f"{found['shots_1']:.0%} after one example, {found['shots_4']:.0%} after four, {found['shots_0']:.0%} after none."
    return Reveal(sum(found["shots_1"] > share for share in SHARES), f"{told} {without}")


# The next word


def texts(prompt: Prompt | None, text: str) -> tuple[str, ...]:
    """What is read: the prompt after fewer examples and after all; what is no such prompt, as it is."""
    return tuple(prompt.cut(number).text for number in prompt.numbers()) if prompt else (text,)


def strip(given: Sequence[Token], answers: Mapping[int, NextWords], note: str, withheld: str = "") -> Continuation:
    """The prompt, and behind it the likeliest next word at each step; a question mark in its place while it is `withheld`."""
    steps = sorted(answers)
    return {
        "given": typed(given),
        "steps": steps,
        "withheld": withheld,
        "texts": [
            {
                "words": [answers[step].words[-1][0]],
                "joined": [False],
                "chances": [] if withheld else [round(float(answers[step].chances[-1, 0]), 4)],
                "ended": False,
                "why": "",
            }
            for step in steps
        ],
        "shown": 0 if withheld else 1,
        "at": 0,
        "chosen": 0,
        "note": note,
    }


def bars(prompt: Prompt | None, answers: Mapping[int, NextWords], empty: str, withheld: str = "") -> Bars:
    """The likeliest next words at every step, for each number of examples in turn; at none while they are `withheld`."""
    steps = [] if withheld else sorted(answers)
    if not answers:
        return {"steps": [], "groups": [], "empty": empty, "title": "What comes next"}
    names = [examples(number) for number in prompt.numbers()] if prompt else ["after this text"]
    truth = prompt.truth if prompt else ""
    groups: list[Gap] = [
        {
            "place": place,
            "truth": truth,
            "source": name,
            "candidates": [_likeliest(answers[step], place) for step in steps],
            "probability": [round(float(answers[step].truth[place]), 4) for step in steps],
        }
        for place, name in enumerate(names)
    ]
    return {
        "steps": steps,
        "groups": groups,
        "empty": "",
        "title": "What comes next",
        "mark": "right for this relation",
        "withheld": withheld,
    }


def _likeliest(found: NextWords, place: int) -> list[tuple[str, float]]:
    return [(word, round(float(chance), 4)) for word, chance in zip(found.words[place], found.chances[place], strict=True)]


def note(prompt: Prompt | None) -> str:
    """What is asked for, and whether a list ever told it."""
    if prompt is None:
        return "This is no list of pairs of one relation, so no word is marked as right."
    listed = "no list in training told it; sentences did" if prompt.never_listed else "lists in training told it too"
    wrong = sum(value != lists.RELATIONS[prompt.relation].table[subject] for subject, value in prompt.pairs)
    false = f" {words.counted(wrong, 'example')} here {'is' if wrong == 1 else 'are'} false." if wrong else ""
    return f"Asked for: {prompt.subject} : {prompt.truth} ({listed}).{false}"


# The hash


def hashes(found: Hashes, parent: Hashes | None, prompts: int) -> str:
    """Both hashes, whether they are equal, and that of the model it started from, in Markdown."""
    equal = "**equal**, no weight has moved" if found.before == found.after else "**not equal**"
    read = words.counted(prompts, "prompt")
    started = f" Of the GPT it started from: `{parent.before[:LETTERS]}…`." if parent else ""
    before, after = found.before[:LETTERS], found.after[:LETTERS]
    return f"SHA-256 of the {found.weights:,} weights: `{before}…` before {read}, `{after}…` after, {equal}.{started}"
