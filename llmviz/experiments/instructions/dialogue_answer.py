"""What a model that was tuned on dialogues writes after a request, with their marks and without them."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import torch

from llmviz.experiments.instructions.question import InDialogue, Told
from llmviz.inspect import snapshots
from llmviz.inspect.reading import reader
from llmviz.inspect.sampling import possible
from llmviz.text.special import CLS, SEP
from llmviz.text.tokenizers import pieces

BEGINS = "<|im_start|>"  # of a turn, as in ChatML; [SEP] is what ends one
MOST = 200  # tokens of a request


def answer(folders: Mapping[int, Path], question: InDialogue) -> list[Told]:
    """What each model writes. Raises ValueError, in a sentence, for no request, a long one, or a model that knows no such marks."""
    return [_told(step, folders[step], question) for step in sorted(folders)]


def _told(step: int, folder: Path, question: InDialogue) -> Told:
    tokenizer = snapshots.tokenizer(folder)
    begins = tokenizer.token_to_id(BEGINS)
    if begins is None:
        raise ValueError(f"this model was not tuned on dialogues marked with {BEGINS}")
    request = [piece.id for piece in pieces(tokenizer, question.text)]
    if not request:
        raise ValueError("there is no word to reply to")
    if len(request) > MOST:
        raise ValueError(f"this request has {len(request)} tokens; {MOST} are read here")

    def read(text: str) -> list[int]:
        return list(tokenizer.encode(text, add_special_tokens=False).ids)

    asked = [begins, *read("user\n"), *request, SEP, *read("\n"), begins, *read("assistant\n")]
    written = (_write(folder, ids, question.tokens) for ids in ([CLS, *request], asked))
    plain, reply = (tokenizer.decode(ids) for ids in written)
    return Told(step, plain, reply)


@torch.no_grad()
def _write(folder: Path, given: Sequence[int], most: int) -> list[int]:
    """The likeliest token again and again, up to the end of the turn."""
    reads, written = reader([folder]), list[int]()
    logits = reads.read(torch.tensor([[list(given)]]))[0, 0, -1]
    while len(written) < most:
        best = int(possible(logits).argmax())
        if best == SEP:
            break
        written.append(best)
        logits = reads.read(torch.tensor([[[best]]]))[0, 0, -1]
    return written
