"""What a model replies to requests. Shared by all that learn from dialogues, and by who looks at what they learnt."""

from collections.abc import Callable, Sequence

import torch
from tokenizers import Tokenizer
from transformers import PreTrainedModel

from llmviz.core.spec import RunSpec
from llmviz.models.writing import write
from llmviz.text.tinyland import prompting
from llmviz.text.tokenizers import spelling, with_words
from llmviz.training import texts
from llmviz.training.exercises import candidates

LONGEST = 32  # tokens of a reply; those to learn from have at most 30
AT_ONCE = 250  # replies written together


def replies(model: PreTrainedModel, tokenizer: Tokenizer, requests: Sequence[str], generator: torch.Generator | None = None) -> list[str]:
    """A reply to each request, word by word: the likeliest each time, or drawn by the generator."""
    words, found = spelling(tokenizer), list[str]()
    for first in range(0, len(requests), AT_ONCE):
        read = [tokenizer.encode(request, add_special_tokens=False).ids for request in requests[first : first + AT_ONCE]]
        written = write(model, read, LONGEST, generator)
        found += [" ".join(words[id] for id in ids) for ids in written.replies()]
    return found


def tokenizer_of(spec: RunSpec) -> Tokenizer:
    """The tokenizer of a run that reads requests: that of its lineage, with the words of requests behind."""
    return with_words(texts.tokenizer_of(spec), prompting.new_words())


def spelt(tokenizer: Tokenizer) -> Callable[[Sequence[int]], tuple[str, ...]]:
    """From ids to words as a list of candidates has them."""
    words = candidates(tokenizer)
    return lambda ids: tuple(words[id] for id in ids)
