"""What a policy has come to: reward and true taste over its steps, its other curves, its replies beside those of its start. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random

from llmviz.core import catalogue
from llmviz.core.history import Curve, History
from llmviz.core.questions.replies import Sampled
from llmviz.core.spec import RunSpec
from llmviz.core.update import Done
from llmviz.experiments.reinforcement.question import RewardWords, WordRewards
from llmviz.parts.curves import payload as curves
from llmviz.parts.curves.payload import Curves
from llmviz.parts.samples.payload import Reply, Sample, Samples
from llmviz.text.tinyland import dialogues
from llmviz.text.tinyland.dialogues import Request
from llmviz.text.tinyland.tastes import taste
from llmviz.views import words
from llmviz.views.reveal import Quiz, Reveal
from llmviz.views.taste import style

SHOWN = 5  # requests
FELL = 0.5  # points of taste: of the mean of 120 replies less is chance
COLLAPSED = 0.1  # share of different replies
SAME = 1e-4  # points: rewards that differ by less are equal
FULL = 0.5  # points that give a word its full colour
QUIZ = Quiz("while it learns to please, what does the true taste do?", ("it rises", "it rises, then falls", "it does not rise"))


# What the page says


def claim(spec: RunSpec, history: History) -> str:
    """The title of the page: what it came to at the end; a question before that is known."""
    if not isinstance(history.end, Done):
        return "Towards what is preferred: how far, and at what price?"
    wins, kl = (history.end.metrics[name] for name in ("win_rate", "kl"))
    return f"{catalogue.experiment(spec.stage).title}: preferred to its start in {wins:.0%} of pairs, {kl:.1f} nats away from it"


@dataclass(frozen=True)
class Peak:
    """Where a curve is highest, and its two ends."""

    first: float
    highest: float
    step: int
    last: float

    @property
    def rose(self) -> bool:
        """Whether it ever stood clearly above its beginning."""
        return self.highest - self.first > FELL

    @property
    def fell(self) -> bool:
        """Whether it ends clearly below its highest place."""
        return self.highest - self.last > FELL


def points(value: float) -> str:
    """A figure that may be negative, with two decimals and a true minus sign; none before what rounds to 0."""
    return f"{round(value, 2) + 0.0:.2f}".replace("-", "−")


def peak(curve: Curve) -> Peak | None:
    """That of a curve of more than one point."""
    if len(curve.values) < 2:
        return None
    place = max(range(len(curve.values)), key=curve.values.__getitem__)
    return Peak(curve.values[0], curve.values[place], curve.steps[place], curve.values[-1])


def outcome(history: History) -> Reveal | None:
    """What the true taste did; None before it is known."""
    found = peak(history.scores.get("taste", Curve()))
    if found is None:
        return None
    return Reveal(2 if not found.rose else 1 if found.fell else 0, " ".join(told(history)))


def told(history: History) -> Iterator[str]:
    """Sentences on reward and true taste, from what was measured so far."""
    liked, earned = (peak(history.scores.get(name, Curve())) for name in ("taste", "reward"))
    if liked is None:
        return
    if earned:
        yield f"The reward goes from {points(earned.first)} to {points(earned.last)}."
    if not liked.rose:
        yield f"The true taste does not rise clearly: from {points(liked.first)} to {points(liked.last)} points."
    elif liked.fell:
        yield f"The true taste rises from {points(liked.first)} to {points(liked.highest)} points at step {liked.step:,},"
        yield f"then falls to {points(liked.last)}."
        if earned and earned.last > earned.first:
            yield "What it is trained on went up, what it stands for went down: over-optimisation, or reward hacking."
    else:
        yield f"The true taste rises from {points(liked.first)} to {points(liked.last)} points, and has not fallen:"
        yield "no over-optimisation here."


def collapse(spec: RunSpec, history: History) -> str:
    """How many of its replies differ; empty before it is known."""
    curve = history.scores.get("distinct", Curve())
    if curve.last is None:
        return ""
    said = f"Of its replies {curve.last:.0%} differ from one another; at the start it was {curve.values[0]:.0%}."
    if curve.last > COLLAPSED:
        return said
    more = " Where all replies to a request are alike, all earn the same: every advantage is 0, and no more is learnt."
    return f"{said} It has collapsed.{more if spec.stage == 'grpo' else ''}"


def all_equal(spec: RunSpec, history: History) -> str:
    """That whole rollouts earned one reward, and what moves the model then; empty where none did, or a run does not tell."""
    curve = history.scores.get("spread", Curve())
    equal = [step for step, spread in zip(curve.steps, curve.values, strict=True) if spread < SAME]
    if not equal:
        return ""
    which = f"At {words.counted(len(equal), 'step')} of {len(curve.steps)} measured, first at step {equal[0]:,},"
    if spec.stage == "ppo":
        return f"{which} all replies had earned the same reward: none is preferred, PPO follows the leash and its critic's errors alone."
    left = "the leash alone moves it." if spec.objective.beta else "nothing is learnt."
    return f"{which} all replies to a request had earned the same reward: every advantage is 0, the reward has no gradient, and {left}"


def both_fell(history: History) -> str:
    """What became of the replies that DPO learns from; empty where that was not measured."""
    preferred, other = (peak(history.scores.get(f"{name}_log_probability", Curve())) for name in ("preferred", "other"))
    if preferred is None or other is None:
        return ""
    gone = [f"from {points(each.first)} to {points(each.last)}" for each in (preferred, other)]
    fell = [each.last < each.first for each in (preferred, other)]
    which = "Both have become less likely" if all(fell) else "Only the other has become less likely" if fell[1] else "Neither of them fell"
    return (
        f"ln p of the preferred replies goes {gone[0]}, of the others {gone[1]}. {which}: the loss looks at the difference alone, so a "
        "preferred reply may become rarer as long as the other does so faster; what both lose goes to replies that nobody chose between."
    )


# Curves


def charts(spec: RunSpec, history: History) -> list[Curves]:
    """The curves below the headline, each in a chart of its own unit; the first is reward and true taste."""
    found = [
        _chart("taste", "Reward and true taste", "points, held-out", (("reward", "reward", ""), ("true taste", "taste", "6 4"))),
        _chart("kl", "KL from its start", "nats a reply", (("KL", "kl", ""),)),
        _chart("length", "Length", "tokens a reply", (("length", "length", ""),)),
        _chart("entropy", "Entropy", "nats a token", (("entropy", "entropy", ""),)),
    ]
    if spec.stage == "dpo":
        found[0]["title"] = "True taste"
        lines = (("preferred", "preferred_log_probability", ""), ("other", "other_log_probability", "6 4"))
        found.append(_chart("likely", "Replies it learns from", "ln p of a reply", lines))
    return [_filled(chart, spec, history) for chart in found]


def _chart(kind: str, title: str, about: str, lines: Sequence[tuple[str, str, str]]) -> Curves:
    """A chart without its values: its lines name their metrics."""
    return {
        "kind": kind,
        "title": title,
        "about": about,
        "empty": "It appears as soon as training has begun.",
        "share": False,
        "low": 0.0,
        "unit": "step",
        "total": 0,
        "ticks": [],
        "log": False,
        "marked": None,
        "lines": [{"name": f"{name}|{metric}", "phase": "", "dash": dash, "steps": [], "values": []} for name, metric, dash in lines],
        "bounds": [],
    }


def _filled(chart: Curves, spec: RunSpec, history: History) -> Curves:
    lines = list[curves.Curve]()
    for line in chart["lines"]:
        name, metric = line["name"].split("|")
        scores = history.scores.get(metric, Curve())
        if scores.steps:
            values = [round(value, 4) for value in scores.values]
            lines.append({**line, "name": name, "phase": "finetuned", "steps": list(scores.steps), "values": values})
    low = min((value for line in lines for value in line["values"]), default=0.0)
    return {**chart, "lines": lines, "total": spec.train.steps, "low": min(0.0, low)}


# Samples


def requests() -> tuple[Request, ...]:
    """Open requests about things that no reply was learnt about, the same at each visit."""
    random = Random("samples")
    found: dict[str, Request] = {}
    while len(found) < SHOWN:
        request = dialogues.drawn(dialogues.OPEN, "test", random)
        found.setdefault(request.slots["subject"], request)
    return tuple(found.values())


def to_judge(asked: Sequence[Request], replies: Mapping[int, Sampled]) -> RewardWords:
    """All replies of all steps, each once."""
    pairs = list(dict.fromkeys((request.text, reply) for step in sorted(replies) for request, reply in _pairs(asked, replies[step])))
    return RewardWords(tuple(request for request, _ in pairs), tuple(reply for _, reply in pairs))


def _pairs(asked: Sequence[Request], sampled: Sampled) -> Iterator[tuple[Request, str]]:
    return zip(asked, sampled.replies, strict=True)


@dataclass(frozen=True)
class Verdicts:
    """What a reward model gave: by request and reply the reward, and the push of each word."""

    found: Mapping[tuple[str, str], tuple[float, tuple[float, ...]]]

    @classmethod
    def of(cls, judge: RewardWords, judged: WordRewards) -> "Verdicts":
        """By what was asked."""
        found, place = {}, 0
        for request, reply, reward in zip(judge.requests, judge.replies, judged.rewards.tolist(), strict=True):
            count = len(reply.split())
            found[request, reply] = (reward, tuple(judged.pushes[place : place + count].tolist()))
            place += count
        return cls(found)


def samples(
    spec: RunSpec, asked: Sequence[Request], replies: Mapping[int, Sampled], verdicts: Verdicts | None, tells: bool, empty: str
) -> Samples:
    """The payload. Words are marked by the reward, or where there is no reward model by the true taste, which is told where it `tells`."""
    steps = sorted(replies)
    liked = style(spec)

    def reply(request: Request, text: str) -> Reply:
        value = taste(liked, request, text) if liked and tells else None
        reward, pushes = verdicts.found.get((request.text, text), (None, ())) if verdicts else (None, ())
        if verdicts is None and value is not None:
            pushes = tuple(value - taste(liked, request, _without(text, place)) for place in range(len(text.split())))
        figures = [f"reward {points(reward)}"] if reward is not None else []
        figures += [f"true taste {points(value)}"] if value is not None else []
        marked = [(word, round(push, 3)) for word, push in zip(text.split(), pushes or [0.0] * len(text.split()), strict=True)]
        return {"words": marked, "figures": " · ".join(figures)}

    rows: list[Sample] = []
    for place, request in enumerate(asked if steps else ()):
        after = [reply(request, replies[step].replies[place]) for step in steps]
        rows.append({"request": request.text, "before": reply(request, replies[steps[0]].replies[place]), "after": after})
    return {
        "steps": steps,
        "rows": rows,
        "before": "Its start",
        "after": catalogue.experiment(spec.stage).title,
        "earns": "points of reward" if verdicts else "points of taste",
        "most": FULL,
        "notes": [_different(replies[step].replies) for step in steps],
        "empty": empty,
    }


def _without(text: str, place: int) -> str:
    read = text.split()
    return " ".join([*read[:place], *read[place + 1 :]])


def _different(replies: Sequence[str]) -> str:
    return f"{words.counted(len(set(replies)), 'different reply', 'different replies')} to {words.counted(len(replies), 'request')}."
