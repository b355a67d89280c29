"""Who has been here lately. Whoever starts a run steers it for as long as there are signs of them, and for some minutes after."""

import time

MOST = 10_000  # names that are kept; above, those of visitors who have gone are forgotten


class Visitors:
    """When each visitor gave the last sign. A phone that sleeps gives none: only after `patience` seconds without one is somebody away."""

    def __init__(self, patience: float) -> None:
        self._patience = patience
        self._seen: dict[str, float] = {}

    def see(self, viewer: str) -> None:
        """This visitor is here."""
        self._seen[viewer] = time.monotonic()
        if len(self._seen) > MOST:
            self._seen = {name: when for name, when in list(self._seen.items()) if not self._long_ago(when)}

    def away(self, viewer: str) -> bool:
        """Whether this visitor has gone, so that others may steer what is theirs."""
        return self._long_ago(self._seen.get(viewer, float("-inf")))

    def _long_ago(self, when: float) -> bool:
        return time.monotonic() - when > self._patience


def until(patience: float) -> str:
    """Until when something is theirs, for those who are refused."""
    minutes = round(patience / 60)
    told = f"{minutes} minutes" if minutes > 1 else "a minute" if minutes else f"{patience:.0f} seconds"
    return f"until nothing has been seen of them for {told}"
