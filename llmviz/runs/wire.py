"""Questions and traces as JSON lines between processes, and as one file in a recording. Arrays travel as base64 of their bytes."""

import base64
import json
from collections.abc import Sequence
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

import numpy as np

from llmviz.core.trace import Question, Trace


def question_to_json(question: Question) -> dict[str, Any]:
    """The question as plain JSON values."""
    return asdict(question)


def question_from_json(written: dict[str, Any]) -> Question:
    """The question that `question_to_json` wrote."""
    return Question(**{**written, "hidden": tuple(written["hidden"])})


def trace_to_json(trace: Trace) -> dict[str, Any]:
    """The trace as plain JSON values."""
    return {item.name: _pack(getattr(trace, item.name)) for item in fields(Trace)}


def trace_from_json(written: dict[str, Any]) -> Trace:
    """The trace that `trace_to_json` wrote."""
    return Trace(**{name: _unpack(value) for name, value in written.items()})


def _pack(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        data = base64.b64encode(np.ascontiguousarray(value).tobytes()).decode()
        return {"dtype": value.dtype.str, "shape": value.shape, "data": data}
    return value


def _unpack(value: Any) -> Any:
    if isinstance(value, dict):
        flat = np.frombuffer(base64.b64decode(value["data"]), dtype=np.dtype(value["dtype"]))
        return flat.reshape(value["shape"])
    return tuple(_unpack(item) for item in value) if isinstance(value, list) else value


def write_traces(file: Path, question: Question, traces: Sequence[Trace]) -> None:
    """Keep one question and its answers, as numpy's npz without pickled objects."""
    arrays: dict[str, Any] = {}
    for number, trace in enumerate(traces):
        for item in fields(Trace):
            value = getattr(trace, item.name)
            if isinstance(value, np.ndarray):
                arrays[f"{number}.{item.name}"] = value
    plain = [{name: value for name, value in trace_to_json(trace).items() if not isinstance(value, dict)} for trace in traces]
    about = json.dumps({"question": question_to_json(question), "traces": plain}, ensure_ascii=False)
    with file.open("wb") as opened:
        np.savez_compressed(opened, about=np.frombuffer(about.encode(), dtype=np.uint8), **arrays)


def read_traces(file: Path) -> tuple[Question, dict[int, Trace]]:
    """The question that `write_traces` kept, and its answers by step. Raises ValueError where the file is missing or damaged."""
    try:
        with file.open("rb") as opened, np.load(opened, allow_pickle=False) as arrays:
            about = json.loads(arrays["about"].tobytes())
            values: list[dict[str, Any]] = [{name: _unpack(value) for name, value in plain.items()} for plain in about["traces"]]
            for name in arrays.files:
                number, _, field = name.partition(".")
                if field:
                    values[int(number)][field] = arrays[name]
        traces = [Trace(**value) for value in values]
        return question_from_json(about["question"]), {trace.step: trace for trace in traces}
    except Exception as problem:  # zip, zlib, JSON and numpy each have errors of their own
        raise ValueError(f"{file.name} cannot be read ({type(problem).__name__})") from problem
