"""What all fine-tuning on labelled examples has in common: its model, which weights of it move, and whose turn it is in a step."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer
from transformers import PreTrainedModel

from llmviz.core.experiment import GPTS
from llmviz.core.settings import LabelsSpec
from llmviz.core.spec import RunSpec
from llmviz.models import causal, files, masked, methods, transfer
from llmviz.text.tokenizers import load_tokenizer
from llmviz.training.texts import tokenizer_of


def classifier(spec: RunSpec, parent: Path | None, vocabulary: int, classes: Sequence[str]) -> tuple[PreTrainedModel, transfer.Transfer]:
    """A new head for these classes on what the run starts from, ready for the method it is trained by; and what it took from its parent.

    Raises ValueError, in a sentence, where there is no such start, or the method does not suit the model.
    """
    start = begun(spec, parent, vocabulary)
    if spec.foreign:
        start.config.max_position_embeddings = spec.train.context  # it could read on; so long a text would take minutes
    model = transfer.classifier(start, classes)
    origin = transfer.report(parent, model)
    settings = spec.objective if isinstance(spec.objective, LabelsSpec) else LabelsSpec()  # others know one method: all weights move
    prepared = methods.prepared(model, settings.method, settings.rank, spec.seed)
    return masked.moved(prepared, spec.train.device), origin


def tokenizer(spec: RunSpec, parent: Path | None) -> Tokenizer:
    """How the run reads: as its lineage began, or as the checkpoint from elsewhere does."""
    return load_tokenizer(parent / "tokenizer.json") if parent and spec.foreign else tokenizer_of(spec)


def begun(spec: RunSpec, parent: Path | None, vocabulary: int) -> PreTrainedModel:
    """The language model this run starts from: that of the parent's folder, or the random one its architecture begins with.

    Raises ValueError, in a sentence, where the parent reads fewer tokens at once than the run is to.
    """
    if parent is None:
        random = causal.random_start if spec.model.architecture in GPTS else masked.random_start
        return random(spec.model, vocabulary, spec.train.context, spec.seed)
    start = files.load(parent)
    reads = start.config.max_position_embeddings
    if spec.train.context > reads:
        raise ValueError(f"Context: the model it starts from reads {reads} tokens")
    return start


def turns(count: int, size: int, seed: int, step: int) -> Iterator[int]:
    """The places of the examples, of so many, whose turn it is in this step: all come equally often, in another order each epoch."""
    size = min(size, count)
    orders: dict[int, list[int]] = {}
    for turn in range((step - 1) * size, step * size):
        epoch, index = divmod(turn, count)
        if epoch not in orders:
            orders[epoch] = np.random.default_rng((seed, epoch)).permutation(count).tolist()
        yield orders[epoch][index]
