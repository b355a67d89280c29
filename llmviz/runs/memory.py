"""The memory of this process, and the most it held since its mark was set back: so that a run among many can be told its own peak.

Linux alone keeps a mark that can be set back (man proc, `clear_refs`: 5 sets it to what is held now). `getrusage` knows one peak for the
whole life of a process, and a worker trains one run after the other.
"""

import re
from pathlib import Path

_CLEAR, _STATUS = Path("/proc/self/clear_refs"), Path("/proc/self/status")
_SET_BACK = "5"


def set_back() -> int:
    """Begin to look for the most bytes held; returns those held now, 0 where the system keeps no such mark."""
    try:
        _CLEAR.write_text(_SET_BACK, encoding="ascii")
    except OSError:
        return 0
    return _bytes("VmRSS")


def peak() -> int:
    """The most bytes held at once since the mark was set back."""
    return _bytes("VmHWM")


def _bytes(name: str) -> int:
    found = re.search(rf"^{name}:\s+(\d+) kB", _STATUS.read_text(encoding="utf-8", errors="replace"), re.MULTILINE)
    return int(found[1]) * 1024 if found else 0
