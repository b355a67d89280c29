"""A question on a passage through every snapshot of a model that finds answers: where it starts and ends, and how sure that is."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import torch

from llmviz.experiments.question_answering.question import MOST_WORDS, NEVER_LEARNT, Ask, Found
from llmviz.inspect import snapshots
from llmviz.models import extraction
from llmviz.models.extraction import Inputs
from llmviz.text.tokenizers import pieces
from llmviz.text.words import in_words, spelt


def answer(folders: Mapping[int, Path], question: Ask) -> list[Found]:
    """What each snapshot finds, in the order of the steps.

    Raises ValueError, in a sentence, for a model that finds no answers, a passage or question without a word, or one that is too long.
    """
    if not folders:
        return []
    steps = sorted(folders)
    chosen = [folders[step] for step in steps]
    check(chosen[0])
    tokenizer = snapshots.tokenizer(chosen[0])
    asked, passage = pieces(tokenizer, question.question), pieces(tokenizer, question.passage)
    words = in_words(passage)
    for name, part in (("question", asked), ("passage", passage)):
        if not part:
            raise ValueError(f"the {name} has no word to read")
    if len(words) > MOST_WORDS:
        raise ValueError(f"this passage is too long: at most {MOST_WORDS} of its words can be read and drawn here")
    read = extraction.windows([piece.id for piece in asked], [piece.id for piece in passage], snapshots.context(chosen[0]))
    scores = extraction.merged(logits(chosen, Inputs.of(read)), read)  # (snapshot, 1 + tokens, 2)
    told = tuple(map(spelt, words)), tuple(all(piece.known for piece in word) for word in words)
    owner = np.repeat(np.arange(len(words)), [len(word) for word in words])  # of each token, its word
    first = [0, *(1 + np.searchsorted(owner, range(len(words)))).tolist()]  # [CLS], and the first token of each word
    found = []
    for step, row in zip(steps, scores, strict=True):
        chances = row.softmax(0).numpy()  # (1 + tokens, 2); columns sum to 1
        start, end = np.add.reduceat(chances, first).T.astype(np.float32)  # (1 + words)
        span, none = extraction.best(row), float(chances[0].prod())
        row[0] = -torch.inf  # the best span even where none is likelier
        best = extraction.best(row) or (0, 1)
        probability = float(chances[1 + best[0], 0] * chances[best[1], 1])
        places = (int(owner[span[0]]), int(owner[span[1] - 1]) + 1) if span else ()
        found.append(Found(step, *told, start, end, places, probability, none))
    return found


def check(folder: Path) -> None:
    """Raise ValueError, in a sentence, for a snapshot of a model that finds no answers."""
    if not str((snapshots.config(folder).architectures or [""])[0]).endswith("QuestionAnswering"):
        raise ValueError(NEVER_LEARNT)


def logits(folders: list[Path], inputs: Inputs) -> torch.Tensor:
    """Logits of start and end (snapshot, window, n, 2), −∞ where no answer may be, of all snapshots in one pass."""
    given = {"input_ids": inputs.input_ids, "attention_mask": inputs.attention_mask, "token_type_ids": inputs.token_type_ids}
    start, end = snapshots.read(folders, given, lambda found: (found.start_logits, found.end_logits))
    return torch.stack([start, end], -1).masked_fill(~inputs.places[..., None], -torch.inf)
