"""Instruction tuning: next-token training goes on with requests and replies, and the loss is on the replies alone (Ouyang et al. 2022).

Data, loss, metrics, top to bottom. There is no new head. A request is read as a text's beginning, and the reply is how it goes on.
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
from llmviz.experiments.instructions import DialoguesSpec
from llmviz.models import files, masked, transfer
from llmviz.text.tinyland import dialogues
from llmviz.text.tinyland.dialogues import Dialogue, Request
from llmviz.training import replying, shifting
from llmviz.training.exercises import candidates, exercises
from llmviz.training.labelled import begun, turns
from llmviz.training.shifting import TextBatch
from llmviz.training.stage import Exercise

VALIDATION, TEST = 100, 1_000  # requests of each sort looked at while training and at the end


def build(spec: RunSpec, parent: Path | None) -> "Instructions":
    """The stage of this spec, on the parent's weights or on random ones."""
    tokenizer = replying.tokenizer_of(spec)
    model = transfer.with_more_words(begun(spec, parent, tokenizer.get_vocab_size()), tokenizer.get_vocab_size(), spec.seed)
    return Instructions(spec, tokenizer, masked.moved(model, spec.train.device), transfer.report(parent, model))


class Instructions:
    """A model that learns to reply."""

    def __init__(self, spec: RunSpec, tokenizer: Tokenizer, model: PreTrainedModel, origin: transfer.Transfer) -> None:
        self.spec, self.tokenizer, self.model, self.origin = spec, tokenizer, model, origin
        self.objective: DialoguesSpec = spec.objective
        self.learnt = tuple(dialogues.learnt(spec.seed, self.objective.dialogues))
        self._read = [replying.whole(tokenizer, dialogue.request.text, dialogue.reply) for dialogue in self.learnt]
        self._validation = self._held_out("validation", VALIDATION)
        self.references: Mapping[str, float] = {"random_guess": math.log(tokenizer.get_vocab_size())}

    # Data

    def batch(self, step: int) -> TextBatch:
        """The dialogues whose turn it is in this step: all come equally often, in another order each time through."""
        places = list(turns(len(self._read), self.spec.train.batch_size, self.spec.seed, step))
        return shifting.tensors(self.model, *replying.masked([self._read[place] for place in places]))

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
        """Each dialogue; its targets are the tokens of the reply."""
        return exercises(batch.input_ids, batch.labels, self.choices)

    # Metrics

    def evaluate(self) -> dict[str, float]:
        """The share of validation requests followed, and the loss on replies to them."""
        return self._measure(self._validation)

    def test(self) -> dict[str, float]:
        """The same for test requests."""
        return self._measure(self._held_out("test", TEST))

    def _held_out(self, split: dialogues.HeldOut, count: int) -> dict[str, tuple[Dialogue, ...]]:
        """Requests by the metric that asks them: about unseen subjects, in an unseen wording too, and of an unseen kind."""
        random = Random(f"requests {split}")
        return {
            "followed": tuple(dialogues.told(dialogues.LEARNT, split, count, random)),
            "followed_wording": tuple(dialogues.told(dialogues.LEARNT, split, count, random, unseen_wording=True)),
            "followed_kind": tuple(dialogues.told(dialogues.HELD_KINDS, split, count, random)),
        }

    def _measure(self, asked: Mapping[str, Sequence[Dialogue]]) -> dict[str, float]:
        read = [replying.whole(self.tokenizer, each.request.text, each.reply) for each in asked["followed"]]
        replies = shifting.measured(self.model, [replying.masked(read)])
        return {name: self._followed([each.request for each in told]) for name, told in asked.items()} | {"loss": replies["loss"]}

    def _followed(self, requests: Sequence[Request]) -> float:
        said = replying.replies(self.model, self.tokenizer, [request.text for request in requests])
        return sum(map(dialogues.follows, requests, said)) / len(requests)

    def save(self, folder: Path) -> None:
        """Write the model and its tokenizer so that `from_pretrained` reads them, and beside them what became of the parent's tensors."""
        files.save(self.model, self.tokenizer, folder)
        transfer.write(self.origin, folder)
