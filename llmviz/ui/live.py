"""The live panel: the picture of one run, drawn again while it trains, and its curve.

It is the one fragment of a page and stays short, for a click in the picture waits behind it. Buttons stand outside and work at once.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from llmviz.core import catalogue
from llmviz.core.experiment import Experiment
from llmviz.core.history import History
from llmviz.core.run import RunRef
from llmviz.core.spec import RunSpec
from llmviz.parts.curve.payload import Probe
from llmviz.parts.shared.payload import Shared
from llmviz.runs.engine import ENDED, UNDER_WAY, Engine, State, Status
from llmviz.ui import lesson, parts, states, visit
from llmviz.views import curve as curves
from llmviz.views import terms, words

EVERY = 0.4  # seconds between two drawings while something happens
SOON = 0.15  # and while somebody who has just pressed the button waits for the first point
SELDOM = 3.0  # and where nothing does, but another viewer may let the run go on
FOLLOWS = "microscope"  # the key of the fold that shows the step at which the slider stands; it is no part of the panel
PATIENCE = 0.2  # seconds for which a drawing waits for the model's answer, before it goes on without


@dataclass(frozen=True)
class Seen:
    """A run as it was when the page looked: which, in what state, what it has said."""

    run: RunRef | None
    status: Status | None
    history: History

    @property
    def under_way(self) -> bool:
        """Whether anything will still happen by itself."""
        return self.status is not None and self.status.state in UNDER_WAY

    @property
    def ended(self) -> bool:
        """Whether it is done, here or as a recording."""
        return self.status is not None and self.status.state in ENDED

    @property
    def steered(self) -> bool:
        """Whether this viewer steers it while it is under way: what it trains is settled then. Who only watches may turn to another."""
        return self.under_way and self.status is not None and self.status.owner

    @property
    def about_to_learn(self) -> bool:
        """Whether a worker has it and its first step is to come."""
        return self.status is not None and self.status.state in (State.STARTING, State.TRAINING) and not self.history.step

    @property
    def patience(self) -> float | None:
        """Seconds to wait for an answer: while the run moves, the picture must not stand still."""
        return PATIENCE if self.under_way else None


def look(engine: Engine, run: RunRef | None) -> Seen:
    """The run as it is now."""
    if run is None:
        return Seen(None, None, History())
    return Seen(run, engine.status(run, visit.viewer()), engine.history(run))


def latest(engine: Engine, spec: RunSpec) -> Seen:
    """The run of this spec as it is now, if there is one: the recording, else the newest on this machine."""
    return look(engine, engine.recorded(spec) or engine.find(spec))


def untold(seen: Seen, otherwise: str = "Press Train live.") -> str:
    """Why a run has nothing to say: it is not there, and `otherwise` is what helps; or where it stands."""
    if seen.status is None:
        return f"Not trained with these settings yet. {otherwise}".strip()
    return words.sentence(states.line(seen.status, seen.history, visit.current().spec).text)


def panel(
    engine: Engine,
    seen: Seen,
    line: DeltaGenerator,
    draw: Callable[[Seen], None],
    beside: Callable[[], Seen] | None = None,
    awake: bool = False,
) -> None:
    """Call `draw`, and again every now and then while the run is under way; the whole page where its badge or its buttons change.

    The state of the run is written into `line`, which the page keeps elsewhere. A run shown `beside` it keeps the panel awake too, and so
    does whatever else moves in the picture (`awake`).
    """
    other = beside() if beside else None
    moving = awake or seen.under_way or (other is not None and other.under_way)
    goes_on = seen.status is not None and seen.status.state in states.GOES_ON
    every = SOON if seen.about_to_learn else EVERY if moving else SELDOM if goes_on else None
    step = visit.current().step

    def drawn() -> None:
        try:
            now = look(engine, seen.run) if every else seen
        except ValueError:  # it was deleted, or is shared no more: the page as a whole says so
            st.rerun()
        draw(now)
        line.markdown(_state(now, visit.current().spec))
        if frame(now) != frame(seen) or (beside and other and frame(beside()) != frame(other)) or followed(step):
            st.rerun()

    st.fragment(drawn, run_every=every, key="live")()


def followed(step: int | None) -> bool:
    """Whether the slider has left this step, at which the page was drawn, and something below the panel goes with it."""
    below = st.session_state.get(FOLLOWS) or getattr(visit.current().view, "tab", "")
    return bool(below) and visit.current().step != step


def shared(seen: Seen) -> Shared:
    """What all parts that show this run carry, so that they move together."""
    address = visit.current()
    group = seen.run.key if seen.run else address.spec.id
    return {"group": group, "step": address.step, "visit": visit.number(), "origin": words.origin(address.spec)}


def as_pretrained(known: Shared) -> Shared:
    """The same where a fine-tuned run is shown by its pretraining: at step 0 that has just ended."""
    return {**known, "origin": {"phase": "pretrained", "word": "as pretrained"}}


def curve(
    seen: Seen,
    small: bool = False,
    beside: Sequence[Probe] | None = None,
    of: Experiment | None = None,
    withheld: str = "",
    stops: Collection[int] = (),
) -> None:
    """The loss between its lines, the other figures below, and the slider that moves every part of the page; if `small`, the loss alone.

    Shares of other runs to stand `beside` are drawn in a chart of shares alone. The figures are those of the run's own experiment, or
    `of` that which it starts from; what is `withheld` is said in their place. The slider also halts at these `stops`, of which the page has
    something to show without weights.
    """
    spec = visit.current().spec
    steps = seen.history.begin.steps if seen.history.begin else spec.train.steps
    history = History() if withheld else seen.history
    drawn = curves.curve(history, of or catalogue.experiment(spec.stage), steps, live=seen.under_way, alone=beside is not None)
    if of:  # a figure that falls in its own training may rise far above its lines here, and the batches are not its own
        headline = drawn["headline"]
        drawn |= {"fits": True, "about": drawn["about"].removesuffix(curves.BATCHES)}
        drawn["headline"] = {**headline, "name": f"{of.phase} {headline['name']}"}
    if small:
        drawn |= {"small": True, "probes": [], "ceilings": []}
    if stops and not withheld:
        drawn |= {"snapshots": sorted({*drawn["snapshots"], *stops})}
    if beside is not None:
        drawn |= {"shares": True, "probes": [*drawn["probes"], *beside]}
    with st.container(key="curve_area"):
        parts.curve(
            {**drawn, "empty": withheld or states.nothing(seen.status), "terms": terms.meanings(("nats", "held-out"))},
            as_pretrained(shared(seen)) if of else shared(seen),
            key="curve",
            on_step=let_go,
        )


_TONES = {"busy": "blue", "still": "gray", "good": "green", "bad": "orange"}


def _state(seen: Seen, spec: RunSpec) -> str:
    if seen.status is None:
        return ":gray[●] nothing has been trained with these settings on this machine"
    said = states.line(seen.status, seen.history, spec)
    return f":{_TONES[said.tone]}[●] {lesson.plain(said.text)}"


def let_go(step: int) -> None:
    """Remember the step on which a slider was let go; -1 is the newest."""
    visit.change(step=None if step < 0 else int(step))


def frame(seen: Seen) -> tuple[object, ...]:
    """What the rest of the page, its badge and its buttons, depends on. How a run began is told from its first point on, not before it."""
    return (seen.status and seen.status.state, seen.status and seen.status.owner, seen.history.begin if seen.history.step else None)
