"""One run as the lab book lists it: what it is, where it stands, what it measured, what it takes."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from llmviz.core.run import RunRef
from llmviz.core.spec import RunSpec


@dataclass(frozen=True)
class Kept:
    """A run that is kept on this machine, or came with the program.

    Attributes:
        run: its name; attempt 0 is a recording.
        spec: what it trains; None where its folder cannot be read, and then `reason` says why.
        state: where it stands, in the words of the engine's states.
        reason: why it stopped, failed or cannot be read; "" otherwise.
        step: batches learnt.
        metrics: the newest figures: on test data where the run is done, on validation data before.
        seconds: of training.
        bytes: on disk.
        started: when it began, in ISO 8601; "" where that was not noted.
        imported: whether it came as a file from elsewhere.
        weights: by role the SHA-256 of the weights that it says it is made from; none of a run made before runs said so.
    """

    run: RunRef
    spec: RunSpec | None
    state: str
    reason: str = ""
    step: int = 0
    metrics: Mapping[str, float] = field(default_factory=dict)
    seconds: float = 0.0
    bytes: int = 0
    started: str = ""
    imported: bool = False
    weights: Mapping[str, str] = field(default_factory=dict)

    @property
    def recorded(self) -> bool:
        """Whether it came with the program."""
        return self.run.recorded
