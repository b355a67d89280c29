"""An exercise of pretraining through every snapshot of a model that learnt from such: how probable each target, and the loss."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import torch
from torch.nn.functional import cross_entropy, pad

from llmviz.core.questions.exercise import FOLLOWS, Solve, Solved
from llmviz.inspect import snapshots
from llmviz.inspect.writing import Vocabulary, vocabulary_of
from llmviz.text.special import PAD, SEP, SPECIAL

Folders = Sequence[Path]


def answer(folders: Mapping[int, Path], question: Solve) -> list[Solved]:
    """What each snapshot makes of it, given as step -> folder, in the order of the steps.

    Raises ValueError, in a sentence, where there is no target, or too much to read. The model learnt from such exercises.
    """
    if not folders:
        return []
    steps = sorted(folders)
    some = [folders[step] for step in steps]
    vocabulary = vocabulary_of(snapshots.tokenizer(some[0]))
    _check(some[0], question, len(vocabulary))
    logits = _READERS[question.stage](some, question)  # (snapshot, target, choice)
    truth = torch.tensor(question.truth)
    choices = FOLLOWS if question.stage == "nsp" else tuple(_told(vocabulary, id) for id in range(len(vocabulary)))
    return [_solved(step, found, truth, choices, question.top) for step, found in zip(steps, logits, strict=True)]


def _solved(step: int, logits: torch.Tensor, truth: torch.Tensor, choices: Sequence[str], top: int) -> Solved:
    """One snapshot's answer from its logits (target, choice)."""
    shares = logits.softmax(-1)
    best = shares.topk(min(top, shares.shape[-1]))
    return Solved(
        step=step,
        chances=shares.gather(1, truth[:, None])[:, 0].numpy(),
        guesses=tuple(tuple(choices[id] for id in row) for row in best.indices.tolist()),
        guess_chances=best.values.numpy(),
        right=(best.indices[:, 0] == truth).numpy(),
        loss=cross_entropy(logits, truth).item(),
    )


def _check(folder: Path, question: Solve, vocabulary: int) -> None:
    if not question.places or len(question.places) != len(question.truth):
        raise ValueError("there is no target: the exercise asks for nothing")
    longest = max(len(question.read), len(question.said))
    if longest > snapshots.context(folder):
        raise ValueError(f"this exercise has {longest} tokens; this model reads {snapshots.context(folder)}")
    choices = len(FOLLOWS) if question.stage == "nsp" else vocabulary
    ids = (*question.read, *question.said)
    row = question.said if question.stage == "span" else question.read
    first = 1 if question.stage == "clm" else 0  # nothing stands before a text's first token
    if not all(0 <= id < vocabulary for id in ids) or not all(0 <= id < choices for id in question.truth):
        raise ValueError("a token of this exercise is none of this model's vocabulary")
    if not all(first <= place < len(row) for place in question.places):
        raise ValueError("a target of this exercise lies outside its text")


def _hidden(folders: Folders, question: Solve) -> torch.Tensor:
    ids = torch.tensor([question.read])
    return snapshots.logits(folders, ids, torch.ones_like(ids))[:, 0, list(question.places)]


def _next(folders: Folders, question: Solve) -> torch.Tensor:
    """Each token from what stands before it: the last one is never read."""
    ids = torch.tensor([question.read[:-1]])
    inputs = {"input_ids": ids, "attention_mask": torch.ones_like(ids), "use_cache": False}
    logits = snapshots.read(folders, inputs, lambda found: (found.logits,))[0]
    return logits[:, 0, [place - 1 for place in question.places]]


def _follows(folders: Folders, question: Solve) -> torch.Tensor:
    ids = torch.tensor([question.read])
    second = question.read.index(SEP) + 1
    inputs = {
        "input_ids": ids,
        "attention_mask": torch.ones_like(ids),
        "token_type_ids": (torch.arange(ids.shape[1]) >= second).long()[None],
    }
    return snapshots.read(folders, inputs, lambda found: (found.seq_relationship_logits,))[0]


def _spans(folders: Folders, question: Solve) -> torch.Tensor:
    """Each token to be said, from the text and from those said before it."""
    ids, said = torch.tensor([question.read]), torch.tensor([question.said])
    inputs = {
        "input_ids": ids,
        "attention_mask": torch.ones_like(ids),
        "decoder_input_ids": pad(said[:, :-1], (1, 0), value=PAD),
        "use_cache": False,
    }
    return snapshots.read(folders, inputs, lambda found: (found.logits,))[0][:, 0, list(question.places)]


_READERS: dict[str, Callable[[Folders, Solve], torch.Tensor]] = {"mlm": _hidden, "clm": _next, "nsp": _follows, "span": _spans}


def _told(vocabulary: Vocabulary, id: int) -> str:
    """A token as a reader sees it, special ones by their names."""
    return SPECIAL[id] if id < len(SPECIAL) and id != SEP else vocabulary.candidate(id)
