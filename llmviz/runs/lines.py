"""The messages to a worker, a JSON line each. A line that is no message is noted on standard error and skipped: the worker lives on."""

import json
import os
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from typing import Any

from llmviz.core.run import KEY

Message = dict[str, Any]

# Bytes of a line. A genuine one is a question with some sentences, choices or replies in it: kilobytes. Of a longer one no more is kept: it
# might never end, and 4 MB of brackets already take 120 MB as lists, and a second or two, until they are refused.
LONGEST = 4_000_000
NOTED = 100  # lines of which a note is taken: a flood of them must not fill the disk that the log is on
HALF = re.compile(rb"\\u[dD][89a-fA-F]")  # the escape of half a character; whole ones are written as they are

NO_JSON = "it is no JSON"
NO_MESSAGE = "it is no object that says what to do"
NOT_HERE = "this worker does nothing of that name"
WRONG = "its {} is missing or wrong"
HALVES = "it holds half a character"
TOO_LONG = f"it is longer than {LONGEST // 1_000_000} MB"
CUT_OFF = "the input ended within it"

Fields = Mapping[str, Callable[[Any], bool]]  # what a message must have, and whether a value will do


def _number(value: Any) -> bool:
    return type(value) is int and 0 <= value < 2**63  # True is an int, too


NUMBERED: Fields = {"number": _number}
ANSWERING: dict[str, Fields] = {"answer": NUMBERED}  # with a number whoever asks can be told what else is wrong
TRAINING: dict[str, Fields] = {
    "train": {"run": lambda value: isinstance(value, str) and bool(KEY.fullmatch(value))},
    **dict.fromkeys(("pause", "continue", "step", "part"), NUMBERED),
    "slow": {**NUMBERED, "seconds": lambda value: type(value) in (int, float) and 0 <= value <= 10},  # as `engine.Slow`
    "stop": {**NUMBERED, "reason": lambda value: isinstance(value, str)},
}


def messages(descriptor: int, known: Mapping[str, Fields]) -> Iterator[Message]:
    """The messages of an input, of these kinds, to its end."""
    skipped = 0
    for line, ended in lines(descriptor):
        try:
            if not ended:
                raise ValueError(CUT_OFF)
            read = message(line, known)
        except ValueError as problem:
            skipped += 1
            if skipped <= NOTED:
                last = "; of further ones no note is taken" if skipped == NOTED else ""
                note(f"a line of {len(line):,} bytes was skipped: {problem}{last}")
            continue
        yield read


def message(line: bytes, known: Mapping[str, Fields]) -> Message:
    """The message in a line. Raises ValueError with the reason, which repeats nothing of the line, where there is none."""
    if len(line) > LONGEST:
        raise ValueError(TOO_LONG)
    try:
        found = json.loads(line.decode())
    except (ValueError, RecursionError, MemoryError):  # no UTF-8, no JSON, a number of 5,000 digits; nested too deeply
        raise ValueError(NO_JSON) from None
    if not isinstance(found, dict) or not isinstance(found.get("do"), str):
        raise ValueError(NO_MESSAGE)
    fields = known.get(found["do"])
    if fields is None:
        raise ValueError(NOT_HERE)
    for name, will_do in fields.items():
        if not will_do(found.get(name)):
            raise ValueError(WRONG.format(name))
    if HALF.search(line) and not _writable(found):  # it could be written into no file and no answer
        raise ValueError(HALVES)
    return found


def _writable(found: Message) -> bool:
    try:
        json.dumps(found, ensure_ascii=False).encode()
    except (UnicodeEncodeError, RecursionError):
        return False
    return True


def lines(descriptor: int) -> Iterator[tuple[bytes, bool]]:
    """The lines of an input, and whether each ended; of one that is too long no more than shows it.

    Read without a buffer object: its lock would not let a failing program end in peace.
    """
    line = bytearray()
    while chunk := os.read(descriptor, 65_536):
        first, *others = chunk.split(b"\n")
        line += first[: LONGEST + 1 - len(line)]
        for other in others:
            yield bytes(line), True
            line = bytearray(other)
    if line:
        yield bytes(line), False


def note(sentence: str) -> None:
    """One sentence on standard error, which is the worker's log; without its buffer, as above. A full disk stops nothing."""
    with suppress(OSError):
        os.write(sys.stderr.fileno(), f"{sentence}\n".encode())
