"""Safety tuning: what a policy forbids is refused, and all else is still answered. Learnt from examples, as instructions are.

What is learnt from, and what is measured; how a model learns to reply stands in `llmviz/training/dialogues.py`. A refusal is a reply like
any other. What it costs is measured beside it: allowed requests that are refused, or no longer followed; and so are ways around it that
were in no example (Wei et al. 2023, "Jailbroken").
"""

from pathlib import Path
from random import Random

from llmviz.core.spec import RunSpec
from llmviz.experiments.safety import PolicySpec
from llmviz.text.splits import Split
from llmviz.text.tinyland import dialogues, policy
from llmviz.text.tinyland.dialogues import Dialogue
from llmviz.text.tokenizers import with_words
from llmviz.training import replying
from llmviz.training.dialogues import Replying

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
    return Safety(spec, parent)


class Safety(Replying):
    """A helper that learns to refuse."""

    def __init__(self, spec: RunSpec, parent: Path | None) -> None:
        tokenizer = with_words(replying.tokenizer_of(spec), sorted(policy.words()))
        settings: PolicySpec = spec.objective
        learnt = policy.examples(settings.rules, "train", settings.examples, settings.forbidden, Random(f"policy {spec.seed}"))
        super().__init__(spec, parent, tokenizer, learnt)

    def _examples(self, split: Split, count: int, share: float, name: str) -> list[Dialogue]:
        return list(policy.examples(self.objective.rules, split, count, share, Random(name)))

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
        said = self.replies([example.request.text for example in helped])
        told = self._examples(split, count, self.objective.forbidden, f"told {split}")
        figures = {
            "refused_allowed": sum(map(policy.refuses, said)) / count,
            "followed": sum(dialogues.follows(example.request, reply) for example, reply in zip(helped, said, strict=True)) / count,
            "loss": self.reply_loss(told),
        }
        for metric, way in WAYS.items():
            attempts = policy.attempts(self.objective.rules, way, split, count, Random(f"{way} {split}"))
            if attempts:
                replies = self.replies([f"{attempt.text} {attempt.begins}" for attempt in attempts])
                figures[metric] = sum(map(policy.refuses, replies)) / len(attempts)
        return figures
