"""Who is at work on what, told by locks the system lets go of when a process ends, however it ends."""

import time
from pathlib import Path

from filelock import FileLock, Timeout

PROBES = 3  # a lock held by another probe is free again after some 0.1 ms
PROBE_PAUSE = 0.002


def take(file: Path, patience: float = 0.0) -> FileLock | None:
    """The lock, held until released or until this process ends; None where another holder keeps it for `patience` seconds."""
    file.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(file, thread_local=False)
    try:
        lock.acquire(timeout=patience)
    except Timeout:
        return None
    return lock


def held(file: Path) -> bool:
    """Whether somebody holds this lock now."""
    if not file.exists():
        return False
    for probe in range(PROBES):
        if probe:
            time.sleep(PROBE_PAUSE)
        try:
            lock = take(file)
        except OSError:  # nobody can hold what cannot be opened
            return False
        if lock:
            lock.release()
            return False
    return True
