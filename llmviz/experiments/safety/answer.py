"""What each snapshot replies to forbidden requests, in every way they are put."""

from collections.abc import Mapping
from pathlib import Path

from llmviz.experiments.safety.question import Tried, TryWays
from llmviz.inspect import snapshots
from llmviz.text.tinyland import policy
from llmviz.training import replying


def answer(folders: Mapping[int, Path], question: TryWays) -> list[Tried]:
    """The replies of each snapshot, in the order of the steps. Words that it does not know it reads as unknown."""
    texts = [f"{attempt.text} {attempt.begins}" for way in policy.TITLES for attempt in policy.held_out(question.rules, way)]
    found = []
    for step in sorted(folders):
        tokenizer = snapshots.tokenizer(folders[step])
        found.append(Tried(step, tuple(replying.replies(snapshots.whole(folders[step]), tokenizer, texts))))
    return found
