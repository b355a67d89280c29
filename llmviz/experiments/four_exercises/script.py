"""One sentence as four exercises: MLM, CLM, NSP and span corruption. What a model reads, what it must predict, and its loss there.

The models are the recorded ones, trained. Plain torch and transformers; the vocabulary and what is drawn by chance come from llmviz.
Run it in the folder of llmviz.
"""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from transformers import AutoTokenizer, BertForPreTraining, GPTNeoXForCausalLM, RoFormerForMaskedLM, T5ForConditionalGeneration

sys.path.append(".")  # where llmviz is found
import llmviz
from llmviz.text import masks, spans
from llmviz.text.exercises import elsewhere
from llmviz.text.special import CLS, FIRST, SEP

SENTENCE = "Leo saw a frog by the lake . every frog croaks ."
ROLL = 0  # the seed of all that is drawn
MASK_RATE = 0.3
DENSITY = 0.2  # share of the words that are cut out
SPAN_LENGTH = 2.0  # mean number of words in a span
SECOND = "roll"  # which second part stands in the pair: "follows", "other", or by chance
MOST = 40  # words that are read of a text

Ids = Sequence[int] | npt.NDArray[np.int64]
IGNORED = -100  # the label of what is no target
RECORDED = Path(llmviz.__file__).parent / "recordings"


def weights(name: str) -> Path:
    """The last snapshot of a recorded run."""
    return max((RECORDED / f"{name}-tinyland" / "snapshots").iterdir(), key=lambda folder: int(folder.name))


def reader(name: str) -> Any:
    """The tokenizer of a recorded run."""
    return AutoTokenizer.from_pretrained(RECORDED / f"{name}-tinyland")


def spelt(ids: Ids, tokenizer: Any) -> list[str]:
    """Tokens as text; a line where there is no target."""
    return ["_" if id == IGNORED else tokenizer.convert_ids_to_tokens(int(id)) for id in ids]


def show(name: str, read: Ids, labels: Ids, tokenizer: Any) -> None:
    """Print the input and the targets of an exercise."""
    print(name, "reads:", *spelt(read, tokenizer))
    print(name, "says: ", *spelt(labels, tokenizer))


def solve(name: str, kind: Any, **inputs: Ids) -> Any:
    """What the recorded model makes of it, with the loss of transformers: mean of -log p(target), in nats."""
    model = kind.from_pretrained(weights(name), dtype=torch.float32).eval()
    with torch.no_grad():
        return model(**{key: torch.tensor(np.array([value])) for key, value in inputs.items()})


def words(tokenizer: Any, text: str) -> list[int]:
    """A text as token ids."""
    ids: list[int] = tokenizer(text, add_special_tokens=False)["input_ids"][:MOST]
    return ids


tokenizer = reader("mlm")  # a word a token; GPT and both BERTs share it
ids = np.array([CLS, *words(tokenizer, SENTENCE), SEP])
named = (ids >= FIRST) | (ids == SEP)  # an unknown word is no target

# MLM: some tokens are targets; of these 80 % become [MASK], 10 % another word, 10 % stay.
[read], [labels] = masks.mask(ids[None], ids[None] < FIRST, MASK_RATE, len(tokenizer), np.random.default_rng((ROLL, 0)))
show("MLM", read, labels, tokenizer)
print(f"MLM loss {solve('mlm', RoFormerForMaskedLM, input_ids=read, labels=labels).loss:.4f}")

# CLM: every token from those before it; transformers shifts the labels by one position itself.
labels = np.where(named, ids, IGNORED)
labels[0] = IGNORED
show("CLM", ids[:-1], labels[1:], tokenizer)
print(f"CLM loss {solve('clm', GPTNeoXForCausalLM, input_ids=ids, labels=labels).loss:.4f}")

# NSP: the text cut after one of its sentences; its own second part, or the rest of another story.
rng = np.random.default_rng((ROLL, 2))
text = ids[1:-1]
marks = np.array([token in (".", "!", "?") for token in spelt(text, tokenizer)])
ends = np.flatnonzero(marks[:-1] & ~marks[1:]) + 1
if len(ends):
    end = ends[rng.integers(len(ends))]
    follows = rng.random() < 0.5 if SECOND == "roll" else SECOND == "follows"
    second = text[end:] if follows else words(tokenizer, elsewhere(ROLL, SENTENCE))
    read = np.array([CLS, *text[:end], SEP, *second, SEP])
    print("NSP reads:", *spelt(read, tokenizer))
    print("NSP says: ", "follows" if follows else "does not follow")
    parts = [0] * (end + 2) + [1] * (len(second) + 1)
    answer = solve("nsp", BertForPreTraining, input_ids=read, token_type_ids=parts).seq_relationship_logits
    print(f"NSP loss {torch.nn.functional.cross_entropy(answer, torch.tensor([0 if follows else 1])):.4f}")

# Span corruption: a sentinel in place of each span; the target says them all, each behind its sentinel.
tokenizer = reader("span")  # the same words, and the sentinels
hidden = spans.draw(len(text), DENSITY, SPAN_LENGTH, np.random.default_rng((ROLL, 3)))
read, target = spans.corrupt(text, hidden, tokenizer.convert_tokens_to_ids("<extra_id_0>"))
read, target = np.array([CLS, *read, SEP]), np.array([*target, SEP])
labels = np.where((target >= FIRST) | (target == SEP), target, IGNORED)
show("Spans", read, labels, tokenizer)
answer = solve("span", T5ForConditionalGeneration, input_ids=read, labels=labels, decoder_input_ids=[0, *target[:-1]])
print(f"Spans loss {answer.loss:.4f}")
