"""Many texts gone on with at once: a causal language model reads beginnings of unlike lengths, and writes with its keys and values kept.

The server's pages ask `inspect`, which shows what else a token might have been; this is for training, where thousands of texts are written.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from transformers import PreTrainedModel

from llmviz.text.special import CLS, FIRST, PAD, SEP

NEVER = [id for id in range(FIRST) if id != SEP]  # special tokens that no text holds


@dataclass(frozen=True)
class Written:
    """What was written after each beginning.

    Attributes:
        ids: (texts, n) the tokens, [SEP] where a text ends, [PAD] behind it.
        ended: (texts) whether the text ends, or was cut where there was no more room.
    """

    ids: torch.Tensor
    ended: torch.Tensor

    def replies(self) -> list[list[int]]:
        """The tokens of each text without its end."""
        return [[id for id in row if id >= FIRST] for row in self.ids.tolist()]


@torch.no_grad()
def write(
    model: PreTrainedModel,
    beginnings: Sequence[Sequence[int]],
    tokens: int,
    generator: torch.Generator | None = None,
    temperature: float = 1.0,
) -> Written:
    """Go on with each beginning by at most so many tokens; the beginnings have no [CLS].

    Each token is drawn by the generator from what the model expects at this temperature; without one it is the likeliest. A text is drawn
    together with its neighbours: the same beginnings, weights and generator give the same texts.

    Raises ValueError where a beginning leaves no room.
    """
    longest = 1 + max(map(len, beginnings))
    room = model.config.max_position_embeddings - longest + 1
    if room < 1:
        raise ValueError(f"this beginning has {longest - 1} tokens; this model reads {longest + room - 2}")
    read = np.full((len(beginnings), longest), PAD)
    for row, beginning in zip(read, beginnings, strict=True):
        row[longest - 1 - len(beginning) :] = (CLS, *beginning)  # padded before, so that all texts grow at the same place
    ids = torch.from_numpy(read).to(model.device)
    mask = (ids != PAD).long()
    ended = torch.zeros(len(ids), dtype=torch.bool, device=ids.device)
    never, written, past, training = torch.tensor(NEVER, device=ids.device), list[torch.Tensor](), None, model.training
    model.eval()
    for _ in range(min(tokens, room)):
        places = (mask.cumsum(1) - 1).clamp(min=0)[:, -ids.shape[1] :]
        found = model(input_ids=ids, attention_mask=mask, position_ids=places, past_key_values=past, use_cache=True)
        past, logits = found.past_key_values, found.logits[:, -1].index_fill(-1, never, -torch.inf)
        if generator is None:
            following = logits.argmax(-1)
        else:
            following = torch.multinomial((logits / temperature).softmax(-1), 1, generator=generator)[:, 0]
        following = following.masked_fill(ended, PAD)
        written.append(following)
        ended |= following == SEP
        if bool(ended.all()):
            break
        ids = following[:, None]
        mask = torch.cat((mask, mask.new_ones(len(mask), 1)), 1)
    model.train(training)
    return Written(torch.stack(written, 1), ended)
