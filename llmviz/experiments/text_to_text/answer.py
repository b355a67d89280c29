"""One text with its task through every snapshot of a T5: what it writes, how sure it is, and where its decoder looks."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import torch

from llmviz.experiments.text_to_text.question import Write, Written
from llmviz.inspect import snapshots
from llmviz.inspect.attention import in_bytes
from llmviz.inspect.seq2seq import Decoders, Ids, Search, best, run
from llmviz.inspect.writing import Vocabulary, vocabulary_of
from llmviz.text.special import SEP
from llmviz.text.text_to_text import LONGEST
from llmviz.text.tokenizers import pieces


def answer(folders: Mapping[int, Path], question: Write) -> list[Written]:
    """What each snapshot writes, given as step -> folder, in the order of the steps.

    Raises ValueError, in a sentence, where there is nothing to read, or too much.
    """
    if not folders:
        return []
    steps = sorted(folders)
    tokenizer = snapshots.tokenizer(folders[steps[0]])
    ids = [piece.id for piece in pieces(tokenizer, question.text)]
    context = snapshots.context(folders[steps[0]])
    if not ids:
        raise ValueError("there is no word to read")
    if len(ids) + 1 > context:
        raise ValueError(f"this text has {len(ids)} tokens; this model learnt from {context - 1}")
    vocabulary, found = vocabulary_of(tokenizer), []
    for first in range(0, len(steps), snapshots.AT_ONCE):
        some = steps[first : first + snapshots.AT_ONCE]
        found += _write([folders[step] for step in some], some, (*ids, SEP), vocabulary)
    return found


def _write(folders: Sequence[Path], steps: Sequence[int], given: Ids, vocabulary: Vocabulary) -> list[Written]:
    writer, searches = Decoders(folders, given), [[Search(())] for _ in folders]
    run(writer, searches, [SEP], 1, LONGEST)
    written = [best(search) for [search] in searches]
    likely, cross = writer.read([[ids] for ids, _ in written])
    found = []
    for place, (step, (ids, ended)) in enumerate(zip(steps, written, strict=True)):
        said = (*ids, SEP) if ended else ids
        chances = likely[place][0][: len(said)].gather(1, torch.tensor(said, dtype=torch.long).reshape(-1, 1))[:, 0].exp()
        found.append(
            Written(
                step=step,
                given=tuple(vocabulary.word(id) for id in given),
                written=tuple(vocabulary.word(id) for id in said),
                chances=chances.numpy(),
                ended=ended,
                cross=in_bytes(cross[place, 0, : len(said)]),
            )
        )
    return found
