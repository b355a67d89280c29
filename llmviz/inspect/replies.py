"""What every snapshot of a causal language model writes after a request, and how probable it finds each token."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import torch

from llmviz.core.questions.replies import LIKELIEST, Replied, ReplyTo
from llmviz.inspect import sampling, snapshots
from llmviz.inspect.reading import reader, together
from llmviz.inspect.writing import Vocabulary, vocabulary_of
from llmviz.text.special import CLS, SEP
from llmviz.text.tinyland.dialogues import LONGEST
from llmviz.text.tokenizers import pieces


def answer(folders: Mapping[int, Path], question: ReplyTo) -> list[Replied]:
    """What each snapshot replies, given as step -> folder, in the order of the steps.

    Raises ValueError, in a sentence, where there is no request, or none that leaves room for a reply.
    """
    if not folders:
        return []
    first = folders[min(folders)]
    tokenizer, context = snapshots.tokenizer(first), snapshots.context(first)
    request = [piece.id for piece in pieces(tokenizer, question.text)]
    if not request:
        raise ValueError("there is no word to read")
    if len(request) >= context:
        raise ValueError(f"this request has {len(request)} tokens; this model reads {context - 1}")
    vocabulary, most = vocabulary_of(tokenizer), min(LONGEST, context - len(request))
    draws = sampling.draws(question.seed, most) if question.seed != LIKELIEST else [None] * most
    found = []
    for steps, some in together(folders):
        ids, chances = _written(some, [CLS, *request], draws)
        found += [_replied(*row, vocabulary) for row in zip(steps, ids, chances, strict=True)]
    return found


@torch.inference_mode()
def _written(folders: Sequence[Path], read: Sequence[int], draws: Sequence[float | None]) -> tuple[torch.Tensor, torch.Tensor]:
    """The ids that each snapshot writes, and their probabilities: two tensors (snapshot, n). What stands behind an end is no reply."""
    reads, written, found = reader(folders), list[torch.Tensor](), list[torch.Tensor]()
    following = torch.tensor(read).expand(len(folders), 1, -1)
    ended = torch.zeros(len(folders), dtype=torch.bool)
    for draw in draws:
        chances = sampling.possible(reads.read(following)[:, 0, -1]).softmax(-1)  # (snapshot, vocabulary); rows sum to 1
        ids = chances.argmax(-1) if draw is None else sampling.drawn(chances, draw)[0]
        written.append(ids)
        found.append(chances.gather(-1, ids[:, None])[:, 0])
        ended |= ids == SEP
        if ended.all():
            break
        following = ids[:, None, None]
    return torch.stack(written, 1), torch.stack(found, 1)


def _replied(step: int, ids: torch.Tensor, chances: torch.Tensor, vocabulary: Vocabulary) -> Replied:
    """The reply of one snapshot, up to its end."""
    said = ids.tolist()
    count = said.index(SEP) + 1 if SEP in said else len(said)
    return Replied(step, tuple(vocabulary.word(id) for id in said[:count]), chances[:count].numpy(), SEP in said)
