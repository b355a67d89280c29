"""What models reply to a request and whether it is what was asked, as the payload of its part; the page's claim and question. Pure."""

import html
from collections.abc import Sequence
from dataclasses import dataclass

from llmviz.core.history import History
from llmviz.core.questions.replies import LIKELIEST
from llmviz.core.spec import RunSpec
from llmviz.core.update import Done
from llmviz.experiments.instructions.question import SUBJECT, WORDING, Examined
from llmviz.parts.replies.payload import Replies
from llmviz.parts.shared.payload import Origin
from llmviz.text.tinyland import dialogues
from llmviz.text.tinyland.dialogues import HELD_KINDS, KINDS, Request
from llmviz.views import replies as shared
from llmviz.views import words
from llmviz.views.replies import Judged, Row
from llmviz.views.reveal import Quiz, Reveal
from llmviz.views.sides import Side

FOLLOWED, NO_RULE = "✓ does what is asked", "no rule says whether this is what was asked"
CHOICES = ("what was asked for", "another request", "something else")
NOTE = "Grey: the request, which each reads. Bar: how probable it found the word."


# One request


def sides(spec: RunSpec, empty: str, third: Side) -> tuple[Side, Side, Side]:
    """The model before it learnt to reply, the run as it learns, and its rival; `empty` says why the first two have nothing to say."""
    taught = f"{words.counted(spec.objective.dialogues, 'dialogue')}, {words.counted(spec.train.steps, 'step')}"
    if spec.start:
        before = Side("Base", "pretrained: it goes on with a text", "pretrained", "first", empty)
        return before, Side("Tuned", f"the base, then {taught}", "finetuned", empty=empty), third
    before = Side("Before", "random weights", "random", "first", empty)
    return before, Side("Tuned", f"random start, then {taught}", "random", empty=empty), third


def third(spec: RunSpec, there: bool, under_way: bool) -> Side:
    """The same dialogues from another start: what a page says of it where it is not `there`."""
    about = f"the same {words.counted(spec.objective.dialogues, 'dialogue')}"
    if spec.start:
        side = Side("From scratch", f"random start, {about}", "random", empty="Not trained with these settings yet.")
        action = "Train from scratch too"
    else:
        side = Side("Base, then tuned", f"pretrained, then {about}", "finetuned", empty="Not trained with these settings yet.")
        action = "Train with pretraining too"
    empty = "It is being trained." if under_way else side.empty
    return Side(side.title, side.about, side.phase, empty=empty, action="" if there or under_way else action)


def replies(given: Sequence[str], request: Request | None, rows: Sequence[Row], note: str) -> Replies:
    """The payload of the rows: after the words given, what each model writes, and whether that is what was asked."""
    return shared.replies(given, rows, lambda said: _judged(request, said), _begun, note)


def _judged(request: Request | None, said: str) -> Judged:
    if request is None:
        return NO_RULE, None
    lacks = dialogues.lacks(request, said)
    return (f"✗ {lacks}", False) if lacks else (FOLLOWED, True)


def _begun(phase: str) -> Origin:
    """What a model of this phase is at its step 0: nothing is new in it, so it is its parent."""
    return {"phase": "random", "word": "random start"} if phase == "random" else {"phase": "pretrained", "word": "the base"}


def standing(request: Request | None) -> str:
    """What of a request was in training, in a sentence or two."""
    if request is None:
        return "This is none of the requests that the grammar knows, so no rule says whether a reply does what it asks."
    kind, subject = KINDS[request.kind], request.slots["subject"]
    if request.kind in HELD_KINDS:
        return f"Kind: {kind.title}. No request of this kind is in training."
    wording = "held out" if request.wording == len(kind.wordings) - 1 else "one of those in training"
    about = "held out too" if wording == "held out" else "held out"
    told = "one to learn from" if dialogues.split_of(request.kind, subject) == "train" else about
    return f"Kind: {kind.title}, which is in training. Its wording is {wording}; its subject, {subject}, is {told}."


def drawn(seed: int) -> str:
    """How the replies on the page were written."""
    return "Likeliest words." if seed == LIKELIEST else f"Drawn from what each model expects, seed {seed}."


# What the base does


@dataclass(frozen=True)
class Shares:
    """Of `count` held-out requests: after how many a model asks something itself, ends its text, does what is asked."""

    count: int
    asks: int
    ended: int
    follows: int

    @classmethod
    def of(cls, found: Examined) -> "Shares":
        """Those of one snapshot, over requests of kinds to learn from and about subjects that are held out."""
        places = [place for place, unseen in enumerate(found.unseen) if unseen in (SUBJECT, WORDING)]
        follows = sum(not found.lacks[place] for place in places)
        return cls(len(places), int(found.asks[places].sum()), int(found.ended[places].sum()), follows)


def quiz(spec: RunSpec) -> Quiz:
    """The question of the page."""
    model = "the base" if spec.start else "the untrained model"
    return Quiz(f"after a request, what will {model} mostly write?", CHOICES)


def outcome(spec: RunSpec, found: Shares) -> Reveal:
    """What it mostly writes, and why."""
    counts = (found.follows, found.asks, max(0, found.count - found.follows - found.asks))
    told = f"After {found.asks} of {found.count} held-out requests it writes another; it does what is asked after {found.follows}."
    why = " In its text requests stand on sheets, one after another: it goes on as such a text goes on." if spec.start else ""
    return Reveal(counts.index(max(counts)), told + why)


def table(before: Shares, after: Shares | None, step: int, base: str) -> str:
    """What both write after held-out requests, in HTML."""
    rows = (("writes another request", "asks"), ("ends its text by itself", "ended"), ("does what is asked", "follows"))
    head = (f"at step {step:,}" if after else "", base, "tuned")
    body = []
    for name, figure in rows:
        cells = [_share(getattr(each, figure), each.count) if each else "not trained" for each in (before, after)]
        body.append(f"<tr><th scope=row>{name}</th>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>")
    columns = "".join(f"<th scope=col>{html.escape(name)}</th>" for name in head)
    return f"<table><thead><tr>{columns}</tr></thead><tbody>{''.join(body)}</tbody></table>"


def _share(count: int, total: int) -> str:
    """A share that stays in one line."""
    return words.figure(count / total, "%").replace(" ", "&nbsp;")


def claim(history: History) -> str:
    """The title of the page: what the run came to on test requests; what is to be seen before that is known."""
    if not isinstance(history.end, Done):
        return "A base goes on with a text; a tuned model does what is asked"
    return f"Tuned on replies, it does what {history.end.metrics['followed']:.0%} of unseen requests ask"
