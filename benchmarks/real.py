"""A model that was trained elsewhere, as a server asks it: `python -m benchmarks.real`, in two minutes, where SmolLM2 is installed.

This process stands for the server: it imports what that imports, and loads no torch. Beside SmolLM2 the same sentence through a tiny model.
"""

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from importlib import import_module
from pathlib import Path

import psutil
from rich.console import Console

from benchmarks.bar import Bar
from llmviz.core.questions.generation import Generate
from llmviz.core.run import RunRef
from llmviz.experiments.architecture.question import MOST_TOKENS, Walk
from llmviz.runs.process import environment
from llmviz.runs.real_models import COMING, STEP, THERE, Offer, RealModels

NAME, TURNS, WRITTEN = "smollm2", 5, 64
SENTENCE = "the small dog barks and the old cat meows while the children of the town play near the river that runs past the old stone house"
BEGINNING = "The capital of Spain is"
MEGABYTE = 1e6
TINY = "clm-tinyland"
TIMED = """
import sys, time
from llmviz.core.recorded import RECORDED
from llmviz.core.run import RunRef
from llmviz.experiments.architecture.question import Walk
from llmviz.runs.recordings import Recordings
from llmviz.runs.worker import Real
real, folder = Real(), Recordings().folder(RunRef(RECORDED[sys.argv[1]].id, 0))
real.warm("answer")
snapshots = {0: folder.snapshot(folder.snapshots()[-1])}
for sentence in sys.argv[2:]:
    began = time.perf_counter()
    real.answer(snapshots, Walk(sentence))
    print(time.perf_counter() - began)
"""


def bars(home: Path) -> Iterator[Bar]:
    """Taken in, asked by a visitor who finds no process, asked again, and written with. Raises ValueError where it is not installed."""
    for module in ("streamlit.web.bootstrap", "llmviz.ui.lesson", "llmviz.ui.real"):
        import_module(module)
    models = RealModels(home)
    try:
        offer = models.offer(NAME)
        if offer is None or not offer.key:
            raise ValueError(offer.missing if offer else "this host offers no real models")
        yield from _real(models, offer)
    finally:
        models.close()
    command = [sys.executable, "-c", TIMED, TINY, *sentences(TURNS + 1)]
    told = subprocess.run(command, env=environment(), check=True, capture_output=True, text=True).stdout.split()
    tiny = statistics.median(map(float, told[1:]))
    yield Bar(
        "a tiny model: a sentence on Architecture", 1_000 * tiny, "ms", note=f"{MOST_TOKENS} tokens, at the worker; median of {TURNS}"
    )


def _real(models: RealModels, offer: Offer) -> Iterator[Bar]:
    began = time.perf_counter()
    models.take_in(offer)
    while (stands := models.stands(offer)).state == COMING:
        time.sleep(0.05)
    if stands.state != THERE:
        raise ValueError(stands.reason)
    yield Bar(f"{offer.title}: taken in", time.perf_counter() - began, "s", note="once on a machine")
    run, (first, *others) = RunRef(offer.key, STEP), sentences(TURNS + 1)

    def asked(question: Walk | Generate) -> float:
        began = time.perf_counter()
        models.answer(run, [STEP], question)
        return time.perf_counter() - began

    yield Bar("first answer of a cold process", asked(Walk(first)), "s", note=f"a sentence of {MOST_TOKENS} tokens on Architecture")
    yield Bar("answer of a warm one", statistics.median(asked(Walk(each)) for each in others), "s", note=f"the same; median of {TURNS}")
    asked(Generate(BEGINNING, tokens=1, temperature=0.0))  # what it imports
    speeds = []
    for seed in range(TURNS):
        began = time.perf_counter()
        [written] = models.answer(run, [STEP], Generate(BEGINNING, tokens=WRITTEN, temperature=0.8, seed=seed))
        speeds.append(len(written.ids) / (time.perf_counter() - began))
    yield Bar("a continuation", statistics.median(speeds), "tokens/s", note=f"of {WRITTEN} tokens, or until it ends; median of {TURNS}")
    [worker] = models.workers()
    for whose, process in (("the server", psutil.Process()), ("the process that holds it", psutil.Process(worker))):
        yield Bar(f"memory of {whose}", process.memory_info().rss / MEGABYTE, "MB")


def sentences(count: int) -> Sequence[str]:
    """So many sentences of the same words: what has been asked is remembered."""
    read = SENTENCE.split()
    return [" ".join([*read[turn:], *read[:turn]]) for turn in range(count)]


def main() -> None:
    """Print them as a table."""
    found: list[Bar] = []
    with tempfile.TemporaryDirectory(prefix="llmviz-benchmark-", ignore_cleanup_errors=True) as folder:
        found.extend(bars(Path(folder)))
    from benchmarks.__main__ import table  # loads torch, which the server does not

    Console().print(table(found))


if __name__ == "__main__":
    main()
