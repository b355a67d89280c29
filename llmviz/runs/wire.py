"""Questions and answers as JSON lines between processes, and as files in a recording. Arrays travel as base64 of their bytes."""

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

import numpy as np

from llmviz.core.catalogue import QUESTIONS
from llmviz.core.questions.base import Answer, Question

AnyQuestion = Question[Answer]


def question_to_json(question: AnyQuestion) -> dict[str, Any]:
    """The question as plain JSON values, with its kind."""
    return {"kind": type(question).__name__, **asdict(question)}  # type: ignore[call-overload] # every question is a dataclass


def question_from_json(written: dict[str, Any]) -> AnyQuestion:
    """The question that `question_to_json` wrote. Raises ValueError for anything else."""
    try:
        values = {name: _unpack(value) for name, value in written.items()}
        return QUESTIONS[values.pop("kind")](**values)
    except (KeyError, TypeError, AttributeError) as problem:
        raise ValueError(f"this is not a question ({problem})") from problem


def answer_to_json(answer: Answer) -> dict[str, Any]:
    """The answer as plain JSON values."""
    return {item.name: _pack(getattr(answer, item.name)) for item in fields(answer)}


def answer_from_json(question: AnyQuestion, written: dict[str, Any]) -> Answer:
    """The answer to this question that `answer_to_json` wrote."""
    return question.answer(**{name: _unpack(value) for name, value in written.items()})


def file_of(question: AnyQuestion) -> str:
    """The name of the file in which the answer to a question about a text comes with the program."""
    return "-".join(map(str, question_to_json(question).values())).lower() + ".npz"


def _pack(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        data = base64.b64encode(np.ascontiguousarray(value).tobytes()).decode()
        return {"dtype": value.dtype.str, "shape": value.shape, "data": data}
    return [_pack(item) for item in value] if isinstance(value, tuple) else value


def _unpack(value: Any) -> Any:
    if isinstance(value, dict):
        flat = np.frombuffer(base64.b64decode(value["data"]), dtype=np.dtype(value["dtype"]))
        return flat.reshape(value["shape"])
    return tuple(_unpack(item) for item in value) if isinstance(value, list) else value


def write_answers(file: Path, question: AnyQuestion, answers: Sequence[Answer]) -> None:
    """Keep one question and its answers, as numpy's npz without pickled objects."""
    arrays: dict[str, Any] = {}
    plain: list[dict[str, Any]] = []
    for number, answer in enumerate(answers):
        values = {item.name: getattr(answer, item.name) for item in fields(answer)}
        arrays |= {f"{number}.{name}": value for name, value in values.items() if isinstance(value, np.ndarray)}
        plain.append({name: _pack(value) for name, value in values.items() if not isinstance(value, np.ndarray)})
    about = json.dumps({"question": question_to_json(question), "answers": plain}, ensure_ascii=False)
    with file.open("wb") as opened:
        np.savez_compressed(opened, about=np.frombuffer(about.encode(), dtype=np.uint8), **arrays)


def read_answers(file: Path) -> tuple[AnyQuestion, Mapping[int, Answer]]:
    """The question that `write_answers` kept, and its answers by step. Raises ValueError where the file is missing or damaged."""
    try:
        with file.open("rb") as opened, np.load(opened, allow_pickle=False) as arrays:
            about = json.loads(arrays["about"].tobytes())
            values: list[dict[str, Any]] = [{name: _unpack(value) for name, value in plain.items()} for plain in about["answers"]]
            for name in arrays.files:
                number, _, field = name.partition(".")
                if field:
                    values[int(number)][field] = arrays[name]
        question = question_from_json(about["question"])
        answers = [question.answer(**value) for value in values]
        return question, {answer.step: answer for answer in answers}
    except Exception as problem:  # zip, zlib, JSON and numpy each have errors of their own
        raise ValueError(f"{file.name} cannot be read ({type(problem).__name__})") from problem
