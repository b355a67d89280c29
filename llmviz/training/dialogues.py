"""A language model that learns to reply: shared by all that are fine-tuned on requests and replies.

There is no new head. A request is read as a text's beginning, and the reply is how it goes on; the loss is on the reply alone.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer
from torch.nn.functional import cross_entropy

from llmviz.core.spec import RunSpec
from llmviz.models import files, masked, transfer
from llmviz.text.tinyland.dialogues import Dialogue
from llmviz.training import replying, shifting
from llmviz.training.exercises import candidates, exercises
from llmviz.training.labelled import begun, turns
from llmviz.training.shifting import TextBatch
from llmviz.training.stage import Exercise


class Replying:
    """A model that learns these dialogues: the parent's weights or random ones, with embeddings for all words of the tokenizer."""

    def __init__(self, spec: RunSpec, parent: Path | None, tokenizer: Tokenizer, learnt: Iterable[Dialogue]) -> None:
        self.spec, self.tokenizer, self.learnt = spec, tokenizer, tuple(learnt)
        self.objective: Any = spec.objective
        size = tokenizer.get_vocab_size()
        self.model = masked.moved(transfer.with_more_words(begun(spec, parent, size), size, spec.seed), spec.train.device)
        self.origin = transfer.report(parent, self.model)
        self._read = [replying.whole(tokenizer, dialogue.request.text, dialogue.reply) for dialogue in self.learnt]
        self.references: Mapping[str, float] = {"random_guess": math.log(size)}

    # Data

    def batch(self, step: int) -> TextBatch:
        """The dialogues whose turn it is in this step: all come equally often, in another order each time through."""
        places = turns(len(self._read), self.spec.train.batch_size, self.spec.seed, step)
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

    def replies(self, requests: Sequence[str]) -> list[str]:
        """What it replies to each, by the likeliest token each time."""
        return replying.replies(self.model, self.tokenizer, requests)

    def reply_loss(self, told: Sequence[Dialogue]) -> float:
        """The loss on the replies of these dialogues, in nats a token."""
        read = [replying.whole(self.tokenizer, dialogue.request.text, dialogue.reply) for dialogue in told]
        return shifting.measured(self.model, [replying.masked(read)])["loss"]

    def save(self, folder: Path) -> None:
        """Write the model and its tokenizer so that `from_pretrained` reads them, and beside them what became of the parent's tensors."""
        files.save(self.model, self.tokenizer, folder)
        transfer.write(self.origin, folder)
