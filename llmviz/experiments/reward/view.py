"""What the page on human feedback says and draws: pairs to choose from, words that move a reward, rewards of replies. Pure."""

from collections.abc import Mapping, Sequence
from itertools import pairwise

from llmviz.core.feedback import TASTES, ChoicesSpec
from llmviz.core.history import History
from llmviz.core.update import Done
from llmviz.experiments.reward.question import Drawn, Fitted, Judged, Moved
from llmviz.parts.labeller.payload import TwoReplies
from llmviz.parts.rewards.payload import Rewards
from llmviz.parts.signed_bars.payload import SignedBar, SignedBars
from llmviz.text.own_choices import TIE, Chosen
from llmviz.text.tinyland import world
from llmviz.text.tinyland.dialogue_parser import parsed
from llmviz.text.tinyland.dialogues import KINDS, Request
from llmviz.text.tinyland.tastes import taste
from llmviz.views import words
from llmviz.views.reveal import Quiz, Reveal

MOST = 5  # words that move a reward up, and as many that move it down
STEPS = 6  # snapshots whose words are looked at: some thousand texts each
LABELLERS = {name: f"labeller {letter}" for name, letter in zip(TASTES, "ABC", strict=True)}  # a page does not give a taste away
LIKES = {
    "warm": "good words, up to three, and no bad ones",
    "brief": "few words",
    "frank": "bad words, up to three, and no good ones",
}
SENSE = "Whatever it likes, a reply loses points that is off the subject, has no end, or says the same opinion twice."
LOW, HIGH = 0.65, 0.85  # shares between the answers of the quiz


# Pairs


def pairs(sheets: Sequence[Drawn]) -> list[Chosen]:
    """The pairs of these sheets in order, nothing said of them yet; a pair that came before is left out."""
    found = dict[tuple[str, str, str], Chosen]()
    for sheet in sheets:
        rows = zip(sheet.kinds, sheet.wordings.tolist(), sheet.subjects, sheet.requests, sheet.one, sheet.other, strict=True)
        for kind, wording, subject, text, one, other in rows:
            found.setdefault((text, one, other), Chosen(Request(kind, wording, {"subject": subject}, text), one, other, TIE))
    return list(found.values())


def shown(some: Sequence[Chosen]) -> list[TwoReplies]:
    """Pairs as the part takes them."""
    return [{"request": each.request.text, "one": each.one, "other": each.other} for each in some]


def said(before: Sequence[Chosen], pool: Sequence[Chosen], which: Sequence[int]) -> list[Chosen]:
    """The list of choices after these were made: places that stood keep their pair, those that are new have the pool's."""
    known = [*before, *pool[len(before) :]]
    return [each._replace(which=choice) for each, choice in zip(known, which, strict=False)]


# What is learnt


def learnt(found: Fitted, own: bool, withheld: bool) -> str:
    """What a head alone has learnt, in a sentence of Markdown; its figure is withheld while the page's question is open."""
    tried = f"{words.counted(found.apart, 'other')} of yours" if own else f"{found.apart} others, as the taste has them"
    if withheld:
        return f"A new head on the frozen model has learnt {words.counted(found.learnt, 'choice')}. How well it tells others: guess first."
    share = words.measured(found.accuracy, "%")
    return f"**{words.counted(found.learnt, 'choice')}: a new head on the frozen model tells {share} of {tried}.** A coin tells 50 %."


def moving(title: str, about: str, answers: Mapping[int, Moved], phase: str, empty: str) -> SignedBars:
    """The words that move a reward, at each step."""
    steps = sorted(answers)
    kept = [word for word in answers[steps[0]].words if word.isalpha() or word == "."] if steps else []
    places = {step: {word: place for place, word in enumerate(answers[step].words)} for step in steps}
    rows: list[SignedBar] = [
        {
            "name": word,
            "about": f"mean over {answers[steps[0]].count[places[steps[0]][word]]} replies with it: the reward falls by so much without it",
            "values": [float(answers[step].change[places[step][word]]) for step in steps],
        }
        for word in kept
    ]
    sides = {"left": "lowers", "right": "raises it"}
    return {"title": title, "about": about, "steps": steps, "bars": rows, "most": MOST, "phase": phase, "empty": empty, **sides}  # type: ignore[typeddict-item] # both sides are there


def looked_at(steps: Sequence[int]) -> list[int]:
    """Some of these steps, the first and the last among them."""
    if len(steps) <= STEPS:
        return list(steps)
    return [steps[round(place * (len(steps) - 1) / (STEPS - 1))] for place in range(STEPS)]


# Rewards of replies


def understood(text: str) -> Request | None:
    """The open request that a text is, of which the labeller's taste is known; None where it is none."""
    found = parsed(text)
    return found if found and KINDS[found.kind].open else None


def contrasts(request: Request) -> dict[str, str]:
    """Replies to an open request that differ in one thing each, by what a page calls them."""
    subject, subjects = request.slots["subject"], KINDS[request.kind].subjects
    another = subjects[(subjects.index(subject) + 1) % len(subjects)]
    if request.kind == "day":
        good, bad = (f"{{}} is {world.FEELINGS[mood][0]}" for mood in ("good", "bad"))
        word = world.FEELINGS["good"][0]
    else:
        good, bad = (f"the {{}} was {world.ADJECTIVES[mood][1]}" for mood in ("good", "bad"))
        word = world.ADJECTIVES["good"][1]
    return {
        "good": f"{good.format(subject)} .",
        "bad": f"{bad.format(subject)} .",
        "the same again": f"{good.format(subject)} and {word} and {word} and {word} .",
        "off the subject": f"{good.format(another)} .",
        "no end": f"{good.format(subject)} and",
        "no word": "",
    }


def rewards(
    names: Sequence[str], replies: Sequence[str], answers: Mapping[int, Judged], tastes: Sequence[float] | None, empty: str
) -> Rewards:
    """Replies with their rewards at each step; with `tastes`, what the labeller truly thinks of them, and where the reward is fooled."""
    steps = sorted(answers)
    whole = {step: [float(row[count]) for row, count in zip(answers[step].rewards, answers[step].lengths, strict=True)] for step in steps}
    ends = [0, *answers[steps[0]].lengths.cumsum().tolist()] if steps else []
    tokens = [list(answers[steps[0]].tokens[begin:end]) for begin, end in pairwise(ends)] if steps else [reply.split() for reply in replies]
    return {
        "title": "A reward for any reply",
        "steps": steps,
        "rows": [
            {
                "name": name,
                "tokens": tokens[row],
                "rewards": [[float(reward) for reward in answers[step].rewards[row][: len(tokens[row]) + 1]] for step in steps],
                "taste": tastes[row] if tastes else None,
                "marks": [fooled(whole[step], tastes, row) if tastes else "" for step in steps],
            }
            for row, name in enumerate(names)
        ],
        "judged": tastes is not None,
        "empty": empty,
        "note": "Only differences between rewards mean something: choices say which reply is better, and fix no zero.",
    }


def fooled(rewards: Sequence[float], tastes: Sequence[float], row: int) -> str:
    """Whether a reply is above others by its reward that the labeller likes better, in words."""
    above = sum(rewards[row] > reward and tastes[row] < liked for reward, liked in zip(rewards, tastes, strict=True))
    return f"✗ fooled: above {words.counted(above, 'better one')}" if above else ""


def likings(settings: ChoicesSpec, request: Request, replies: Sequence[str]) -> list[float]:
    """What the simulated labeller truly thinks of replies."""
    return [taste(settings.hidden_taste, request, reply) for reply in replies]


def told(settings: ChoicesSpec) -> str:
    """The hidden taste, in words."""
    return f"L{LABELLERS[settings.taste][1:]} likes {LIKES[settings.taste]}. {SENSE}"


# The page


def claim(settings: ChoicesSpec, made: int, history: History) -> str:
    """The title of the page: what its run has come to, a question before that."""
    share = history.end.metrics.get("pair_accuracy") if isinstance(history.end, Done) else None
    if share is None:
        return "Can choices between two replies become a reward for any reply?"
    whose = "of your own" if settings.choices_digest else "of a simulated labeller"
    return f"From {words.counted(made, 'choice')} {whose} it tells {words.figure(share, '%')} of new ones"


def quiz(made: int) -> Quiz:
    """How well it tells new preferences."""
    question = f"From {words.counted(made, 'choice')} between two replies: of how many new pairs will it tell the preferred reply?"
    return Quiz(question, (f"below {LOW:.0%}", f"{LOW:.0%} to {HIGH:.0%}", f"above {HIGH:.0%}"))


def outcome(history: History) -> Reveal | None:
    """What the run has come to."""
    share = history.end.metrics.get("pair_accuracy") if isinstance(history.end, Done) else None
    if share is None:
        return None
    right = 0 if share < LOW else 1 if share <= HIGH else 2
    return Reveal(right, f"It tells {words.measured(share, '%')} of the pairs no training has seen; a coin tells 50 %.")
