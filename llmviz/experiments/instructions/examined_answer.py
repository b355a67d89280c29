"""Replies of every snapshot to requests of every kind, and whether they do what is asked."""

from collections.abc import Iterator, Mapping
from itertools import product
from pathlib import Path
from random import Random

import numpy as np

from llmviz.experiments.instructions.question import KIND, LEARNT, SUBJECT, WORDING, Examine, Examined
from llmviz.inspect import snapshots
from llmviz.text.splits import Split
from llmviz.text.tinyland import dialogues
from llmviz.text.tinyland.dialogue_parser import begins_with_request
from llmviz.text.tinyland.dialogues import HELD_KINDS, KINDS, Request
from llmviz.training import replying


def answer(folders: Mapping[int, Path], question: Examine) -> list[Examined]:
    """What each snapshot replies, in the order of the steps. Raises ValueError, in a sentence, where it does not know the words."""
    if not folders:
        return []
    steps = sorted(folders)
    tokenizer = snapshots.tokenizer(folders[steps[0]])
    if any(tokenizer.token_to_id(word) is None for word in dialogues.words()):
        raise ValueError("this model does not know the words of requests")
    unseen, asked = zip(*requests(question.most), strict=True)
    kinds, texts = (tuple(getattr(each, name) for each in asked) for name in ("kind", "text"))
    found = []
    for step in steps:
        written = replying.written(snapshots.whole(folders[step]), tokenizer, texts)
        replies = tuple(text for text, _ in written)
        lacks = tuple(map(dialogues.lacks, asked, replies))
        ended, asks = np.array([ended for _, ended in written]), np.array([*map(begins_with_request, replies)])
        found.append(Examined(step, unseen, kinds, texts, replies, lacks, ended, asks))
    return found


def requests(most: int) -> Iterator[tuple[str, Request]]:
    """What of each request was never in training, and the request; none stands twice."""
    random = Random("examined requests")
    for kind in KINDS:
        last = len(KINDS[kind].wordings) - 1
        if kind in HELD_KINDS:
            yield from ((KIND, each) for each in _every(kind, "test", range(last + 1), random))
            continue
        seen = _every(kind, "train", range(last), random)
        yield from ((LEARNT, each) for each in random.sample(seen, min(most, len(seen))))
        yield from ((SUBJECT, each) for each in _every(kind, "test", range(last), random))
        yield from ((WORDING, each) for each in _every(kind, "test", range(last, last + 1), random))


def _every(kind: str, split: Split, wordings: range, random: Random) -> list[Request]:
    """A request about each subject of this split, in each of these wordings."""
    return [dialogues.request(kind, wording, subject, random) for wording, subject in product(wordings, dialogues.subjects(kind, split))]
