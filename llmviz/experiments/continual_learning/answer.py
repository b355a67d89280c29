"""Which city each snapshot takes for the capital of each country."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import torch

from llmviz.experiments.continual_learning.question import Believed, Capitals
from llmviz.inspect import probes, snapshots
from llmviz.text.masks import IGNORED
from llmviz.text.special import FIRST, PAD
from llmviz.text.tinyland.probes import alone
from llmviz.text.tokenizers import spelling


def answer(folders: Mapping[int, Path], question: Capitals) -> list[Believed]:
    """What each snapshot takes for them, in the order of the steps. Raises ValueError where it does not know these words."""
    steps = sorted(folders)
    tokenizer = snapshots.tokenizer(folders[steps[0]])
    asked, city = alone(), tokenizer.token_to_id(question.city)
    if city is None or any(tokenizer.token_to_id(word) is None for fact in asked for word in fact.words):
        raise ValueError("this model does not know Tinyland's countries and cities")
    ids, labels = probes.hidden(tokenizer, asked)
    rows, places = np.nonzero(labels != IGNORED)
    read = torch.from_numpy(ids)
    logits = snapshots.logits([folders[step] for step in steps], read, read.ne(PAD).long())[:, rows, places]
    logits[..., :FIRST] = -torch.inf  # no special token is asked for
    chances = logits.softmax(-1)  # (snapshot, country, vocabulary); rows sum to 1
    words, truth = spelling(tokenizer), torch.from_numpy(labels[rows, places])
    return [
        Believed(
            step,
            chance.gather(1, truth[:, None])[:, 0].numpy(),
            chance[:, city].numpy(),
            tuple(words[id] for id in chance.argmax(-1).tolist()),
        )
        for step, chance in zip(steps, chances, strict=True)
    ]
