"""A policy: a model that learns from replies it has drawn itself, and that a reward model judged. What PPO and GRPO have in common."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from random import Random

import numpy as np
import torch
from transformers import PreTrainedModel

from llmviz.core.feedback import REWARD_ROLE, LeashSpec
from llmviz.core.spec import RunSpec
from llmviz.models import files, masked, rewarding, transfer
from llmviz.text.tinyland.dialogues import Request
from llmviz.training import alignment, replying
from llmviz.training.alignment import Helper, Replies, Trial
from llmviz.training.exercises import candidates
from llmviz.training.feedback import open_requests
from llmviz.training.labelled import begun
from llmviz.training.stage import Exercise


class Policy:
    """The model that is to be aligned, the one it began as, and the one that judges.

    `remembered` is what the next updates learn from: the replies, and of each token the log-probability it was drawn with and that under
    the model it began as; of each reply its reward.
    """

    def __init__(self, spec: RunSpec, parent: Path | None, reward: Path) -> None:
        self.spec = spec
        self.objective: LeashSpec = spec.objective
        self.tokenizer = replying.tokenizer_of(spec)
        self.model = masked.moved(begun(spec, parent, self.tokenizer.get_vocab_size()), spec.train.device)
        self.reference = masked.moved(begun(spec, parent, self.tokenizer.get_vocab_size()), spec.train.device).requires_grad_(False)
        self.reward = masked.moved(rewarding.load(reward, self.model), spec.train.device)
        judged = spec.inputs[REWARD_ROLE]
        self.style: str = judged.objective.hidden_taste if isinstance(judged, RunSpec) else ""
        self.origin = transfer.report(parent, self.model)
        self.remembered: dict[str, torch.Tensor] = {}
        self.references: Mapping[str, float] = {}

    # Rollout

    def requests(self, step: int, count: int) -> list[Request]:
        """The requests of this rollout: a function of the seed and the step."""
        return open_requests("train", count, Random(f"rollout {self.spec.seed} {step}"))

    def draw(self, requests: Sequence[Request], step: int) -> Replies:
        """Draw a reply to each, and remember it with its log-probabilities and its reward."""
        generator = torch.Generator(self.model.device).manual_seed(int(np.random.default_rng((self.spec.seed, step)).integers(2**63)))
        replies = self._helper(self.model).draw(requests, generator)
        with torch.no_grad():
            self.remembered = {
                "input_ids": replies.input_ids,
                "labels": replies.labels,
                "drawn_with": alignment.log_probabilities(self.model, replies),
                "reference": alignment.log_probabilities(self.reference, replies),
                "rewards": alignment.rewarded(self.reward, replies),
            }
        return replies

    def batch(self, step: int) -> Replies:
        """All replies of the rollout."""
        return Replies(self.remembered["input_ids"], self.remembered["labels"])

    def state(self) -> Mapping[str, torch.Tensor | float]:
        """The rollout."""
        return dict(self.remembered)

    def load_state(self, state: Mapping[str, torch.Tensor | float]) -> None:
        """Remember a rollout, in memory of its own: in that of a file numbers lie at odd places, and products there round otherwise."""
        self.remembered = {name: torch.as_tensor(value).to(self.model.device).clone() for name, value in state.items()}

    # What a person sees of a batch

    def guess(self, batch: Replies) -> tuple[torch.Tensor, torch.Tensor]:
        """Logits at the tokens of the replies, and the tokens that were drawn: (targets, vocabulary), (targets)."""
        return alignment.logits(self.model, batch), alignment.targets(batch)

    @property
    def choices(self) -> Sequence[str]:
        """The vocabulary, spelt."""
        return self._words

    def exercises(self, batch: Replies) -> list[Exercise]:
        """Each request with its reply; the targets are the reply's tokens."""
        return batch.exercises(self._words)

    @cached_property
    def _words(self) -> tuple[str, ...]:
        return candidates(self.tokenizer)

    def _helper(self, model: PreTrainedModel) -> Helper:
        return Helper(model, self.tokenizer, self._words)

    # Metrics

    @cached_property
    def _validation(self) -> Trial:
        return Trial.of(self._helper(self.reference), "validation", alignment.VALIDATION)

    def evaluate(self) -> dict[str, float]:
        """How its replies to validation requests fare beside those of the model it began as."""
        return self._measure(self._validation)

    def test(self) -> dict[str, float]:
        """The same for test requests."""
        return self._measure(Trial.of(self._helper(self.reference), "test", alignment.TEST))

    def _measure(self, trial: Trial) -> dict[str, float]:
        figures, replies = trial.measured(self._helper(self.model), self.reference, self.style)
        return figures | {"reward": alignment.rewarded(self.reward, replies).mean().item()}

    def save(self, folder: Path) -> None:
        """Write the model and its tokenizer so that `from_pretrained` reads them, and beside them what became of the parent's tensors."""
        files.save(self.model, self.tokenizer, folder)
        transfer.write(self.origin, folder)
