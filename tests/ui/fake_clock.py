"""The time of fake runs, which a test may set on: nothing is waited for that would only have to end."""

import time

_passed = [0.0]  # seconds that tests have let pass


def now() -> float:
    """The time, in seconds."""
    return time.monotonic() + _passed[0]


def pass_time(seconds: float) -> None:
    """Let so many seconds pass for every fake run of this process."""
    _passed[0] += seconds
