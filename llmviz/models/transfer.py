"""From a pretrained model to one for a task: which tensors are copied, which are new, which stay behind; hashes prove it.

The body is the parent's to the last bit. The head that named words has nothing to say about predictions and gives way to a new one.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from transformers import PreTrainedModel
from transformers.initialization import no_init_weights

from llmviz.models import files
from llmviz.models.classes import MODELS

ENDS = ("start", "end")  # of an answer, in the order of the head's outputs, as in transformers
FILE = "transfer.json"  # beside the weights of a snapshot
CLASSIFIERS = {
    "RoFormerForMaskedLM": "RoFormerForTokenClassification",
    "BertForMaskedLM": "BertForTokenClassification",
    "GPTNeoXForCausalLM": "GPTNeoXForSequenceClassification",
    "GPT2LMHeadModel": "GPT2ForSequenceClassification",
    "LlamaForCausalLM": "LlamaForSequenceClassification",
}
READERS = {
    "RoFormerForMaskedLM": "RoFormerForQuestionAnswering",
    "BertForMaskedLM": "BertForQuestionAnswering",
}


@dataclass(frozen=True)
class Tensor:
    """One tensor by its name: its shape, and the SHA-256 of its float32 bytes."""

    name: str
    shape: tuple[int, ...]
    sha256: str


@dataclass(frozen=True)
class Transfer:
    """What became of every tensor when a model for a task was made, each list in the order of its network.

    `copied` tensors have one hash in both; `new` ones the child alone has, `left` ones the parent alone. Of an `extended` one, with more
    rows than the parent's, the hash is that of the parent's rows, which come first; the shape is the child's. A tensor tied to another
    counts once. Without a parent, its name is "" and all is new.
    """

    parent: str
    child: str
    copied: tuple[Tensor, ...]
    new: tuple[Tensor, ...]
    left: tuple[Tensor, ...]
    extended: tuple[Tensor, ...] = ()


def classifier(start: PreTrainedModel, classes: Sequence[str]) -> PreTrainedModel:
    """A classifier with the body of `start`, pretrained or random, and a new head for these classes that begins at zero.

    A random head would send random gradients into the body before it has learnt anything: from 16 labels that costs ten points and more.

    It takes the tensors of `start`, which is not to be used any more. Raises ValueError for one that is neither a masked nor a causal
    language model.
    """
    kind = type(start).__name__
    if kind not in CLASSIFIERS:
        raise ValueError(f"a classifier starts from a language model, not from a {kind}")
    config = type(start.config).from_dict(start.config.to_dict())
    config.id2label = dict(enumerate(classes))
    config.label2id = {name: place for place, name in enumerate(classes)}
    return _with_new_head(start, CLASSIFIERS[kind], config)


def reader(start: PreTrainedModel, vocabulary: int, seed: int) -> PreTrainedModel:
    """A model that points at the start and the end of an answer: the body of `start`, and a new head of two outputs that begins at zero.

    Where the vocabulary has grown, the new words' embeddings stand behind the old and are drawn by the seed, as all embeddings once were.

    It takes the tensors of `start`. Raises ValueError for one that is no masked language model.
    """
    kind = type(start).__name__
    if kind not in READERS:
        raise ValueError(f"a model that finds answers starts from a masked language model, not from a {kind}")
    config = type(start.config).from_dict(start.config.to_dict())
    config.vocab_size, config.num_labels = vocabulary, len(ENDS)
    return _with_new_head(start, READERS[kind], config, seed)


@torch.no_grad()
def with_more_words(start: PreTrainedModel, vocabulary: int, seed: int) -> PreTrainedModel:
    """A language model with all that `start` has, and embeddings of more words behind the old, drawn by the seed as wide as those."""
    config = type(start.config).from_dict(start.config.to_dict() | {"vocab_size": vocabulary})
    with torch.random.fork_rng(devices=[]):
        model: PreTrainedModel = type(start)(config)
    old: torch.Tensor = start.get_input_embeddings().get_parameter("weight")
    more = torch.empty(vocabulary - len(old), old.shape[1]).normal_(0.0, float(old.std()), generator=torch.Generator().manual_seed(seed))
    grown = {name: torch.cat([tensor, more]) if len(tensor) == len(old) else tensor for name, tensor in start.state_dict().items()}
    model.load_state_dict(grown)
    return model


def _with_new_head(start: PreTrainedModel, kind: str, config: Any, seed: int = 0) -> PreTrainedModel:
    """A model of this kind with all that `start` has of it; tensors with more rows keep theirs first, and what else is new is zero."""
    config.tie_word_embeddings = False  # there is no output over the vocabulary left to tie
    with no_init_weights():
        model: PreTrainedModel = MODELS[kind](config)
    given, draw, body = start.state_dict(), torch.Generator().manual_seed(seed), dict[str, torch.Tensor]()
    for name, tensor in model.state_dict().items():
        old = given.get(name, torch.zeros_like(tensor))
        more = torch.empty(len(tensor) - len(old), *old.shape[1:]).normal_(0.0, config.initializer_range, generator=draw)
        body[name] = torch.cat([old, more]) if len(more) else old
    model.load_state_dict(body, assign=True)  # the very tensors: a large model is not twice in memory
    return model


def report(parent: Path | None, child: PreTrainedModel) -> Transfer:
    """What a fresh model for a task has of the snapshot in this folder, by comparing every byte.

    Raises ValueError where the folder holds no weights that can be read, or a tensor of the same name holds other numbers.
    """
    weights = {name: weight for name, weight in child.state_dict().items() if name not in child.all_tied_weights_keys}
    ours = _hashed(weights)
    if parent is None:
        return Transfer("", type(child).__name__, (), tuple(ours.values()), ())
    try:
        theirs = _hashed(files.tensors(parent))
        kind = json.loads((parent / "config.json").read_text(encoding="utf-8"))["architectures"][0]
    except (OSError, ValueError, KeyError, TypeError, IndexError, SafetensorError) as problem:
        raise ValueError(f"there is no model in {parent.name} that can be read ({type(problem).__name__})") from problem
    longer = {name for name, tensor in ours.items() if name in theirs and tensor.shape[:1] > theirs[name].shape[:1]}
    begun = _hashed({name: weights[name][: theirs[name].shape[0]] for name in longer})
    for name in ours.keys() & theirs.keys():
        if begun.get(name, ours[name]) != theirs[name]:
            raise ValueError(f"{name} is not what the parent's snapshot holds")
    return Transfer(
        kind,
        type(child).__name__,
        copied=tuple(tensor for name, tensor in ours.items() if name in theirs and name not in longer),
        new=tuple(tensor for name, tensor in ours.items() if name not in theirs),
        left=tuple(tensor for name, tensor in theirs.items() if name not in ours),
        extended=tuple(Tensor(name, tensor.shape, begun[name].sha256) for name, tensor in ours.items() if name in longer),
    )


def write(transfer: Transfer, folder: Path) -> None:
    """Keep the report beside a snapshot's weights."""
    (folder / FILE).write_text(json.dumps(asdict(transfer), indent=1), encoding="utf-8")


def read(folder: Path) -> Transfer:
    """The report that `write` kept. Raises ValueError, in a sentence, where there is none or it is damaged."""
    try:
        kept = json.loads((folder / FILE).read_text(encoding="utf-8"))
        lists = {
            part: tuple(Tensor(str(one["name"]), tuple(map(int, one["shape"])), str(one["sha256"])) for one in kept.get(part, nothing))
            for part, nothing in (("copied", None), ("new", None), ("left", None), ("extended", ()))  # older reports know no extended ones
        }
        return Transfer(str(kept["parent"]), str(kept["child"]), **lists)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as problem:
        raise ValueError(f"the snapshot {folder.name} does not say what it took from its parent") from problem


def _hashed(weights: Mapping[str, torch.Tensor]) -> dict[str, Tensor]:
    found = {}
    for name, weight in weights.items():
        numbers = weight.detach().to("cpu", torch.float32).contiguous().numpy()
        found[name] = Tensor(name, tuple(numbers.shape), hashlib.sha256(numbers.tobytes()).hexdigest())
    return found
