"""The name of one run on this machine: which spec, which attempt at it."""

import re
from dataclasses import dataclass

KEY = re.compile(r"([0-9a-f]{64})-([0-9]{1,6})")


@dataclass(frozen=True)
class RunRef:
    """`id` is the spec's id, 64 hexadecimal digits; attempts count from 1; attempt 0 is a recording."""

    id: str
    attempt: int

    @property
    def key(self) -> str:
        """The form that a URL and the command line use."""
        return f"{self.id}-{self.attempt}"

    @property
    def recorded(self) -> bool:
        """Whether it came with the program."""
        return self.attempt == 0


def parse(key: str) -> RunRef:
    """The run that a key names. Raises ValueError for anything that is not a key, so no path can hide in one."""
    match = KEY.fullmatch(key)
    if not match:
        raise ValueError("this is not the name of a run: 64 hexadecimal digits, a dash, a number")
    return RunRef(match[1], int(match[2]))
