"""What a model replies to requests. Shared by all that learn from dialogues, and by who looks at what they learnt."""

from collections.abc import Sequence

import torch
from tokenizers import Tokenizer
from transformers import PreTrainedModel

from llmviz.models.writing import write
from llmviz.text.tokenizers import spelling

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
