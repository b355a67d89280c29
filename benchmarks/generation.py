"""How fast a text is written: by one model, and by all snapshots of a run at once, as the page asks for it. One thread, as a worker has."""

import statistics
import time
from collections.abc import Iterator
from pathlib import Path

import torch

from benchmarks.bar import Bar
from llmviz.core.questions.generation import Generate
from llmviz.core.settings import ModelSpec
from llmviz.core.texts import TEXTS
from llmviz.inspect import generation
from llmviz.models import causal, files
from llmviz.text.tinyland.corpus import words
from llmviz.text.tokenizers import word_level

SIZE, CONTEXT, SNAPSHOTS, TURNS = "0.3M", 64, 32, 9
FILTERS = {"temperature": 0.8, "top_k": 50, "top_p": 0.95, "repetition_penalty": 1.1}


def bars(home: Path) -> Iterator[Bar]:
    """Tokens in a second with every filter on and every token's candidates kept; weights are random, which takes as long as any."""
    torch.set_num_threads(1)
    tokenizer = word_level(words())
    folders = {step: home / "written" / "snapshots" / str(step) for step in range(SNAPSHOTS)}
    for step, folder in folders.items():
        files.save(causal.random_start(ModelSpec("neox", SIZE), tokenizer.get_vocab_size(), CONTEXT, step), tokenizer, folder)
    one = [_speed({0: folders[0]}, seed) for seed in range(TURNS)][1:]  # the first fills what is filled once
    note = f"{SIZE}, one text, all filters; median of {len(one)}"
    yield Bar("generation: tokens in a second", statistics.median(one), "tokens/s", least=300, note=note)
    many = [_speed(folders, seed) for seed in range(TURNS)][1:]
    yield Bar("generation: by all snapshots at once", statistics.median(many), "tokens/s", note=f"{SIZE}, {SNAPSHOTS} texts in one")


def _speed(folders: dict[int, Path], seed: int) -> float:
    started = time.perf_counter()
    answers = generation.answer(folders, Generate(TEXTS["tinyland"].beginning, seed=seed, **FILTERS))  # type: ignore[arg-type] # numbers of two types
    return sum(len(answer.ids) for answer in answers) / (time.perf_counter() - started)
