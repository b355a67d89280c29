"""A tiny on-policy stage, for tests alone: a transformer of 3,600 parameters writes four words, no or yes, and is paid for alternating.

REINFORCE with a leash: the gradient of log p(text) times how much better than usual the text is paid, less what it costs to move away from
the model it began as. Of sixteen texts reward and divergence are worked out exactly, so that an evaluation draws nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
import torch
from tokenizers import Tokenizer
from transformers import GPT2Config, GPT2LMHeadModel, PreTrainedModel

from llmviz.core.experiment import PRETRAINING, START, Experiment, FirstStep, Metric
from llmviz.core.lesson import Lesson
from llmviz.core.settings import NextTokenSpec, TrainSpec
from llmviz.core.spec import RunSpec
from llmviz.models import files
from llmviz.runs.worker import Real
from llmviz.text.special import CLS
from llmviz.text.tokenizers import word_level
from llmviz.training.stage import Exercise
from tests.listed import listed

TITLE, NAME = "Two words", "two_words"
WORDS, LENGTH = ("no", "yes"), 4  # in the order of the vocabulary
EPOCHS, BATCHES = 3, 2  # inner epochs over one rollout, and the batches in each
LEASH = 0.01  # points one nat away from the start costs
MEMORY = 0.8  # of the usual reward, from one rollout to the next
BEST = 1.0
ENTRY = Experiment(
    name=NAME,
    title=TITLE,
    lesson=Lesson(NAME, TITLE, (7,)),
    short="Two words",
    family="GPT",
    exercise="says no and yes in turn",
    phase=PRETRAINING,
    module="tests.two_words",
    recipe=1,
    inputs=MappingProxyType({START: (None,)}),
    architectures=("gpt2",),
    texts=("tinyland",),
    objective=NextTokenSpec(),
    metrics=(
        Metric("reward", "reward of a text", "points", "Share of its places that hold no, yes, no, yes.", bound="best_reward"),
        Metric("kl", "divergence from the start", "nats", "How far the model has moved from where it began."),
    ),
    recipes=MappingProxyType({"tinyland": TrainSpec(steps=90, batch_size=64, optimizer="adamw", learning_rate=6e-3)}),
    first_step=FirstStep("Write", "The model writes a text of its own."),
    notes="It is paid for saying no and yes in turn.",
)


PAID = replace(ENTRY, name="paid_words", inputs=MappingProxyType({START: (NAME,), "reward": (NAME,)}))


def registered(patch: pytest.MonkeyPatch, entry: Experiment = ENTRY) -> None:
    """The experiment in the catalogue, until the test ends."""
    listed(patch, entry)


def spec(**train: Any) -> RunSpec:
    """A run of it; the stage has to be in the catalogue."""
    given = RunSpec(NAME)
    return replace(given, train=replace(given.train, **train))


def build(spec: RunSpec, parent: Path | None, reward: Path | None = None) -> "TwoWords":
    """The stage at its start, paid by what plays the reward where something does."""
    return TwoWords(spec, parent, reward)


class Workshop(Real):
    """That of the worker program, which knows this stage, too."""

    def warm(self, role: str) -> None:
        """Put the stages into the catalogue of this process, for good."""
        registered(pytest.MonkeyPatch())
        registered(pytest.MonkeyPatch(), PAID)


@dataclass(frozen=True)
class Written:
    """Texts the model wrote: their words (text, place), how probable each was when written, and how much better than usual each is."""

    words: torch.Tensor
    log_p: torch.Tensor
    advantage: torch.Tensor

    @property
    def tokens(self) -> int:
        """Tokens read: one stands before the first word, none is read after the last."""
        return self.words.numel()


def rewards(words: torch.Tensor) -> torch.Tensor:
    """Of each text the share of its places that hold no, yes, no, yes: (text, place) → (text)."""
    return (words == torch.arange(LENGTH) % 2).float().mean(-1)


class TwoWords:
    """A model that learns from what it writes."""

    references: Mapping[str, float] = MappingProxyType({"best_reward": BEST})
    choices: Sequence[str] = WORDS
    updates_per_rollout = EPOCHS * BATCHES

    def __init__(self, spec: RunSpec, parent: Path | None = None, reward: Path | None = None) -> None:
        self.spec, self.parent = spec, parent
        self.tokenizer: Tokenizer = word_level(list(WORDS))
        self._first = self.tokenizer.get_vocab()[WORDS[0]]
        self.taste = files.load(reward).state_dict()["transformer.wte.weight"][self._first :, 0] if reward else None  # of no and of yes
        self.model = self._start()
        self._reference = self._start()
        self.usual = 0.5  # what random words are paid
        self.written: Written | None = None

    def _start(self) -> PreTrainedModel:
        """The model every run of this seed and this start begins as."""
        if self.parent:
            return files.load(self.parent)
        size: dict[str, Any] = {
            "n_embd": 16,
            "n_layer": 1,
            "n_head": 2,
            "n_positions": LENGTH,
            "vocab_size": self.tokenizer.get_vocab_size(),
        }
        none: dict[str, Any] = {"resid_pdrop": 0.0, "embd_pdrop": 0.0, "attn_pdrop": 0.0}
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(self.spec.seed)
            return GPT2LMHeadModel(GPT2Config(**size, **none, pad_token_id=0, bos_token_id=CLS, eos_token_id=CLS))

    # Data

    @torch.no_grad()
    def rollout(self, step: int) -> None:
        """Write texts, word by word."""
        draw = torch.Generator().manual_seed(1_000_003 * self.spec.seed + step)
        words = torch.zeros(BATCHES * self.spec.train.batch_size, 0, dtype=torch.long)
        for _ in range(LENGTH):
            chances = self._log_p(self.model, words)[:, -1].exp()
            words = torch.cat([words, torch.multinomial(chances, 1, generator=draw)], 1)
        paid = self._paid(words)
        self.usual = MEMORY * self.usual + (1 - MEMORY) * paid.mean().item()
        self.written = Written(words, self._of(self.model, words), paid - self.usual)

    def _paid(self, words: torch.Tensor) -> torch.Tensor:
        """Of each text what it is paid: for alternating, or for the words that a reward likes."""
        return rewards(words) if self.taste is None else self.taste[words].mean(-1)

    def batch(self, step: int) -> Written:
        """Some of the texts at hand: all come once in each inner epoch, in another order each time."""
        assert self.written
        epoch, place = divmod(step - 1, BATCHES)
        order = torch.randperm(len(self.written.words), generator=torch.Generator().manual_seed(1_000_003 * self.spec.seed + epoch))
        mine = order.chunk(BATCHES)[place]
        return Written(self.written.words[mine], self.written.log_p[mine], self.written.advantage[mine])

    def state(self) -> Mapping[str, torch.Tensor | float]:
        """The texts at hand, and the usual reward."""
        texts = {name: getattr(self.written, name) for name in ("words", "log_p", "advantage")} if self.written else {}
        return {"usual": self.usual, **texts}

    def load_state(self, state: Mapping[str, Any]) -> None:
        """As `state` gave it."""
        self.usual = state["usual"]
        self.written = Written(state["words"], state["log_p"], state["advantage"]) if "words" in state else None

    # Loss

    def loss(self, batch: Written) -> torch.Tensor:
        """Less than nothing where better texts than usual grow more probable, and more where the model leaves its start."""
        now = self._of(self.model, batch.words)
        ratio = (now - batch.log_p).sum(-1).exp()  # the texts were written by an earlier model
        return LEASH * self._divergence(batch.words).mean() - (ratio * batch.advantage).mean()

    def _divergence(self, words: torch.Tensor) -> torch.Tensor:
        """KL(model ‖ start) of what follows each beginning, summed over the places: (text)."""
        ours = self._log_p(self.model, words[:, :-1])
        with torch.no_grad():
            theirs = self._log_p(self._reference, words[:, :-1])
        return (ours.exp() * (ours - theirs)).sum((-1, -2))

    def _log_p(self, model: PreTrainedModel, words: torch.Tensor) -> torch.Tensor:
        """Of both words, after no word and after each: (text, place + 1, word)."""
        ids = torch.cat([torch.full((len(words), 1), CLS), words + self._first], 1)
        logits: torch.Tensor = model(input_ids=ids).logits
        return logits[:, :, self._first : self._first + len(WORDS)].log_softmax(-1)

    def _of(self, model: PreTrainedModel, words: torch.Tensor) -> torch.Tensor:
        """Of the words that were written: (text, place)."""
        return self._log_p(model, words[:, :-1]).gather(-1, words[..., None])[..., 0]

    # What a person sees of a batch

    def guess(self, batch: Written) -> tuple[torch.Tensor, torch.Tensor]:
        """At every place both words, and which was written."""
        return self._log_p(self.model, batch.words[:, :-1]).flatten(0, 1), batch.words.flatten()

    def exercises(self, batch: Written) -> list[Exercise]:
        """Each text; a word is asked for where the one before it is read."""
        texts = [["[CLS]", *(WORDS[word] for word in text[:-1])] for text in batch.words.tolist()]
        return [Exercise(tuple(text), tuple(range(LENGTH)), range(LENGTH * row, LENGTH * (row + 1))) for row, text in enumerate(texts)]

    # Metrics

    @torch.no_grad()
    def evaluate(self) -> dict[str, float]:
        """The mean over all sixteen texts."""
        words = torch.tensor(list(product(range(len(WORDS)), repeat=LENGTH)))
        ours, theirs = (self._of(model, words).sum(-1) for model in (self.model, self._reference))
        return {"reward": float((ours.exp() * self._paid(words)).sum()), "kl": float((ours.exp() * (ours - theirs)).sum())}

    def test(self) -> dict[str, float]:
        """The same, beside what bounds it."""
        return self.evaluate() | dict(self.references)

    def save(self, folder: Path) -> None:
        """Write the model and its tokenizer."""
        files.save(self.model, self.tokenizer, folder)
