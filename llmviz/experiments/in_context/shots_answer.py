"""How many held-out facts each snapshot names after examples that are right, wrong, of another relation, or in another order."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer
from transformers import PreTrainedModel

from llmviz.experiments.in_context.question import CONDITIONS, OTHER, REVERSED, RIGHT, WRONG, FewShot, FloatArray, Shares
from llmviz.inspect import prompts, snapshots
from llmviz.inspect.prompts import Prompts
from llmviz.text.tinyland import few_shot
from llmviz.text.tinyland.few_shot import Case

CASES: dict[str, Callable[[], list[Case]]] = {
    RIGHT: lambda: few_shot.right("test"),
    WRONG: lambda: few_shot.wrong("test"),
    OTHER: lambda: few_shot.other("test"),
    REVERSED: few_shot.turned,
}


def answer(folders: Mapping[int, Path], question: FewShot) -> list[Shares]:
    """The shares of each snapshot, in the order of the steps."""
    for folder in folders.values():
        snapshots.check_room(folder, 1 + 4 * few_shot.MOST + 2)
    return [_shares(step, snapshots.whole(folders[step]), snapshots.tokenizer(folders[step])) for step in sorted(folders)]


def _shares(step: int, model: PreTrainedModel, tokenizer: Tokenizer) -> Shares:
    asked = [CASES[condition]() for condition in CONDITIONS]
    told = [_grouped(cases, prompts.named(model, Prompts.of(tokenizer, cases))) for cases in asked]
    ordered = few_shot.orders("test")
    order = Prompts.of(tokenizer, ordered)
    said = prompts.logits(model, order.input_ids).argmax(-1).cpu().numpy().reshape(-1, few_shot.ORDERS)  # (set of examples, order)
    return Shares(
        step,
        tuple(relations for relations, _, _ in told),
        tuple(counts for _, counts, _ in told),
        tuple(shares for _, _, shares in told),
        (said == order.truth.reshape(said.shape)).mean(0).astype(np.float32),
        float((said != said[:, :1]).any(1).mean()),
        sum(map(len, asked)) + len(ordered),
    )


def _grouped(cases: Sequence[Case], right: torch.Tensor) -> tuple[tuple[str, ...], tuple[int, ...], FloatArray]:
    """The names of relations, the numbers of examples, and by draw, relation and number the share right."""
    relations = tuple(dict.fromkeys(case.relation for case in cases))
    counts = tuple(sorted({case.shots for case in cases}))
    places = tuple(
        np.array(found)
        for found in zip(*((case.draw, relations.index(case.relation), counts.index(case.shots)) for case in cases), strict=True)
    )
    shape = (max(case.draw for case in cases) + 1, len(relations), len(counts))
    hits, all_of = np.zeros(shape, np.float32), np.zeros(shape, np.float32)
    np.add.at(hits, places, right.numpy())
    np.add.at(all_of, places, 1)
    return relations, counts, hits / all_of
