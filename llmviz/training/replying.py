"""What a model replies to requests. Shared by all that learn from dialogues, and by who looks at what they learnt."""

from collections.abc import Sequence

import numpy as np
import torch
from tokenizers import Tokenizer
from transformers import PreTrainedModel

from llmviz.core.spec import RunSpec
from llmviz.models.writing import write
from llmviz.text.masks import IGNORED
from llmviz.text.special import CLS, SEP
from llmviz.text.tinyland import prompting
from llmviz.text.tinyland.dialogues import LONGEST
from llmviz.text.tokenizers import spelling, with_words
from llmviz.training import shifting, texts
from llmviz.training.shifting import Asked
from llmviz.training.texts import Ids

AT_ONCE = 250  # replies written together


def replies(
    model: PreTrainedModel,
    tokenizer: Tokenizer,
    requests: Sequence[str],
    generator: torch.Generator | None = None,
    temperature: float = 1.0,
) -> list[str]:
    """A reply to each request, word by word: the likeliest each time, or drawn by the generator at this temperature."""
    return [text for text, _ in written(model, tokenizer, requests, generator, temperature)]


def written(
    model: PreTrainedModel,
    tokenizer: Tokenizer,
    requests: Sequence[str],
    generator: torch.Generator | None = None,
    temperature: float = 1.0,
) -> list[tuple[str, bool]]:
    """The same, each with whether the text ends after it, or was cut where it was too long."""
    words, found = spelling(tokenizer), list[tuple[str, bool]]()
    for first in range(0, len(requests), AT_ONCE):
        read = [tokenizer.encode(request, add_special_tokens=False).ids for request in requests[first : first + AT_ONCE]]
        wrote = write(model, read, LONGEST, generator, temperature)
        found += zip((" ".join(words[id] for id in ids) for ids in wrote.replies()), wrote.ended.tolist(), strict=True)
    return found


def whole(tokenizer: Tokenizer, request: str, reply: str) -> tuple[Ids, int]:
    """Request and reply as one text, and where the reply begins."""
    asked, said = (tokenizer.encode(text, add_special_tokens=False).ids for text in (request, reply))
    return np.array([CLS, *asked, *said, SEP]), 1 + len(asked)


def masked(read: Sequence[tuple[Ids, int]]) -> Asked:
    """Such texts, and what is to be named: the reply's tokens and its end. The request is masked."""
    ids, labels = shifting.questions([ids for ids, _ in read])
    for row, (_, begins) in zip(labels, read, strict=True):
        row[:begins] = IGNORED
    return ids, labels


def tokenizer_of(spec: RunSpec) -> Tokenizer:
    """The tokenizer of a run that reads requests: that of its lineage, with the words of requests behind."""
    return with_words(texts.tokenizer_of(spec), prompting.new_words())
