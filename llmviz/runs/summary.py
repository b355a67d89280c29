"""What the files of a run say in short: for a listing. Reads the end of the updates, not all of them."""

from llmviz.core.kept import Kept
from llmviz.core.run import RunRef
from llmviz.core.update import Done, Score, Step
from llmviz.runs.folder import RunFolder


def summary(run: RunRef, folder: RunFolder) -> Kept:
    """The run without its state. Raises ValueError for a folder that is damaged or gone."""
    step, seconds, metrics = 0, 0.0, dict[str, float]()
    for update in folder.lately():
        step = update.step
        match update:
            case Step():
                seconds = update.seconds
            case Score():
                metrics = update.metrics
            case Done():
                seconds, metrics = update.seconds, update.metrics
    notes = folder.notes()
    started = str(notes.get("started", ""))
    return Kept(
        run,
        folder.spec(),
        state="",
        step=step,
        metrics=metrics,
        seconds=seconds,
        bytes=folder.size(),
        started=started,
        imported="imported" in notes,
        weights=folder.weights,
    )
