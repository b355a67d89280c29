"""The head that a fine-tuned model had before: put aside when a task's head takes its place, and put back to see what the body still knows.

Only a BERT's is kept: what a GPT names tokens with is its embeddings, which are part of the body.
"""

from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from torch.nn import Parameter
from transformers import PreTrainedModel

from llmviz.models import files
from llmviz.models.classes import LANGUAGE_MODELS

FILE = "old_head.safetensors"  # beside the weights of a snapshot
BIAS = "cls.predictions.bias"  # one number for each word that the head can name


def put_back(language_model: PreTrainedModel, child: PreTrainedModel) -> None:
    """Let a language model have the body of its child, the very same modules, under its own head, which is frozen.

    Its matrix over the vocabulary is the embeddings, as in pretraining.
    """
    setattr(language_model, language_model.base_model_prefix, child.base_model)
    output: Any = language_model.get_output_embeddings()
    embeddings: Any = child.get_input_embeddings().weight
    rows = len(output.weight)
    # A child may know more words than the head names: they stand behind the others.
    output.weight = embeddings if len(embeddings) == rows else Parameter(embeddings.data[:rows], requires_grad=False)
    body = {id(weight) for weight in child.base_model.parameters()}
    for weight in language_model.parameters():
        if id(weight) not in body:
            weight.requires_grad_(False)


def save(language_model: PreTrainedModel, folder: Path) -> None:
    """Keep the head without the embeddings, in fp16."""
    left = (f"{language_model.base_model_prefix}.", *language_model.all_tied_weights_keys)
    head = {name: tensor for name, tensor in language_model.state_dict().items() if not name.startswith(left)}
    if head:
        save_file({name: tensor.to("cpu", torch.float16).contiguous() for name, tensor in head.items()}, folder / FILE)


def load(folder: Path) -> PreTrainedModel:
    """The language model that a fine-tuned snapshot is once its head is put back.

    Raises ValueError, in a sentence, where the folder keeps none, or one that does not fit.
    """
    child = files.load(folder)
    if not (folder / FILE).is_file():
        raise ValueError("this run keeps no old head: it started from no pretraining, or from that of a GPT, or before heads were kept")
    try:
        head = {name: tensor.float() for name, tensor in load_file(folder / FILE).items()}
        config = type(child.config).from_dict(child.config.to_dict() | {"vocab_size": len(head[BIAS]), "tie_word_embeddings": True})
        with torch.random.fork_rng(devices=[]):
            model = LANGUAGE_MODELS[config.model_type](config)
        found = model.load_state_dict(head, strict=False)
        own = {name for name, _ in model.named_parameters() if not name.startswith(f"{model.base_model_prefix}.")}
        if found.unexpected_keys or own & set(found.missing_keys):
            raise ValueError("it is that of another model")
        put_back(model, child)
    except Exception as problem:  # safetensors has errors of its own, and torch for what does not fit
        raise ValueError(f"the old head kept in {folder.name} cannot be put back ({problem})") from problem
    model.eval()
    return model
