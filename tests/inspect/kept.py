"""Tiny snapshots of every kind of model, with random weights, made once for the tests of inspection."""

from pathlib import Path

from transformers import GPT2Config, GPT2ForSequenceClassification, PreTrainedModel

from llmviz.core.settings import ModelSpec
from llmviz.models import causal, files, masked
from llmviz.text.special import PAD
from llmviz.text.tinyland.corpus import words
from llmviz.text.tokenizers import word_level
from tests.checkpoints import llama
from tests.small import shaken

CONTEXT = 48
KINDS = ("roformer", "bert", "neox", "gpt2", "predictions")
CAUSAL = ("neox", "gpt2", "predictions")
Folders = dict[int, Path]


def keep(kind: str, run: Path, steps: tuple[int, ...]) -> Folders:
    """Snapshots after these steps, each with other weights; "predictions" is a GPT-2 with a classification head."""
    tokenizer = word_level(words())
    folders = {step: run / "snapshots" / str(step) for step in steps}
    for step, folder in folders.items():
        files.save(shaken(_model(kind, tokenizer.get_vocab_size(), step), seed=step), tokenizer, folder)
    return folders


def keep_llama(run: Path) -> Path:
    """The snapshot of a tiny Llama, two of whose heads share their keys and values, with random weights; no run is one."""
    tokenizer, folder = word_level(words()), run / "snapshots" / "0"
    files.save(llama(tokenizer, tie_word_embeddings=True), tokenizer, folder)
    return folder


def _model(kind: str, vocabulary: int, seed: int) -> PreTrainedModel:
    if kind == "predictions":
        config = GPT2Config(vocab_size=vocabulary, n_positions=CONTEXT, n_embd=32, n_layer=2, n_head=2, pad_token_id=PAD)
        return GPT2ForSequenceClassification(config)
    make = causal.random_start if kind in CAUSAL else masked.random_start
    return make(ModelSpec(kind), vocabulary, CONTEXT, seed)
