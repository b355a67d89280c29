"""One sentence as the four exercises of pretraining, as a short script: inputs, targets, and the losses of the recorded models.

Vocabulary, masks, spans and the other story come from here, so that chance falls as on the page; a test holds its losses to the page's.
"""

from llmviz.core.recorded import RECORDED
from llmviz.core.spec import preset

_SCRIPT = '''\
"""One sentence as four exercises: MLM, CLM, NSP and span corruption. What a model reads, what it must say, and what it loses there."""

from pathlib import Path

import numpy as np
import torch
from transformers import AutoTokenizer, {classes}

import llmviz
from llmviz.text import masks, spans
from llmviz.text.exercises import elsewhere

SENTENCE = {sentence!r}
ROLL, RATE, DENSITY, LENGTH, SECOND = {roll}, {rate!r}, {noise!r}, {length!r}, {second!r}
CLS, SEP, MASK, FIRST, IGNORED = 2, 3, 4, 5, -100  # [CLS], [SEP], [MASK]; the first word; where no loss is taken
RECORDED = Path(llmviz.__file__).parent / "recordings"
FOLDERS = {folders}


def spelt(ids, tokenizer):
    return ["_" if id == IGNORED else tokenizer.convert_ids_to_tokens(int(id)) for id in ids]


def show(name, read, labels, tokenizer):
    print(name, "reads:", *spelt(read, tokenizer))
    print(name, "says: ", *spelt(labels, tokenizer))


def solve(name, kind, **inputs):
    """What the recorded model makes of it, by the loss of transformers: mean of -log p(target), in nats."""
    model = kind.from_pretrained(RECORDED / FOLDERS[name], dtype=torch.float32).eval()
    with torch.no_grad():
        return model(**{{key: torch.tensor(np.array([value])) for key, value in inputs.items()}})


def words(tokenizer, text):
    return tokenizer(text, add_special_tokens=False)["input_ids"][:{most}]


tokenizer = AutoTokenizer.from_pretrained(RECORDED / FOLDERS["mlm"])  # a word a token; GPT and both BERTs share it
ids = np.array([CLS, *words(tokenizer, SENTENCE), SEP])
named = (ids >= FIRST) | (ids == SEP)  # an unknown word cannot be named

# MLM: of all tokens a share is asked for; of these 80 % become [MASK], 10 % another word, 10 % stay.
[read], [labels] = masks.mask(ids[None], ids[None] < FIRST, RATE, len(tokenizer), np.random.default_rng((ROLL, 0)))
show("MLM", read, labels, tokenizer)
print(f"MLM loss {{solve('mlm', {mlm}, input_ids=read, labels=labels).loss:.4f}}")

# CLM: every token from those before it; transformers moves the labels by one place itself.
labels = np.where(named, ids, IGNORED)
labels[0] = IGNORED
show("CLM", ids[:-1], labels[1:], tokenizer)
print(f"CLM loss {{solve('clm', {clm}, input_ids=ids, labels=labels).loss:.4f}}")

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
    answer = solve("nsp", {nsp}, input_ids=read, token_type_ids=parts).seq_relationship_logits
    print(f"NSP loss {{torch.nn.functional.cross_entropy(answer, torch.tensor([0 if follows else 1])):.4f}}")

# Span corruption: a sentinel in place of each span; the target says them all, each behind its sentinel.
tokenizer = AutoTokenizer.from_pretrained(RECORDED / FOLDERS["span"])  # the same words, and the sentinels
hidden = spans.draw(len(text), DENSITY, LENGTH, np.random.default_rng((ROLL, 3)))
read, target = spans.corrupt(text, hidden, tokenizer.convert_tokens_to_ids("<extra_id_0>"))
read, target = np.array([CLS, *read, SEP]), np.array([*target, SEP])
labels = np.where((target >= FIRST) | (target == SEP), target, IGNORED)
show("Spans", read, labels, tokenizer)
print(f"Spans loss {{solve('span', {span}, input_ids=read, labels=labels, decoder_input_ids=[0, *target[:-1]]).loss:.4f}}")
'''
_CLASSES = {
    "mlm": "RoFormerForMaskedLM",
    "clm": "GPTNeoXForCausalLM",
    "nsp": "BertForPreTraining",
    "span": "T5ForConditionalGeneration",
}


def script(sentence: str, roll: int, rates: tuple[float, float, float], second: str, most: int) -> str:
    """The script as text. `rates` are the mask rate, the share that is cut out and the mean length of a span; `most` tokens are read."""
    rate, noise, length = rates
    choices = {"rate": rate, "noise": noise, "length": length, "second": second, "most": most}
    classes = ", ".join(sorted(_CLASSES.values()))
    return _SCRIPT.format(sentence=sentence, roll=roll, **choices, classes=classes, folders=_folders(), **_CLASSES)


def _folders() -> str:
    """Where the trained weights of each recorded model lie, a line each."""
    names = {spec: name for name, spec in RECORDED.items()}
    specs = {kind: preset(kind) for kind in _CLASSES}
    lines = (f"    {kind!r}: {f'{names[spec]}/snapshots/{spec.train.steps}'!r},\n" for kind, spec in specs.items())
    return "{\n" + "".join(lines) + "}"
