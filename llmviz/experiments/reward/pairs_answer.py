"""Pairs of replies to choose from, drawn by the model that replies."""

from collections.abc import Mapping
from pathlib import Path
from random import Random

import numpy as np
import torch

from llmviz.experiments.reward.question import Drawn, DrawPairs
from llmviz.inspect import snapshots
from llmviz.training import feedback, replying

SHEET = 60  # pairs drawn at once


def answer(folders: Mapping[int, Path], question: DrawPairs) -> list[Drawn]:
    """The pairs of this sheet as each snapshot draws them, in the order of the steps."""
    return [drawn(step, folders[step], question.sheet) for step in sorted(folders)]


def drawn(step: int, folder: Path, sheet: int) -> Drawn:
    """Those of one snapshot."""
    model, tokenizer = snapshots.whole(folder), snapshots.tokenizer(folder)
    requests = feedback.open_requests("train", SHEET, Random(f"sheet {sheet}"))
    generator = torch.Generator().manual_seed(sheet)
    one, other = (replying.replies(model, tokenizer, [request.text for request in requests], generator) for _ in range(2))
    differ = [each for each in zip(requests, one, other, strict=True) if each[1] != each[2]]
    return Drawn(
        step,
        kinds=tuple(request.kind for request, _, _ in differ),
        subjects=tuple(request.slots["subject"] for request, _, _ in differ),
        requests=tuple(request.text for request, _, _ in differ),
        wordings=np.array([request.wording for request, _, _ in differ], dtype=np.int64),
        one=tuple(first for _, first, _ in differ),
        other=tuple(second for _, _, second in differ),
    )
