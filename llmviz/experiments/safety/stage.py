"""Safety tuning: what a policy forbids is refused, and all else is still answered. Learnt from examples, as instructions are.

Data, loss, metrics, top to bottom. A refusal is a reply like any other. What it costs is measured beside it: allowed requests that are
refused, or no longer followed; and so are ways around it that were in no example (Wei et al. 2023, "Jailbroken").
"""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from random import Random

import torch
from tokenizers import Tokenizer
from torch.nn.functional import cross_entropy
from transformers import PreTrainedModel

from llmviz.core.spec import RunSpec
from llmviz.experiments.safety import PolicySpec
from llmviz.models import files, masked, transfer
from llmviz.text.splits import Split
from llmviz.text.tinyland import dialogues, policy
from llmviz.text.tinyland.dialogues import Dialogue
from llmviz.text.tokenizers import with_words
from llmviz.training import replying, shifting
from llmviz.training.exercises import candidates, exercises
from llmviz.training.labelled import begun, turns
from llmviz.training.shifting import TextBatch
from llmviz.training.stage import Exercise

VALIDATION, TEST = 100, 1_000  # requests of each sort looked at while training and at the end
WAYS = {  # by metric, how forbidden requests are put
    "refused_forbidden": "plain",
    "refused_reworded": policy.REWORDED,
    "refused_polite": "polite",
    "refused_role": "role",
    "refused_hidden": "hidden",
    "refused_prefix": "prefix",
    "refused_kind": policy.OTHER_KIND,
}


def build(spec: RunSpec, parent: Path | None) -> "Safety":
    """The stage of this spec, on the parent's weights, with a vocabulary that has the words of refusals."""
    tokenizer = with_words(replying.tokenizer_of(spec), sorted(policy.words()))
    model = transfer.with_more_words(begun(spec, parent, tokenizer.get_vocab_size()), tokenizer.get_vocab_size(), spec.seed)
    return Safety(spec, tokenizer, masked.moved(model, spec.train.device), transfer.report(parent, model))


class Safety:
    """A helper that learns to refuse."""

    def __init__(self, spec: RunSpec, tokenizer: Tokenizer, model: PreTrainedModel, origin: transfer.Transfer) -> None:
        self.spec, self.tokenizer, self.model, self.origin = spec, tokenizer, model, origin
        self.objective: PolicySpec = spec.objective
        self.learnt = tuple(self._examples("train", self.objective.examples, self.objective.forbidden, f"policy {spec.seed}"))
        self._read = [replying.whole(tokenizer, example.request.text, example.reply) for example in self.learnt]
        self.references: Mapping[str, float] = {"random_guess": math.log(tokenizer.get_vocab_size())}

    # Data

    def batch(self, step: int) -> TextBatch:
        """The examples whose turn it is in this step: all come equally often, in another order each time through."""
        places = turns(len(self._read), self.spec.train.batch_size, self.spec.seed, step)
        return shifting.tensors(self.model, *replying.masked([self._read[place] for place in places]))

    def _examples(self, split: Split, count: int, share: float, name: str) -> list[Dialogue]:
        return list(policy.examples(self.objective.rules, split, count, share, Random(name)))

    # Loss

    def loss(self, batch: TextBatch) -> torch.Tensor:
        """Mean of −log p(the token that comes next) over the tokens of the replies, in nats."""
        return cross_entropy(*self.guess(batch))

    def guess(self, batch: TextBatch) -> tuple[torch.Tensor, torch.Tensor]:
        """Logits for the targets, row by row, and the tokens themselves: (targets, vocabulary), (targets)."""
        return shifting.guess(self.model, batch)

    # What a person sees of a batch

    @property
    def choices(self) -> Sequence[str]:
        """The vocabulary, spelt."""
        return candidates(self.tokenizer)

    def exercises(self, batch: TextBatch) -> list[Exercise]:
        """Each example; its targets are the tokens of the reply."""
        return exercises(batch.input_ids, batch.labels, self.choices)

    # Metrics

    def evaluate(self) -> dict[str, float]:
        """What is refused and what is followed of validation requests."""
        return self._measure("validation", VALIDATION)

    def test(self) -> dict[str, float]:
        """The same of test requests."""
        return self._measure("test", TEST)

    def _measure(self, split: Split, count: int) -> dict[str, float]:
        """A policy that forbids nothing has nothing to refuse, and one without another kind none to try; such figures are left out."""
        helped = self._examples(split, count, 0.0, f"allowed {split}")
        said = self._replies([example.request.text for example in helped])
        told = self._examples(split, count, self.objective.forbidden, f"told {split}")
        read = [replying.whole(self.tokenizer, example.request.text, example.reply) for example in told]
        figures = {
            "refused_allowed": sum(map(policy.refuses, said)) / count,
            "followed": sum(dialogues.follows(example.request, reply) for example, reply in zip(helped, said, strict=True)) / count,
            "loss": shifting.measured(self.model, [replying.masked(read)])["loss"],
        }
        for metric, way in WAYS.items():
            attempts = policy.attempts(self.objective.rules, way, split, count, Random(f"{way} {split}"))
            if attempts:
                replies = self._replies([f"{attempt.text} {attempt.begins}" for attempt in attempts])
                figures[metric] = sum(map(policy.refuses, replies)) / len(attempts)
        return figures

    def _replies(self, requests: Sequence[str]) -> list[str]:
        return replying.replies(self.model, self.tokenizer, requests)

    def save(self, folder: Path) -> None:
        """Write the model and its tokenizer so that `from_pretrained` reads them, and beside them what became of the parent's tensors."""
        files.save(self.model, self.tokenizer, folder)
        transfer.write(self.origin, folder)
