"""The mood of opinions without a head: a GPT goes on with each, and what it would rather say tells the mood (Radford et al. 2019)."""

from collections.abc import Mapping, Sequence
from itertools import product
from pathlib import Path
from random import Random

import numpy as np
import torch
from tokenizers import Tokenizer

from llmviz.core.settings import TextSpec
from llmviz.experiments.in_context.question import Moods, TellMoods
from llmviz.inspect import prompts, snapshots
from llmviz.text.labelled import Example, labelled
from llmviz.text.special import CLS
from llmviz.text.tinyland import world
from llmviz.training.texts import padded

ENDINGS: Mapping[str, Mapping[str, Sequence[str]]] = {  # the words that may follow, by mood
    "it was": world.ADJECTIVES,
    "we": world.VERDICTS,
    "everybody left": world.FEELINGS,
}
MOODS = ("bad", "good")  # in the order of labels
VALIDATED = 256  # validation opinions that decide between the endings
SHOTS = (0, 1, 2)  # no more fit before the longest opinion
DRAWS = 3  # of the examples
SHORT = 11  # words of an example at most: two of them, their endings and the longest opinion are 64 tokens


def answer(folders: Mapping[int, Path], question: TellMoods) -> list[Moods]:
    """What each snapshot takes the moods for, in the order of the steps. Raises ValueError where one does not go on with a text."""
    if folders and not snapshots.names_next(next(iter(folders.values()))):
        raise ValueError("this model does not go on with a text")
    return [_moods(step, folders[step], question.count) for step in sorted(folders)]


def _moods(step: int, folder: Path, count: int) -> Moods:
    opinions = labelled(TextSpec("tinyland"))
    tokenizer = snapshots.tokenizer(folder)
    validated = [_right(folder, tokenizer, opinions["validation"][:VALIDATED], ending, ()) for ending in ENDINGS]
    best = list(ENDINGS)[int(np.argmax(validated))]
    short = [example for example in opinions["train"] if len(example.text.split()) <= SHORT]
    asked = opinions["test"][:count]
    right = np.full((DRAWS, len(SHOTS)), _right(folder, tokenizer, asked, best, ()), np.float32)
    for draw, (place, shots) in product(range(DRAWS), enumerate(SHOTS[1:], 1)):
        examples = _examples(short, shots, best, Random(f"moods {draw} {shots}"))
        right[draw, place] = _right(folder, tokenizer, asked, best, examples)
    return Moods(step, tuple(ENDINGS), np.array(validated, np.float32), SHOTS, right, len(asked))


def _examples(opinions: Sequence[Example], shots: int, ending: str, random: Random) -> list[str]:
    """So many opinions with the ending and a word of their mood behind it, the moods in turn."""
    moods = [(draw + random.randrange(2)) % 2 if shots == 1 else draw % 2 for draw in range(shots)]
    random.shuffle(moods)
    chosen = [random.choice([example for example in opinions if example.label == mood]) for mood in moods]
    return [f"{example.text} {ending} {random.choice(ENDINGS[ending][MOODS[example.label]])} ." for example in chosen]


def _right(folder: Path, tokenizer: Tokenizer, asked: Sequence[Example], ending: str, examples: Sequence[str]) -> float:
    """The share of opinions whose mood is that of the likelier words behind the ending."""
    words = [[tokenizer.token_to_id(word) for word in ENDINGS[ending][mood]] for mood in MOODS]
    texts = [" ".join((*examples, opinion.text, ending)) for opinion in asked]
    ids = padded([np.array([CLS, *found.ids]) for found in tokenizer.encode_batch(texts, add_special_tokens=False)])
    snapshots.check_room(folder, ids.shape[1])
    chances = prompts.logits(snapshots.whole(folder), ids).softmax(-1)
    said = torch.stack([chances[:, mood].sum(-1) for mood in words], -1).argmax(-1)
    return float(np.mean(said.numpy() == [opinion.label for opinion in asked]))
