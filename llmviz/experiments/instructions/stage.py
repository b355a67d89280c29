"""Instruction tuning: next-token training goes on with requests and replies, and the loss is on the replies alone (Ouyang et al. 2022).

What is learnt from, and what is measured; how a model learns to reply stands in `llmviz/training/dialogues.py`.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from random import Random

from llmviz.core.spec import RunSpec
from llmviz.text.tinyland import dialogues
from llmviz.text.tinyland.dialogues import Dialogue
from llmviz.training import replying
from llmviz.training.dialogues import Replying

VALIDATION, TEST = 100, 1_000  # requests of each sort looked at while training and at the end


def build(spec: RunSpec, parent: Path | None) -> "Instructions":
    """The stage of this spec, on the parent's weights or on random ones."""
    return Instructions(spec, parent)


class Instructions(Replying):
    """A model that learns to do what is asked."""

    def __init__(self, spec: RunSpec, parent: Path | None) -> None:
        super().__init__(spec, parent, replying.tokenizer_of(spec), dialogues.learnt(spec.seed, spec.objective.dialogues))
        self._validation = self._held_out("validation", VALIDATION)

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
        return {name: self._followed(told) for name, told in asked.items()} | {"loss": self.reply_loss(asked["followed"])}

    def _followed(self, told: Sequence[Dialogue]) -> float:
        requests = [each.request for each in told]
        return sum(map(dialogues.follows, requests, self.replies([request.text for request in requests]))) / len(requests)
