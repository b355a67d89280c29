"""Three vocabularies of one text as a short script: learnt by the library, cut by plain Python, and the two compared.

The text, and what the library's trainers leave to chance, come from here; a test holds the script's pieces to those of the page.
"""

_SCRIPT = '''\
"""Learn three vocabularies from {title} and cut one sentence by each: BPE, WordPiece, Unigram."""

import json
import math

from tokenizers import Tokenizer, models, pre_tokenizers, trainers

from llmviz.text.learning import read
from llmviz.text.vocabularies import count_units, learn, units

SENTENCE, SIZE = {sentence!r}, {size}
SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
documents = read({text!r}).learnt  # the first million letters


def merge(word, ranks):
    """BPE: of all neighbours that were ever merged, merge those that were merged first; over and over."""
    pieces = list(word)
    while pairs := [pair for pair in zip(pieces, pieces[1:]) if pair in ranks]:
        left, right = min(pairs, key=ranks.get)
        place = 0
        while place < len(pieces) - 1:
            if (pieces[place], pieces[place + 1]) == (left, right):
                pieces[place : place + 2] = [left + right]
            place += 1
    return pieces


def longest(word, known):
    """WordPiece: the longest piece the word begins with, then the longest of the rest; [UNK] where there is none."""
    pieces, start = [], 0
    while start < len(word):
        ends = [end for end in range(len(word), start, -1) if ("##" if start else "") + word[start:end] in known]
        if not ends or len(word) > 40:
            return ["[UNK]"]
        pieces.append(("##" if start else "") + word[start : ends[0]])
        start = ends[0]
    return pieces


def likeliest(word, scores):
    """Unigram: of all ways to cut the word the one with the highest sum of scores (Viterbi)."""
    unknown = min(scores.values()) - 10
    best = [(0.0, [])]
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
trainer = trainers.BpeTrainer(vocab_size=SIZE, special_tokens=SPECIAL, initial_alphabet=alphabet, show_progress=False)
bpe.train_from_iterator(documents, trainer)
bpe.save("bpe.json")
# The library's trainer of WordPiece breaks ties at random, so its pieces are learnt by merging, which does not. Its trainer of Unigram
# is used as it is, with a mark behind frequent words so that it considers them whole.
known = learn("wordpiece", count_units("wordpiece", documents), SIZE).entries
learnt = learn("unigram", count_units("unigram", documents), SIZE)
scores = {{piece: score for piece, score in zip(learnt.entries, learnt.scores) if math.isfinite(score)}}

ranks = {{tuple(pair): rank for rank, pair in enumerate(json.loads(bpe.to_str())["model"]["merges"])}}
by_hand = [piece for word in units("bpe", SENTENCE) for piece in merge(word, ranks)]
assert by_hand == bpe.encode(SENTENCE, add_special_tokens=False).tokens
print("BPE      ", *by_hand)
print("WordPiece", *(piece for word in units("wordpiece", SENTENCE) for piece in longest(word, set(known))))
print("Unigram  ", *(piece for word in units("unigram", SENTENCE) for piece in likeliest(word, scores)))
'''


def script(text: str, title: str, size: int, sentence: str) -> str:
    """The script as text. `text` is the name of a text or the digest of a visitor's own."""
    return _SCRIPT.format(text=text, title=title, size=size, sentence=sentence)
