"""The same pairs in a prompt and in a gradient: few-shot prompting against fine-tuning a copy."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from random import Random

import numpy as np
import torch
from tokenizers import Tokenizer
from torch.func import functional_call, vmap
from torch.nn.functional import cross_entropy

from llmviz.experiments.in_context.question import FloatArray, PromptOrTune, Worth
from llmviz.inspect import prompts, snapshots
from llmviz.inspect.prompts import Prompts
from llmviz.text.tinyland.lists import RELATIONS, Held, Shot

COUNTS = (1, 2, 4, 8, 16)
ROOM = 8  # the most pairs for which a prompt has room: with 16 it has 67 tokens, and the model reads 64
DRAWS = 2  # of the pairs, for each relation and each number of them
STEPS, RATE = 30, 3e-4  # the best for validation facts of 1e-4, 3e-4, 1e-3 and 3e-3, summed over COUNTS

Drawn = Sequence[tuple[str, Sequence[str]]]  # relations, each with subjects whose pairs are given


def answer(folders: Mapping[int, Path], question: PromptOrTune) -> list[Worth]:
    """What so many pairs bring each snapshot, in the order of the steps."""
    return [worth(step, folders[step]) for step in sorted(folders)]


def worth(step: int, folder: Path, split: Held = "test", steps: int = STEPS, rate: float = RATE) -> Worth:
    """Both, for the facts of this split. It is measured on the relations that lists tell of enough subjects."""
    tokenizer, random = snapshots.tokenizer(folder), Random("worth")
    names = tuple(name for name, relation in RELATIONS.items() if len(relation.in_lists) >= COUNTS[-1])
    drawn = [(name, random.sample(RELATIONS[name].in_lists, COUNTS[-1])) for _ in range(DRAWS) for name in names]
    prompted = [_prompted(folder, tokenizer, drawn, count, split) for count in COUNTS if count <= ROOM]
    tuned = [_tuned(folder, tokenizer, drawn, count, split, steps, rate) for count in COUNTS]
    return Worth(step, COUNTS, np.stack(prompted, 1), np.stack(tuned, 1), names, steps, rate)


def _prompted(folder: Path, tokenizer: Tokenizer, drawn: Drawn, count: int, split: Held) -> FloatArray:
    """The share of the facts named after the first `count` pairs of each relation: (draw)."""
    asked = [Shot(name, tuple(pairs[:count]), subject) for name, pairs in drawn for subject in RELATIONS[name].asked(split)]
    right = prompts.named(snapshots.whole(folder), Prompts.of(tokenizer, asked))
    return right.reshape(DRAWS, -1).mean(1).numpy()


def _tuned(folder: Path, tokenizer: Tokenizer, drawn: Drawn, count: int, split: Held, steps: int, rate: float) -> FloatArray:
    """The share of them named without an example by copies, one for each relation and draw, that learnt so many pairs: (draw)."""

    def read(weights: snapshots.Weights, ids: torch.Tensor) -> torch.Tensor:
        found: torch.Tensor = functional_call(
            shape, weights, kwargs={"input_ids": ids, "attention_mask": torch.ones_like(ids)}, tie_weights=True
        ).logits[:, -1]
        return found

    shape, own = snapshots.stacked([folder])
    copies = {name: weight.repeat_interleave(len(drawn), 0) for name, weight in own.items()}
    ids, truth = _given(tokenizer, [(name, pairs[:count]) for name, pairs in drawn])
    optimizer = torch.optim.AdamW([weight.requires_grad_() for weight in copies.values()], lr=rate)
    for _ in range(steps):
        logits = vmap(read)(copies, ids)  # (copy, pair, vocabulary)
        loss = cross_entropy(logits.flatten(0, 1), truth.flatten(), reduction="sum") / count  # to each copy the mean over its own pairs
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    asked, values = _given(tokenizer, [(name, RELATIONS[name].asked(split)) for name, _ in drawn])
    with torch.no_grad():
        right = vmap(read)(copies, asked).argmax(-1) == values  # (copy, fact)
    return right.float().reshape(DRAWS, -1).mean(1).numpy()


def _given(tokenizer: Tokenizer, drawn: Drawn) -> tuple[torch.Tensor, torch.Tensor]:
    """Prompts without an example, and the values: (relation, subject, 3), (relation, subject)."""
    found = Prompts.of(tokenizer, [Shot(name, (), subject) for name, subjects in drawn for subject in subjects])
    ids, truth = (torch.from_numpy(each).unflatten(0, (len(drawn), -1)) for each in (found.input_ids, found.truth))
    return ids, truth
