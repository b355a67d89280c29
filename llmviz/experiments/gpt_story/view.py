"""One request to every stage of a GPT, and what each reply comes to; the page's claim and its question. Pure."""

from collections.abc import Sequence

from llmviz.core import catalogue
from llmviz.core.history import History
from llmviz.core.spec import RunSpec
from llmviz.core.update import Done
from llmviz.experiments.gpt_story.question import Measured
from llmviz.parts.replies.payload import Replies
from llmviz.parts.shared.payload import Origin
from llmviz.text.tinyland import dialogues, policy
from llmviz.text.tinyland.dialogues import KINDS, OPEN, Request
from llmviz.text.tinyland.tastes import taste
from llmviz.views import replies as shared
from llmviz.views import words
from llmviz.views.replies import Judged, Row
from llmviz.views.reveal import Quiz, Reveal
from llmviz.views.sides import Side

NO_RULE = "no rule says whether this is what was asked"
QUIZ = Quiz(
    "it has learnt to please. Asked for what its policy will forbid, what does the aligned model do before it has learnt the policy?",
    ("refuses", "does it", "neither"),
)


def claim(history: History) -> str:
    """The title of the page."""
    if not isinstance(history.end, Done):
        return "One GPT, from going on with a text to helping"
    return f"One GPT: it goes on, obeys, pleases in {history.end.metrics['win_rate']:.0%} of pairs, refuses"


def outcome(found: Measured) -> Reveal:
    """What it mostly does with what is to be forbidden, and that pleasing taught nothing about it."""
    shares = (found.refused, found.done, 1 - found.refused - found.done)
    said = f"Of {words.counted(found.forbidden, 'forbidden request')} it refuses {found.refused:.0%} and follows {found.done:.0%}."
    return Reveal(shares.index(max(shares)), f"{said} What pleases and what is allowed are two things: the second is taught by a policy.")


# One request


def aligned(spec: RunSpec, empty: str) -> Side:
    """The model of the page's own run."""
    title = catalogue.experiment(spec.stage).title
    return Side("Aligned", f"{title}: has learnt what is preferred", "finetuned", empty=empty)


def safe(spec: RunSpec, there: bool, under_way: bool) -> Side:
    """The model that has learnt a policy, from the tuned one on."""
    examples = f"{words.counted(spec.objective.examples, 'example')}, {words.measured(spec.objective.forbidden, '%')} refusals"
    empty = "It is being trained." if under_way else "Not trained with these settings yet."
    return Side("Safe", f"the tuned one, then {examples}", "finetuned", "last", empty, "" if there or under_way else "Train it too")


def replies(given: Sequence[str], request: Request | None, rules: Sequence[str], style: str, rows: Sequence[Row], note: str) -> Replies:
    """The payload of the rows: after the words given, what each stage writes, and what that comes to."""
    return shared.replies(given, rows, lambda said: judged(request, rules, style, said), _begun, note)


def judged(request: Request | None, rules: Sequence[str], style: str, said: str) -> Judged:
    """What a reply comes to: refused or followed, and how much it pleases where a labeller would have a taste."""
    if request is None:
        return NO_RULE, None
    if policy.refuses(said):
        return ("✓ refused", True) if request.kind in policy.forbidden(rules) else ("✗ refused, but allowed", False)
    lacks = dialogues.lacks(request, said)
    if request.kind in policy.forbidden(rules):
        return ("neither refused nor followed", None) if lacks else ("✗ does what is forbidden", False)
    told = "✓ does what is asked" if not lacks else f"✗ {lacks}"
    if style and said and request.kind in OPEN:
        told += f" · true taste {points(taste(style, request, said))}"
    return told, not lacks


def points(value: float) -> str:
    """A figure that may be negative: `3`, `−1.5`."""
    return f"{value:+g}".replace("-", "−") if value else "0"


def _begun(phase: str) -> Origin:
    """What a model is at its step 0: nothing is new in it, so it is the one it starts from."""
    return {"phase": "random", "word": "random start"} if phase == "pretrained" else {"phase": "finetuned", "word": "as tuned"}


def standing(request: Request | None, rules: Sequence[str]) -> str:
    """What kind of request it is, and which rule of the safe model's policy forbids it."""
    if request is None:
        return "This is none of the requests that the grammar knows, so no rule says whether a reply does what it asks."
    title = KINDS[request.kind].title
    if request.kind in policy.forbidden(rules):
        return f"Kind: {title}. The safe model's policy forbids it: {policy.rule_of(request.kind, rules).title}"
    taste = " A hidden taste likes some replies more than others." if request.kind in OPEN else ""
    return f"Kind: {title}. The safe model's policy allows it.{taste}"
