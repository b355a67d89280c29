"""The states of a run in words. Knows what the engine says, and no widget."""

from dataclasses import dataclass

from llmviz.core import catalogue
from llmviz.core.history import History
from llmviz.core.settings import LabelsSpec
from llmviz.core.spec import RunSpec
from llmviz.core.update import Done
from llmviz.runs.engine import LOADING, UNDER_WAY, State, Status
from llmviz.views import words

GOES_ON = frozenset({State.STOPPED, State.INTERRUPTED, State.FAILED})  # after these a run can go on from its checkpoint


SILENCE = 15.0  # seconds without a word after which a time left would be a guess: no evaluation of these models takes so long


@dataclass(frozen=True)
class Line:
    """A sentence on a run and its tone: "busy", "still", "good" or "bad"."""

    text: str
    tone: str


def line(status: Status, history: History, spec: RunSpec) -> Line:
    """Where the run stands, in one line."""
    progress = words.progress(history, spec, status.delay)
    match status.state:
        case State.QUEUED:
            ahead = status.position - 1
            waiting = "next in the queue" if ahead < 1 else f"in the queue, {words.counted(ahead, 'run')} before it"
            waiting = f"waits for a worker at step {history.step:,} of {spec.train.steps:,} · {waiting}" if history.step else waiting
            if status.reason == LOADING:
                said = Line(f"starting · {status.reason}", "busy")
            else:  # it is held back, or is made from another: its place in the queue tells nothing then
                begins = "goes on" if history.step else "begins"
                said = Line(f"waiting · {begins} {status.reason}" if status.reason else waiting, "still")
        case State.STARTING:
            said = Line("starting", "busy")
        case State.TRAINING if status.quiet > SILENCE + status.delay and 0 < history.step < spec.train.steps:
            silent = f"nothing heard from its program for {words.duration(status.quiet)}"
            said = Line(f"training · step {history.step:,} of {spec.train.steps:,} · {silent}", "bad")
        case State.TRAINING:
            said = Line(f"training · {progress}" if history.step else "training", "busy")
        case State.PAUSED:
            said = Line(f"paused · step {history.step:,} of {spec.train.steps:,}{_because(status)}", "still")
        case State.DONE | State.RECORDED:
            said = Line(_ended(history, "recorded" if status.state is State.RECORDED else "done", spec), "good")
        case State.STOPPED:
            said = Line(f"stopped at step {history.step:,}{_because(status)}", "still")
        case State.INTERRUPTED:
            said = Line(f"interrupted at step {history.step:,}{_because(status) or '; it can go on'}", "bad")
        case State.FAILED:
            said = Line(f"failed: {status.reason or 'no reason was given'}", "bad")
    watched = status.state in UNDER_WAY and not status.owner
    return Line(f"{said.text} · someone else controls this run", said.tone) if watched else said


def nothing(status: Status | None) -> str:
    """What stands where a curve will be."""
    if status is None:
        return "No model yet. Press Train live and watch one learn."
    if status.state is State.QUEUED:
        begins = "" if status.reason in ("", LOADING) else "it begins "
        return words.sentence(f"{begins}{status.reason}") or "Waiting for its turn."
    return "Getting ready." if status.state in UNDER_WAY else "It ended before its first step."


@dataclass(frozen=True)
class Badge:
    """What stands at the head of a page, and the stage of a model whose colour its dot has: "random", "pretrained" or "finetuned"."""

    text: str
    stage: str


def badge(status: Status | None, history: History, stage: str = "pretrained") -> Badge:
    """Recorded or trained here, how large, how long; its dot has the colour of `stage`."""
    if status is None:
        return Badge("no run yet", "random")
    kind = {State.RECORDED: "recorded run", State.DONE: "trained here"}.get(status.state, status.state.value)
    if status.state is State.QUEUED and status.reason:  # as the line says
        kind = "starting" if status.reason == LOADING else "waiting"
    size = f" · {words.parameters(history.begin.parameters)} parameters trained" if history.begin else ""
    time = f" · {words.duration(history.seconds)} of training" if isinstance(history.end, Done) else ""
    return Badge(kind + size + time, stage if history.begin else "random")


def _ended(history: History, kind: str, spec: RunSpec) -> str:
    if not isinstance(history.end, Done):
        return f"{kind} · step {history.step:,}"
    headline = catalogue.experiment(spec.stage).headline
    value, accuracy = history.end.metrics.get(headline.name), history.end.metrics.get("accuracy")
    measured = f" · {headline.called} {words.measured(value, headline.unit)} on test text" if value is not None else ""
    if isinstance(spec.objective, LabelsSpec) and accuracy is not None:
        measured = f" · {accuracy:.0%} right on test examples"
    return f"{kind} · {words.counted(history.end.step, 'step')} in {words.duration(history.end.seconds)}{measured}"


def _because(status: Status) -> str:
    return f" · {status.reason}" if status.reason else ""
