"""Small classifiers for the tests of inspection: with random weights, and one whose every reason is known."""

from pathlib import Path
from typing import Any

import torch
from transformers import PreTrainedModel

from llmviz.core.settings import ModelSpec
from llmviz.models import causal, files, masked, transfer
from llmviz.text.labelled import CLASSES
from llmviz.text.tinyland.corpus import words
from llmviz.text.tokenizers import word_level
from tests.small import shaken

CONTEXT = 40
ARCHITECTURES = ("roformer", "bert", "neox", "gpt2")
GOOD, BAD = ("superb", "fine"), ("boring", "ugly")
Folders = dict[int, Path]


def language_model(architecture: str, seed: int) -> PreTrainedModel:
    family = causal if architecture in ("neox", "gpt2") else masked
    made: PreTrainedModel = family.random_start(ModelSpec(architecture), word_level(words()).get_vocab_size(), CONTEXT, seed)
    return made


def classifier(start: PreTrainedModel) -> PreTrainedModel:
    """A classifier of Tinyland's opinions with the body of `start`."""
    return transfer.classifier(start, CLASSES)


def keep(architecture: str, run: Path, steps: tuple[int, ...]) -> Folders:
    """Snapshots of a classifier after these steps, each with other weights."""
    folders = {step: run / "snapshots" / str(step) for step in steps}
    for step, folder in folders.items():
        model = classifier(language_model(architecture, step))
        files.save(shaken(model, seed=step), word_level(words()), folder)
    return folders


def plant(run: Path) -> Folders:
    """One snapshot of a model that adds up: +1 for each word of GOOD, -1 for each of BAD, nothing for any other.

    Its one working layer attends to all tokens alike and carries one direction of their vectors to each, of which the head reads the mean.
    """
    tokenizer = word_level(words())
    model = classifier(language_model("roformer", 0))
    with torch.no_grad():
        for name, weight in model.named_parameters():
            weight.fill_(1.0 if "LayerNorm.weight" in name else 0.0)
        body: Any = model.base_model
        opinion, carried = torch.zeros(2, model.config.hidden_size)
        opinion[0], opinion[1] = 1.0, -1.0  # sums to 0, so that a norm leaves it alone
        carried[4], carried[5] = 1.0, -1.0  # where the layer puts it, beside what a token is itself
        table = body.embeddings.word_embeddings.weight
        table[:, 2], table[:, 3] = 3.0, -3.0
        for sign, group in ((1.0, GOOD), (-1.0, BAD)):
            for word in group:
                table[tokenizer.token_to_id(word)] += sign * opinion
        attention = body.encoder.layer[0].attention
        attention.self.value.weight.copy_(torch.outer(carried, opinion) / 2)
        attention.output.dense.weight.copy_(torch.eye(len(opinion)))
        head: Any = model.classifier
        head.weight.copy_(torch.stack([-carried, carried]))
    folder = run / "snapshots" / "0"
    files.save(model, tokenizer, folder)
    return {0: folder}
