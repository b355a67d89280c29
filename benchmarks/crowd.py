"""Visitors of the app, each a socket that speaks as a browser does: what they do, how long they wait, what it takes of the machine.

Half of what they do is to turn to another page, half to type a sentence that nobody has typed before. Those who train press *Train live*
on one of SPECS and follow the run as its page does.
"""

import asyncio
import itertools
import random
import secrets
import time
from collections import Counter, defaultdict
from contextlib import suppress
from dataclasses import dataclass, field

import psutil
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, WebSocketException

from benchmarks.protocol import Shown, opening, pressed, rerun, stream, typed
from benchmarks.server import MEGABYTE, Server
from llmviz.ui.browsers import COOKIE

HOSTED = {"LLMVIZ_HOSTED": "1"}
KINDS = ("first page", "page", "sentence", "train")
ROLES = ("train", "answer", "text")  # of workers, as their command lines name them
RAMP = 0.2  # seconds from one visitor's coming to the next one's
LOOK = 5.0  # seconds between two looks at the processes
EVERY = 5.0  # seconds between two things that a visitor does
PATIENCE = 60.0  # seconds; who waits longer counts as an error
SEED = 7
# Pages with a run to train, and the address of one that is not there yet; the last three start from recordings.
SPECS = (
    ("masked-tokens", "seed=101&steps=600"),
    ("next-token", "seed=102&steps=300"),
    ("before-after", "seed=103"),
    ("entities", "seed=104"),
    ("instructions", "seed=105"),
)
# Sentences in the words of Tinyland, so many that a visitor seldom finds one that was asked: 20 x 12 x 12 x 8.
WHO = [
    "Anna",
    "Tom",
    "Leo",
    "Mia",
    "Nora",
    "Vera",
    "Greta",
    "Emma",
    "Finn",
    "Paul",
    "Max",
    "Ida",
    "Ben",
    "Lena",
    "Nils",
    "Otto",
    "Kim",
    "Sam",
    "Eva",
    "Jan",
]
WHAT = ["dog", "cat", "frog", "cow", "duck", "bird", "horse", "sheep", "lion", "owl", "pig", "bee"]
WHERE = ["river", "lake", "garden", "house", "forest", "park", "bridge", "market", "field", "school", "tower", "gate"]
HOW = ["small", "old", "happy", "sad", "calm", "loud", "young", "quiet"]


@dataclass
class Seen:
    """What all visitors have met with together."""

    waits: dict[tuple[str, str], list[float]] = field(default_factory=lambda: defaultdict(list))  # seconds, by what was done and page
    errors: Counter[str] = field(default_factory=Counter)
    pressed: int = 0
    polls: int = 0
    received: int = 0

    def of(self, *kinds: str) -> list[float]:
        """All waits of these kinds."""
        return [wait for (kind, _), waits in self.waits.items() if kind in kinds for wait in waits]


class Visitor:
    """One open page."""

    def __init__(self, opened: ClientConnection, seen: Seen, draw: random.Random) -> None:
        self._opened, self._seen, self._draw = opened, seen, draw
        self._shown, self._place = Shown(), ""
        self._finished = asyncio.Event()
        self._owed = 0  # sentences, until they are as many as pages
        self._polling: list[asyncio.Task[None]] = []

    async def listen(self) -> None:
        """Hear what the server says, until it says no more."""
        while True:
            try:
                message = self._shown.hear(await self._opened.recv(decode=False))
            except ConnectionClosed:
                return
            if message.WhichOneof("type") == "script_finished" and message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY:
                self._follow()
                self._finished.set()
            self._seen.errors.update(self._shown.errors)
            self._shown.errors.clear()

    async def open(self, place: str, query: str = "") -> None:
        """Turn to a page."""
        kind = "page" if self._shown.session else "first page"
        self._place, self._shown.query = place, query
        await self._done(kind, rerun(self._shown, page=place, query=query))

    async def act(self) -> None:
        """Turn to another page, or type a sentence: as often the one as the other."""
        if self._owed and self._shown.controls.boxes:
            self._owed -= 1
            await self.say()
        else:
            self._owed += 1
            await self.open(self._draw.choice([place for place in self._shown.pages if place != self._place]))

    async def say(self) -> None:
        """Type a sentence into the first box of the page."""
        who, what, where, how = map(self._draw.choice, (WHO, WHAT, WHERE, HOW))
        text = f"{who} saw a {how} {what} near the {where} ."
        await self._done("sentence", self._asked(typed(self._shown.controls.boxes[0], text)))

    async def train(self) -> None:
        """Press *Train live*, unless somebody else has just begun this run."""
        if button := self._shown.controls.buttons.get("Train live"):
            self._seen.pressed += 1
            await self._done("train", self._asked(pressed(button)))

    @property
    def types(self) -> bool:
        """Whether the page has a box."""
        return bool(self._shown.controls.boxes)

    @property
    def follows(self) -> bool:
        """Whether the page asks again and again how its run gets on."""
        return bool(self._shown.controls.polls)

    def _asked(self, widget: WidgetState) -> bytes:
        return rerun(self._shown, page=self._place, query=self._shown.query, widget=widget)

    async def _done(self, kind: str, message: bytes) -> None:
        """Say it, and wait for the end of the script."""
        self._finished.clear()
        began = time.perf_counter()
        await self._opened.send(message)
        try:
            await asyncio.wait_for(self._finished.wait(), PATIENCE)
        except TimeoutError:
            self._seen.errors[f"{kind} of /{self._place}: no answer within {PATIENCE:.0f} s"] += 1
        self._seen.waits[kind, self._place].append(time.perf_counter() - began)

    def _follow(self) -> None:
        """Ask for the moving parts of the page as often as it says."""
        for task in self._polling:
            task.cancel()
        self._polling = [asyncio.create_task(self._poll(*each)) for each in self._shown.controls.polls.items()]

    async def _poll(self, fragment: str, every: float) -> None:
        while True:
            await asyncio.sleep(every)
            self._seen.polls += 1
            with suppress(WebSocketException):
                await self._opened.send(rerun(self._shown, page=self._place, query=self._shown.query, fragment=fragment))

    def leave(self) -> None:
        """Ask for nothing more."""
        for task in self._polling:
            task.cancel()
        self._seen.received += self._shown.received


async def visit(address: str, seen: Seen, number: int, trains: tuple[str, str] | None, begins: float, end: float, every: float) -> None:
    """Come, do something every few seconds, and go. All who train press together when everybody is there, and then follow the run."""
    draw = random.Random(SEED * 10_000 + number)
    await asyncio.sleep(draw.random() * (begins - time.monotonic()))
    cookie = {"Cookie": f"{COOKIE}={secrets.token_hex(16)}"}
    try:
        async with connect(stream(address), **opening(address, cookie)) as opened:
            visitor = Visitor(opened, seen, draw)
            listening = asyncio.create_task(visitor.listen())
            await visitor.open("")
            while time.monotonic() < end and not listening.done():
                await asyncio.sleep(every * (0.5 + draw.random()))
                if trains and time.monotonic() > begins:
                    await visitor.open(*trains)
                    await visitor.train()
                    trains = None
                elif visitor.follows and visitor.types:
                    await visitor.say()
                else:
                    await visitor.act()
            if listening.done() and time.monotonic() < end:
                seen.errors["the server closed a page"] += 1
            visitor.leave()
            listening.cancel()
    except (OSError, WebSocketException) as problem:
        seen.errors[f"{type(problem).__name__}: {problem}"] += 1


@dataclass
class Taken:
    """What the processes took: resident megabytes in all, at each look, and processor seconds by role."""

    seconds: list[float] = field(default_factory=list)
    megabytes: list[float] = field(default_factory=list)
    processor: dict[str, float] = field(default_factory=dict)

    async def watch(self, server: psutil.Process) -> None:
        """Look every few seconds, for ever."""
        began = time.monotonic()
        while True:
            self.look(server, time.monotonic() - began)
            await asyncio.sleep(LOOK)

    def look(self, server: psutil.Process, now: float) -> None:
        """Look once. A process that has ended is counted with what it had taken when last seen."""
        total = 0.0
        for process in (server, *server.children(recursive=True)):
            with suppress(psutil.NoSuchProcess):
                total += process.memory_info().rss / MEGABYTE
                words = process.cmdline()
                role = next((role for role in ROLES if role in words), "server" if process.pid == server.pid else "other")
                self.processor[f"{role} {process.pid}"] = sum(process.cpu_times()[:2])
        self.seconds.append(now)
        self.megabytes.append(total)


async def crowd(server: Server, visitors: int, seconds: float, training: int, every: float = EVERY) -> tuple[Seen, Taken, float]:
    """Let them all come, act and go; what they met with, what it took, and the processor seconds of this program itself."""
    seen, taken = Seen(), Taken()
    address = server.url.removeprefix("http://")
    process = psutil.Process(server.process.pid)
    taken.look(process, 0.0)
    before, own = Counter(taken.processor), time.process_time()
    watching = asyncio.create_task(taken.watch(process))
    begins = time.monotonic() + min(RAMP * visitors, seconds / 3)
    end = time.monotonic() + seconds
    specs = itertools.cycle(SPECS)
    trains = [next(specs) if number < training else None for number in range(visitors)]
    await asyncio.gather(*(visit(address, seen, number, trains[number], begins, end, every) for number in range(visitors)))
    watching.cancel()
    taken.look(process, seconds)
    taken.processor = {name: spent - before[name] for name, spent in taken.processor.items()}
    return seen, taken, time.process_time() - own


async def first(server: Server) -> None:
    """Open the first page, as whoever starts the server does: the workers load then."""
    address = server.url.removeprefix("http://")
    async with connect(stream(address), **opening(address, {})) as opened:
        visitor = Visitor(opened, Seen(), random.Random(SEED))
        listening = asyncio.create_task(visitor.listen())
        await visitor.open("")
        listening.cancel()
