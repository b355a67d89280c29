"""What a model of any size names after prompts, read together: of one length in tokens at a time, so that nothing is padding."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

import torch
from tokenizers import Tokenizer

from llmviz.experiments.in_context.question import Name, Named
from llmviz.inspect import snapshots
from llmviz.inspect.reading import reader
from llmviz.inspect.sampling import possible
from llmviz.text.special import CLS, SEP
from llmviz.text.tokenizers import pieces

ENDS = frozenset(",:.;\n")  # what may stand behind a value
MOST, LONGEST = 120, 200  # prompts, and tokens of each


def answer(folders: Mapping[int, Path], question: Name) -> list[Named]:
    """What each snapshot names, step by step. Raises ValueError, in a sentence, for too many prompts, an empty or a long one."""
    if len(question.texts) > MOST:
        raise ValueError(f"these are {len(question.texts)} prompts; {MOST} are read together")
    return [Named(step, tuple(_named(folders[step], question))) for step in sorted(folders)]


def _named(folder: Path, question: Name) -> list[str]:
    tokenizer = snapshots.tokenizer(folder)
    alike: dict[int, list[int]] = defaultdict(list)
    read = [[CLS, *(piece.id for piece in pieces(tokenizer, text))] for text in question.texts]
    for place, ids in enumerate(read):
        if len(ids) == 1 or len(ids) > LONGEST:
            raise ValueError(
                "a prompt has no word" if len(ids) == 1 else f"a prompt has {len(ids) - 1} tokens; {LONGEST - 1} are read here"
            )
        alike[len(ids)].append(place)
    said = [""] * len(read)
    for places in alike.values():
        written = _written(folder, tokenizer, [read[place] for place in places], question.tokens)
        for place, words in zip(places, written, strict=True):
            said[place] = words
    return said


def _written(folder: Path, tokenizer: Tokenizer, read: Sequence[Sequence[int]], most: int) -> list[str]:
    """The likeliest token again and again, for all at once, until each has come to the end of its value."""
    reads, said, ended = reader([folder]), [list[int]() for _ in read], [False] * len(read)
    ids = torch.tensor(read)
    for _ in range(most):
        best = possible(reads.read(ids[None])[0, :, -1]).argmax(-1)
        for place, token in enumerate(best.tolist()):
            if not ended[place]:
                said[place].append(token)
                ended[place] = token == SEP or bool(ENDS & set(tokenizer.decode([token])))
        if all(ended):
            break
        ids = best[:, None]
    return [value(tokenizer.decode(tokens)) for tokens in said]


def value(text: str) -> str:
    """What stands before the first sign that ends a value."""
    end = next((place for place, letter in enumerate(text.lstrip()) if letter in ENDS), None)
    return " ".join(text.lstrip()[:end].split())
