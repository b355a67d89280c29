"""A coroutine run to its end from a test: in a thread of its own, since Playwright keeps a loop running in the one of a process's tests."""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

Result = TypeVar("Result")


def looped(coroutine: Coroutine[Any, Any, Result]) -> Result:
    """What it returns, or raises."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, coroutine).result()
