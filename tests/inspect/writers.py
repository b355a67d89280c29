"""Tiny causal models with random weights, kept as snapshots, for the tests of what is asked of them."""

from pathlib import Path

from tokenizers import Tokenizer

from llmviz.core.settings import ModelSpec
from llmviz.models import causal, files
from tests.small import shaken

CONTEXT = 16


def snapshots(run: Path, tokenizer: Tokenizer, architecture: str, steps: tuple[int, ...], context: int = CONTEXT) -> dict[int, Path]:
    """A run's snapshots, each with other weights."""
    folders = {step: run / "snapshots" / str(step) for step in steps}
    for step, folder in folders.items():
        model = causal.random_start(ModelSpec(architecture), tokenizer.get_vocab_size(), context, seed=step)
        files.save(shaken(model, seed=step), tokenizer, folder)
    return folders
