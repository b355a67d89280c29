"""Small stages of masked language modelling for the tests of models, training and stages: the real code on a few texts."""

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import PreTrainedModel

from llmviz.core.settings import ModelSpec, TrainSpec
from llmviz.core.spec import RunSpec
from llmviz.experiments.building import build
from llmviz.experiments.causal_lm import stage as clm
from llmviz.experiments.classification import stage as sentiment
from llmviz.experiments.continual_learning import stage as continual
from llmviz.experiments.entities import stage as entities
from llmviz.experiments.in_context import stage as icl
from llmviz.experiments.instructions import stage as instructions
from llmviz.experiments.masked_lm import stage as mlm
from llmviz.experiments.masked_lm.stage import MaskedTokens
from llmviz.experiments.next_sentence import stage as nsp
from llmviz.experiments.own_labels import stage as own
from llmviz.experiments.own_tags import stage as own_tags
from llmviz.experiments.question_answering import stage as answers
from llmviz.experiments.safety import stage as safety
from llmviz.experiments.span_corruption import stage as span
from llmviz.experiments.text_to_text import stage as text_to_text

SPEC = RunSpec("mlm", train=TrainSpec(steps=6, batch_size=4))


def little_to_evaluate(patch: pytest.MonkeyPatch) -> None:
    """Fewer held-out texts, in every stage: how good a model is does not matter here."""
    for stage in (mlm, clm, nsp, span, sentiment, entities, answers, own, own_tags, continual, icl, instructions, safety, text_to_text):
        for name, count in {
            "VALIDATION": 12,
            "PROBES": 1,
            "TEST": 12,
            "TEST_NEW": 12,
            "TEST_PROBES": 1,
            "PROMPTS": 9,
            "TEST_PROMPTS": 9,
        }.items():
            if hasattr(stage, name):  # reviews have no probes
                patch.setattr(stage, name, count)


def spec(architecture: str = "roformer", size: str = "0.1M", seed: int = 0, **train: Any) -> RunSpec:
    return replace(SPEC, model=ModelSpec(architecture, size), train=replace(SPEC.train, **train), seed=seed)


def stage(given: RunSpec, parent: Path | None = None) -> MaskedTokens:
    made = build(given, parent)
    assert isinstance(made, MaskedTokens)
    return made


def digest(model: PreTrainedModel) -> str:
    """A hash of all weights, names and bytes."""
    found = hashlib.sha256()
    for name, tensor in sorted(model.state_dict().items()):
        found.update(name.encode() + tensor.detach().cpu().contiguous().numpy().tobytes())
    return found.hexdigest()


def shaken(model: PreTrainedModel, seed: int) -> PreTrainedModel:
    """The model with every weight moved: at a random start biases are all 0 and norms all 1, and mixing them up would not show."""
    draw = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for weight in model.parameters():
            if weight.requires_grad:
                weight.add_(torch.randn(weight.shape, generator=draw), alpha=0.1)
    return model
