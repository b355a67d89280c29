"""How a run under way obeys: pause, go on, one step, slower, stop. Messages come in from a queue between two updates."""

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from queue import Empty, SimpleQueue

from llmviz.core.update import Done, Failed, Step, Stopped, Update
from llmviz.runs.attempt import UNWRITTEN, Attempt
from llmviz.runs.lines import Message, note

CLOSED = "the program that watched it was closed"
Inbox = SimpleQueue[Message | None]  # None: the input has ended; a simple queue, because signals put into it, too
Say = Callable[[Message], None]


@dataclass
class _Wish:
    """What was last asked of the run. `number` counts the messages obeyed, so that the asker can tell old news from new."""

    paused: bool = False
    single: bool = False
    delay: float = 0.0
    number: int = 0
    stop: str = ""
    part: bool = False  # the worker is wanted elsewhere

    @property
    def standing(self) -> bool:
        """Whether no batch is wanted until something else is asked."""
        return self.paused and not self.single


def conduct(attempt: Attempt, inbox: Inbox, say: Say, single: bool = False) -> Update | None:
    """Train to the end, or take a `single` step and pause, obeying the inbox. Returns the last update; None where it goes on elsewhere."""
    wish = _Wish(paused=single, single=single)
    last: Update | None = None
    for last in attempt:
        if isinstance(last, Step):
            wish.single = False
        if attempt.settled:
            _wait(attempt, wish, isinstance(last, Step), inbox, say)
        if wish.part:
            attempt.close()
            return None
        if wish.stop:
            last = attempt.stop(wish.stop) or last
            break
    if wish.stop == CLOSED:
        inbox.put(None)  # for whoever reads next
    attempt.close()
    return last if isinstance(last, Done | Stopped | Failed) else Failed(0, "the training ended without a word")


def _wait(attempt: Attempt, wish: _Wish, learnt: bool, inbox: Inbox, say: Say) -> None:
    """Return when the next batch is wanted, or the end."""
    began = time.monotonic()
    told = kept = False  # whether it was said that it stands; whether the checkpoint is of this very moment
    while not wish.stop and not wish.part:
        standing = wish.standing
        if standing and not told:
            kept = _kept(attempt)
            told = True
            say({"say": "paused", "number": wish.number, "still": True})
        left = began + (wish.delay if learnt else 0.0) - time.monotonic()
        try:
            message = inbox.get(block=standing or left > 0, timeout=None if standing else max(left, 0.0))
        except Empty:
            return
        _obey(wish, message)
        wish.part = wish.part and wish.standing and (kept or _kept(attempt))
        if message is not None and not wish.part:
            say({"say": "paused" if wish.paused else "training", "number": wish.number, "still": told and wish.standing})


def _kept(attempt: Attempt) -> bool:
    """Keep a checkpoint. A full disk ends no pause: the run still stands in memory, and there alone."""
    with suppress(*UNWRITTEN):
        attempt.checkpoint()
        return True
    return False


def _obey(wish: _Wish, message: Message | None) -> None:
    if message is None:
        wish.stop = CLOSED
        return
    if message["do"] == "train":
        return note("a run was to begin while another trains; it does not, and the other goes on")
    wish.number = message["number"]
    match message["do"]:
        case "pause":
            wish.paused, wish.single = True, False
        case "continue":
            wish.paused = False
        case "step":
            wish.single = wish.paused
        case "slow":
            wish.delay = message["seconds"]
        case "part":
            wish.part = True
        case "stop":
            wish.stop = message["reason"]
