"""The parts of a run's description: text, model, training, objective.

Plain frozen values. Every field carries its own label, help and range, said once here; the form on the page, the options of the
command line and the validation below all read them from the field.
"""

import math
import re
from collections.abc import Iterator
from dataclasses import MISSING, Field, dataclass, field, fields
from typing import Any

from llmviz.core import texts

DIGEST = re.compile("[0-9a-f]{64}")


@dataclass(frozen=True)
class Setting:
    """What a form needs to know of one field: its label, its help, and a range, a list of choices, or for free text its most letters."""

    label: str
    help: str
    low: float = -math.inf
    high: float = math.inf
    choices: tuple[str, ...] = ()
    letters: int = 0


def setting(default: Any, label: str, help: str, *, introduced: Any = MISSING, **limits: Any) -> Any:
    """A dataclass field that knows its label, help and limits, and the value it was introduced with.

    A run's identity leaves out what is as it was `introduced`, so this value never changes. It is the first default: nothing needs to be
    said of it until the default becomes another one, and from then on it is said here. A field whose default differs from what all runs
    did before there was the field is introduced with what they did.
    """
    known = {"setting": Setting(label, help, **limits), "introduced": default if introduced is MISSING else introduced}
    return field(default=default, metadata=known)


def introduced(part: type) -> dict[str, Any]:
    """The value each field of a spec was introduced with, by its name: what a run means whose description does not name the field."""
    return {item.name: item.metadata.get("introduced", item.default) for item in fields(part)}


def settings_of(value: Any) -> Iterator[tuple[Field[Any], Setting]]:
    """The fields of a spec that a person may set, in order."""
    for item in fields(value):
        if "setting" in item.metadata:
            yield item, item.metadata["setting"]


def check(value: Any) -> None:
    """Raise ValueError, in a sentence a page can show, where a field lies outside its range or choices; numbers take the field's type."""
    for item, limits in settings_of(value):
        given = getattr(value, item.name)
        if limits.choices:
            if given not in limits.choices:
                raise ValueError(f"{limits.label}: {given!r} is not one of {', '.join(limits.choices)}")
            continue
        if limits.letters:
            if not isinstance(given, str) or len(given) > limits.letters:
                raise ValueError(f"{limits.label}: a text of at most {limits.letters:,} letters is wanted")
            continue
        if isinstance(item.default, bool):
            if not isinstance(given, bool):
                raise ValueError(f"{limits.label}: {given!r} is neither yes nor no")
            continue
        if isinstance(given, bool) or not isinstance(given, (int, float)):
            raise ValueError(f"{limits.label}: {given!r} is not a number")
        if not limits.low <= given <= limits.high:  # also refuses nan
            shown = f"{given:g}" if isinstance(given, float) else f"{given:,}" if abs(given) < 10**15 else "a number of that size"
            raise ValueError(f"{limits.label}: {shown} is outside {limits.low:g} … {limits.high:g}")
        whole = isinstance(item.default, int)
        if whole and given != int(given):
            raise ValueError(f"{limits.label}: {given} is not a whole number")
        # Equal settings are written alike, so that they are the same run: 1 and 1.0, 0.0 and -0.0.
        object.__setattr__(value, item.name, int(given) if whole else float(given) + 0.0)


@dataclass(frozen=True)
class TextSpec:
    """What is read. The digest pins the very text, so that a changed text is another run."""

    name: str = setting("tinyland", "Text", "What the model reads.", choices=tuple(texts.TEXTS))
    digest: str = ""

    def __post_init__(self) -> None:
        check(self)
        if not self.digest:
            object.__setattr__(self, "digest", texts.TEXTS[self.name].digest)
        if not isinstance(self.digest, str) or not DIGEST.fullmatch(self.digest):  # it names a folder
            raise ValueError(f"Text: the digest {self.digest!r} is not 64 hexadecimal digits")


@dataclass(frozen=True)
class Size:
    """The dimensions of a tiny transformer: number of layers, width of the hidden states, attention heads."""

    layers: int
    width: int
    heads: int

    def __str__(self) -> str:
        return f"{self.layers} layers of width {self.width} with {self.heads} heads"


SIZES = {
    "0.02M": Size(1, 32, 4),
    "0.04M": Size(1, 48, 4),
    "0.1M": Size(2, 64, 4),
    "0.3M": Size(3, 96, 6),
    "1M": Size(5, 128, 8),
    "2.7M": Size(6, 192, 6),
    "135M": Size(30, 576, 9),  # SmolLM2's
}
TRAINABLE = tuple(size for size in SIZES if size != "135M")  # here, from random weights; larger models come from elsewhere


@dataclass(frozen=True)
class ModelSpec:
    """Which transformer, and how large."""

    architecture: str = setting(
        "roformer",
        "Architecture",
        "RoFormer is BERT, and NeoX GPT, with rotary positions; bert and gpt2 have the original learnt absolute positions. "
        "t5 knows distances, and has a second stack of layers that writes.",
        choices=("roformer", "bert", "neox", "gpt2", "t5", "llama"),
    )
    size: str = setting("0.1M", "Size", "Parameters, about: without the embeddings of a large vocabulary.", choices=tuple(SIZES))

    def __post_init__(self) -> None:
        check(self)


@dataclass(frozen=True)
class TrainSpec:
    """How the weights are moved. The caps keep a run within what a laptop gives in half an hour."""

    steps: int = setting(1_600, "Steps", "Batches the model learns from, one after the other.", low=1, high=20_000)
    batch_size: int = setting(24, "Batch size", "Texts in one step.", low=1, high=128)
    context: int = setting(64, "Context", "Tokens the model reads at once; longer texts are cut.", low=8, high=128)
    optimizer: str = setting(
        "muon",
        "Optimiser",
        "Muon moves the matrices inside the blocks, AdamW all the rest; or AdamW alone.",
        choices=("muon", "adamw"),
    )
    learning_rate: float = setting(3e-3, "Learning rate (AdamW)", "For embeddings, biases and norms.", low=0.0, high=1.0)
    muon_learning_rate: float = setting(3e-2, "Learning rate (Muon)", "For the matrices inside the blocks.", low=0.0, high=1.0)
    warmup: float = setting(
        0.1,
        "Warm-up",
        "Share of the steps in which the learning rate rises; then it falls to zero.",
        low=0.0,
        high=1.0,
    )
    clip: float = setting(1.0, "Gradient clipping", "Longest gradient allowed; 0 clips nothing.", low=0.0, high=100.0)
    device: str = setting(
        "cpu",
        "Device",
        "Where the model trains. Only cpu promises the same weights each time.",
        choices=("cpu", "cuda", "mps"),
    )

    def __post_init__(self) -> None:
        check(self)


def _mask_rate(default: float) -> Any:
    return setting(
        default, "Mask rate", "Share of the tokens to guess: of these 80 % are hidden, 10 % swapped, 10 % left.", low=0.01, high=0.9
    )


@dataclass(frozen=True)
class MaskingSpec:
    """The objective of masked language modelling (BERT, section 3.1)."""

    mask_rate: float = _mask_rate(0.2)

    def __post_init__(self) -> None:
        check(self)


@dataclass(frozen=True)
class NextTokenSpec:
    """The objective of causal language modelling: the next token, at every place."""

    documents: int = setting(
        0, "Different texts", "The most it learns from, which then come again the more often; 0: all.", low=0, high=10**6
    )

    def __post_init__(self) -> None:
        check(self)


@dataclass(frozen=True)
class SpanSpec:
    """The objective of span corruption (T5, section 3.1.4)."""

    density: float = setting(0.2, "Hidden", "Share of the words that are hidden.", low=0.01, high=0.9)
    span_length: float = setting(2.0, "Span length", "Mean number of words in a hidden span.", low=1.0, high=10.0)

    def __post_init__(self) -> None:
        check(self)


METHODS = ("full", "head", "last layer", "lora")  # of fine-tuning
LORA_RANK = 8


@dataclass(frozen=True)
class LabelsSpec:
    """The objective of fine-tuning on labelled examples."""

    labels: int = setting(16, "Labels", "Labelled examples it learns from, as many of each class.", low=2, high=20_000)
    method: str = setting(
        "full",
        "Method",
        "Which weights move: all of them; the new head alone, on a frozen body; the last layer and the head; or low-rank factors beside "
        "frozen matrices (LoRA, Hu et al. 2021) and the head. What is frozen stays as it began: after a random start, random.",
        choices=METHODS,
    )
    rank: int = setting(
        LORA_RANK,
        "Rank",
        "Of LoRA's factors: a change of n × m has rank · (n + m) trained numbers. No other method has it.",
        low=1,
        high=64,
    )
    replay: float = setting(
        0.0,
        "Replay",
        "Weight of the pretraining's own loss on its texts, learnt in every step beside the labels against forgetting; 0: none.",
        low=0.0,
        high=10.0,
    )

    def __post_init__(self) -> None:
        check(self)
        if self.method != "lora":  # equal runs are described alike
            object.__setattr__(self, "rank", LORA_RANK)


@dataclass(frozen=True)
class PairsSpec:
    """The objective of next sentence prediction beside masked language modelling (BERT, section 3.1)."""

    next_sentence: bool = setting(
        True,
        "Next sentence",
        "Whether it is also asked if the second part goes on with the first. Without, it only names hidden words, in such pairs.",
    )
    mask_rate: float = _mask_rate(0.15)

    def __post_init__(self) -> None:
        check(self)
