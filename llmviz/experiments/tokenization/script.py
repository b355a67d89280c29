"""Learn three vocabularies from one text and cut a sentence by each: BPE, WordPiece, Unigram.

The library tokenizers learns them and plain Python cuts by them. Run it in the folder of llmviz.
"""

import json
import math
import sys
from collections.abc import Mapping, Set
from itertools import pairwise

from tokenizers import Tokenizer, models, pre_tokenizers, trainers

sys.path.append(".")  # where llmviz is found
from llmviz.text.learning import read
from llmviz.text.special import SPECIAL
from llmviz.text.vocabularies import count_units, learn, units

TEXT = "tinyland"  # or "sotu", "wiki" or "reviews"; or the digest of a text of your own
SIZE = 1_000  # most entries of a vocabulary
SENTENCE = "The unhappiest president tweets."

documents = read(TEXT).learnt  # the first million letters


def merge(word: str, ranks: Mapping[tuple[str, str], int]) -> list[str]:
    """BPE: of all neighbours that were ever merged, merge those that were merged first; over and over."""
    pieces = list(word)
    while pairs := [pair for pair in pairwise(pieces) if pair in ranks]:
        left, right = min(pairs, key=lambda pair: ranks[pair])
        place = 0
        while place < len(pieces) - 1:
            if (pieces[place], pieces[place + 1]) == (left, right):
                pieces[place : place + 2] = [left + right]
            place += 1
    return pieces


def longest(word: str, known: Set[str]) -> list[str]:
    """WordPiece: the longest piece the word begins with, then the longest of the rest; [UNK] where there is none."""
    pieces: list[str] = []
    start = 0
    while start < len(word):
        ends = [end for end in range(len(word), start, -1) if ("##" if start else "") + word[start:end] in known]
        if not ends or len(word) > 40:
            return ["[UNK]"]
        pieces.append(("##" if start else "") + word[start : ends[0]])
        start = ends[0]
    return pieces


def likeliest(word: str, scores: Mapping[str, float]) -> list[str]:
    """Unigram: of all ways to cut the word the one with the highest sum of scores (Viterbi)."""
    unknown = min(scores.values()) - 10
    best: list[tuple[float, list[str]]] = [(0.0, [])]
    for end in range(1, len(word) + 1):
        ways = []
        for start in range(end):
            score = scores.get(word[start:end], unknown if end - start == 1 else None)
            if score is not None:
                ways.append((best[start][0] + score, [*best[start][1], word[start:end]]))
        best.append(max(ways, key=lambda way: way[0]))
    return best[-1][1]


bpe = Tokenizer(models.BPE())
bpe.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)  # 256 letters that stand for bytes; a space is Ġ
alphabet = pre_tokenizers.ByteLevel.alphabet()
trainer = trainers.BpeTrainer(vocab_size=SIZE, special_tokens=list(SPECIAL), initial_alphabet=alphabet, show_progress=False)
bpe.train_from_iterator(documents, trainer)
bpe.save("bpe.json")
# The library's trainer of WordPiece breaks ties at random, so its pieces are learnt by merging, which does not. Its trainer of Unigram
# is used as it is, with a mark behind frequent words so that it considers them whole.
known = set(learn("wordpiece", count_units("wordpiece", documents), SIZE).entries)
learnt = learn("unigram", count_units("unigram", documents), SIZE)
scores = {piece: score for piece, score in zip(learnt.entries, learnt.scores, strict=True) if math.isfinite(score)}

ranks = {(left, right): rank for rank, (left, right) in enumerate(json.loads(bpe.to_str())["model"]["merges"])}
by_hand = [piece for word in units("bpe", SENTENCE) for piece in merge(word, ranks)]
assert by_hand == bpe.encode(SENTENCE, add_special_tokens=False).tokens
print("BPE      ", *by_hand)
print("WordPiece", *(piece for word in units("wordpiece", SENTENCE) for piece in longest(word, known)))
print("Unigram  ", *(piece for word in units("unigram", SENTENCE) for piece in likeliest(word, scores)))
