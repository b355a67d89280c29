"""How fast this machine computes: `python -m llmviz.runs.rate STAGE TEXT SECONDS` trains so long, and says it as one line of JSON.

Seconds are those that the processor works, not those on the wall: what else is running on the same core changes them little.
"""

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from llmviz.core.settings import TextSpec
from llmviz.core.spec import RunSpec, preset
from llmviz.core.update import Failed, Score, Snapshot, Step, Update
from llmviz.runs.attempt import Attempt
from llmviz.runs.recordings import Recordings
from llmviz.runs.store import Store

SIDE = 1024  # of the square matrices that are multiplied
FEWEST = 8  # steps that are timed, however long one takes: policies write texts before some of them


@dataclass(frozen=True)
class Rate:
    """What was measured.

    Attributes:
        gflops: billions of FLOPs a second, of one thread that multiplies matrices of 1024 × 1024 in fp32.
        steps: batches that were learnt.
        step: seconds of one of them.
        look: seconds of an evaluation, and of keeping the weights.
        whole: seconds of the whole run, as these say.
    """

    gflops: float
    steps: int
    step: float
    look: float
    whole: float


def gflops(seconds: float = 1.0) -> float:
    """Multiply matrices for so long, on one thread."""
    import torch  # here, as below: this module tells the server what a rate is, and the server never loads torch

    torch.set_num_threads(1)
    first, second = torch.randn(SIDE, SIDE), torch.randn(SIDE, SIDE)
    torch.mm(first, second)  # the first one of a process is slow
    began, count = time.process_time(), 0
    while (took := time.process_time() - began) < seconds:
        torch.mm(first, second)
        count += 1
    return 2 * SIDE**3 * count / took / 1e9


def measure(spec: RunSpec, seconds: float) -> Rate:
    """Train it for so long, in a folder that goes afterwards. Raises ValueError where that fails."""
    from llmviz.runs.worker import Real
    from llmviz.training.loop import snapshot_steps

    real, before = Real(), gflops()
    real.warm("train")
    steps: list[float] = []
    looks: list[float] = [0.0]
    with tempfile.TemporaryDirectory(prefix="llmviz-check-") as folder:
        store = Store(Path(folder))
        run, claim = store.create(spec)
        claim.release()
        attempt = Attempt(real, store, Recordings(), run)
        for update, took in _timed(attempt):
            match update:
                case Step():
                    steps.append(took)
                case Score():
                    looks.append(took)
                case Snapshot():
                    looks[-1] += took
                case Failed():
                    raise ValueError(update.reason)
            if sum(steps) >= seconds and len(steps) > FEWEST:
                break
        attempt.close()
    step, look = statistics.mean(steps[1:]), statistics.mean(looks[2:] or looks[1:])  # the first is slow
    whole = step * spec.train.steps + look * len(snapshot_steps(spec.train.steps))
    return Rate(statistics.mean((before, gflops())), len(steps), step, look, whole)


def _timed(updates: Iterator[Update]) -> Iterator[tuple[Update, float]]:
    """Each update, and how long the processor worked for it."""
    began = time.process_time()
    for update in updates:
        yield update, time.process_time() - began
        began = time.process_time()


def main() -> None:
    """Measure and say it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("stage")
    parser.add_argument("text")
    parser.add_argument("seconds", type=float)
    given = parser.parse_args()
    print(json.dumps(asdict(measure(preset(given.stage, TextSpec(given.text)), given.seconds))))


if __name__ == "__main__":
    main()
