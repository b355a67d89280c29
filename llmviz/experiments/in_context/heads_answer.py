"""Where heads look from the end of a prompt with examples, and what is lost where what one of them finds is left out."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from tokenizers import Tokenizer
from transformers import PreTrainedModel

from llmviz.experiments.in_context.question import ASKED, FIRST_TOKEN, MARKS, SUBJECTS, TARGETS, VALUES, FloatArray, LookBack, LookedBack
from llmviz.inspect import prompts, snapshots
from llmviz.inspect.prompts import Prompts
from llmviz.models.blocks import blocks
from llmviz.text.special import CLS, FIRST
from llmviz.text.tinyland import few_shot

EXAMPLES, DRAWS = 4, 4  # in a prompt, and of examples for each fact
WORDS, TEXTS = 25, 32  # random words that are said twice, and how many such texts


def answer(folders: Mapping[int, Path], question: LookBack) -> list[LookedBack]:
    """The heads of each snapshot, in the order of the steps."""
    if not folders:
        return []
    steps = sorted(folders)
    chosen = [folders[step] for step in steps]
    tokenizer = snapshots.tokenizer(chosen[0])
    asked = Prompts.of(tokenizer, [case for case in few_shot.right("test") if case.shots == EXAMPLES and case.draw < DRAWS])
    snapshots.check_room(chosen[0], 1 + 2 * WORDS)
    places = targets(asked.input_ids.shape[1])
    ends = snapshots.attention(chosen, torch.from_numpy(asked.input_ids))[..., -1, :].mean(1)  # (snapshot, layer, head, key)
    mass = torch.stack([ends[..., places[target]].sum(-1) for target in TARGETS], -1)  # (snapshot, layer, head, target)
    chance = np.array([len(places[target]) / asked.input_ids.shape[1] for target in TARGETS], np.float32)
    ids = repeated(tokenizer)
    again = torch.arange(1 + WORDS, 2 * WORDS)  # the second time, from the first word to the last but one
    prefix = snapshots.attention(chosen, torch.from_numpy(ids))[..., again, again - WORDS + 1].mean((1, -1))  # (snapshot, layer, head)
    found = []
    for step, folder, looked, matched in zip(steps, chosen, mass, prefix, strict=True):
        model = snapshots.model(folder)
        whole = float(prompts.named(model, asked).mean())
        lost = np.zeros(matched.shape, np.float32)
        for layer, head in np.ndindex(*lost.shape):
            lost[layer, head] = float(prompts.named(without(snapshots.model(folder), layer, head), asked).mean())
        spread = float((1 / (again + 1)).mean())
        found.append(LookedBack(step, looked.numpy(), chance, matched.numpy(), spread, whole, lost, len(asked.truth), EXAMPLES))
    return found


def targets(length: int) -> dict[str, list[int]]:
    """The places of each target in a prompt of EXAMPLES pairs, `[CLS] subject : value , … subject :`, each word a token."""
    begins = range(1, length - 2, 4)  # of the examples
    return {
        VALUES: [place + 2 for place in begins],
        SUBJECTS: [*begins],
        ASKED: [length - 2],
        MARKS: [place + more for place in begins for more in (1, 3)] + [length - 1],
        FIRST_TOKEN: [0],
    }


def repeated(tokenizer: Tokenizer) -> FloatArray:
    """Texts of random words said twice: (text, 1 + 2 · WORDS) ids (Olsson et al. 2022, the test for induction heads)."""
    random = np.random.default_rng(0)
    once = np.stack([FIRST + random.permutation(tokenizer.get_vocab_size() - FIRST)[:WORDS] for _ in range(TEXTS)])
    ids: FloatArray = np.concatenate([np.full((TEXTS, 1), CLS), once, once], 1)
    return ids


def without(model: PreTrainedModel, layer: int, head: int) -> PreTrainedModel:
    """The same model, in which nothing that this head finds goes on."""
    wide = model.config.hidden_size // model.config.num_attention_heads
    own = slice(head * wide, (head + 1) * wide)
    block: Any = blocks(model)[layer]
    with torch.no_grad():
        if model.config.model_type == "gpt2":
            block.attn.c_proj.weight[own] = 0  # GPT-2 keeps its matrices as (in, out)
        else:
            block.attention.dense.weight[:, own] = 0
    return model
