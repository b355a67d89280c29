"""What heads look at, measured: how much of a token's attention lies on the word before it, on the subject of its verb, and so on.

A target is a table of places that count, for each token of each text. A head that spread its attention evenly over all it may see would
hit it by chance; chance is computed from the very same table.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from random import Random

import numpy as np
import numpy.typing as npt
import torch

from llmviz.core.questions.heads import Heads, HeadScores
from llmviz.core.settings import TextSpec
from llmviz.inspect import snapshots
from llmviz.text import corpora
from llmviz.text.special import CLS, SEP
from llmviz.text.splits import split_of
from llmviz.text.tinyland import roles
from llmviz.text.tinyland.stories import STORIES
from llmviz.text.tokenizers import load_tokenizer, pieces

TEXTS = 32
LENGTH = 32  # positions of each text, the special ones counted: texts of one length need no padding
# Without the farther ones a head that looks three words back would pass for one that finds subjects: most stand just there.
DISTANCES = {
    "previous token": -1,
    "next token": 1,
    "two tokens back": -2,
    "two tokens ahead": 2,
    "three tokens back": -3,
    "three tokens ahead": 3,
}
AT_ONCE = 16  # snapshots whose attention is in memory at a time: 40 MB of the smallest size, 200 MB of the largest

NO_TOKEN = -1  # where a vocabulary has no full stop
Ids = npt.NDArray[np.int64]
Weights = npt.NDArray[np.float32]
Masks = npt.NDArray[np.bool_]  # (text, query, key)


def answer(folders: Mapping[int, Path], question: Heads) -> list[HeadScores]:
    """The scores of the heads of each snapshot, in the order of the steps."""
    if not folders:
        return []
    steps = sorted(folders)
    first = folders[steps[0]]
    causal, ends = snapshots.looks_back(first), not snapshots.names_next(first)
    ids, words, stop = _texts(question.corpus, snapshots.tokenizer_file(first), min(LENGTH, snapshots.context(first)), ends)
    tables = targets(ids, words, stop, causal, ends)
    found: list[HeadScores] = []
    for start in range(0, len(steps), AT_ONCE):
        some = steps[start : start + AT_ONCE]
        attention = snapshots.attention([folders[step] for step in some], torch.tensor(ids))
        found += [score(step, weights.numpy(), tables, causal) for step, weights in zip(some, attention, strict=True)]
    return found


def score(step: int, attention: Weights, tables: Mapping[str, Masks], causal: bool) -> HeadScores:
    """The mean attention (text, layer, head, query, key) on each target, over the tokens that have one, and the same by chance."""
    texts, layers, heads, n, _ = attention.shape
    visible = np.arange(1, n + 1) if causal else np.full(n, n)  # places each token may look at
    places = np.array([table.any(-1).sum() for table in tables.values()])  # tokens that have such a target
    shares = np.stack([table.reshape(-1) for table in tables.values()], axis=-1) / places  # (text * query * key, target)
    mass = attention.transpose(1, 2, 0, 3, 4).reshape(layers * heads, -1) @ shares.astype(np.float32)
    chance = np.repeat(np.tile(1 / visible, texts), n) @ shares
    return HeadScores(step, tuple(tables), mass.reshape(layers, heads, -1), chance.astype(np.float32), places, texts)


def targets(ids: Ids, words: Sequence[Sequence[str]], stop: int, causal: bool, ends: bool) -> dict[str, Masks]:
    """What may be looked at, by name: for each token of each text, the places that count.

    `ids` (text, n) begin with [CLS] and, if `ends`, end with [SEP]; `stop` is the id of a full stop. `words` are those of each text where
    subjects and facts are to be found in them, one token each.
    """
    texts, n = ids.shape
    inner = np.zeros(n, bool)
    inner[1 : n - ends] = True
    between = np.broadcast_to(inner[:, None] & inner, (texts, n, n))  # from word to word
    word = inner & (ids != stop)
    found = {
        "itself": between & np.eye(n, dtype=bool),
        **{name: between & np.eye(n, k=distance, dtype=bool) for name, distance in DISTANCES.items()},
        "same word": word[:, :, None] & word[:, None] & (ids[:, :, None] == ids[:, None]) & ~np.eye(n, dtype=bool),
        "[CLS]": np.broadcast_to(inner[:, None] & (np.arange(n) == 0), (texts, n, n)),
        "[SEP]": np.broadcast_to(inner[:, None] & (np.arange(n) == n - 1) & ends, (texts, n, n)),
        "full stop": word[:, :, None] & (inner & (ids == stop))[:, None],
    }
    for name, pairs in {"subject of the verb": roles.subjects, "rest of a fact": roles.partners}.items():
        table = np.zeros((texts, n, n), bool)
        for text, said in enumerate(words):
            for query, key in pairs(said):
                table[text, query + 1, key + 1] = True  # [CLS] stands first
        found[name] = table
    allowed = np.tril(np.ones((n, n), bool)) if causal else np.ones((n, n), bool)
    visible = {name: table & allowed for name, table in found.items()}
    return {name: table for name, table in visible.items() if table.any()}


@lru_cache(maxsize=8)
def _texts(corpus: str, tokenizer: Path, length: int, ends: bool) -> tuple[Ids, tuple[tuple[str, ...], ...], int]:
    """The texts to measure on, the same each time: ids (TEXTS, length), for Tinyland their words, and the id of a full stop.

    Real texts are the first of the validation part that are long enough; Tinyland's are told anew, for that takes no file.
    """
    reader = load_tokenizer(tokenizer)
    inner = length - 1 - ends
    stories = corpus == "tinyland"
    kept: list[list[int]] = []
    words: list[tuple[str, ...]] = []
    for text in _told() if stories else corpora.load(TextSpec(corpus)).validation:
        found = [piece.id for piece in pieces(reader, text)][:inner]
        if len(found) == inner:
            kept.append([CLS, *found, *[SEP] * ends])
            words.append(tuple(text.split()[:inner]))
        if len(kept) == TEXTS:
            break
    if not kept:
        raise ValueError(f"no text of {corpus} is long enough to measure heads on")
    return np.array(kept), tuple(words) if stories else (), reader.token_to_id(".") or NO_TOKEN


def _told() -> Iterator[str]:
    """Stories that no run has trained on: those whose hash puts them in another part."""
    random = Random("heads")
    while True:
        text = " ".join(STORIES.sample(random).words)
        if split_of(text) != "train":
            yield text
