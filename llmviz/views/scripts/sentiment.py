"""Fine-tuning on labelled examples as a short script of plain torch and transformers: same start, same batches, same losses.

The examples it imports from here, as plain text; model, head, optimisers, loss and loop it spells out, and a test holds them to the stage.
"""

from llmviz.core.experiment import BERTS
from llmviz.core.spec import RunSpec
from llmviz.core.texts import TEXTS
from llmviz.views.scripts import loop, models

_MEAN = """\
there = asked["attention_mask"].unsqueeze(-1)
    found = model(input_ids=asked["input_ids"], attention_mask=asked["attention_mask"]).logits  # (batch, n, 2)
    return (found * there).sum(1) / there.sum(1)  # the head is linear: the same as reading the mean of the last hidden states"""
_LAST = """\
return model(input_ids=asked["input_ids"], attention_mask=asked["attention_mask"]).logits  # read off the last token"""
_LOSS = """\
learnt = batch(step)
    model.train()
    loss = torch.nn.functional.cross_entropy(verdicts(learnt), learnt["labels"])  # mean of -log p(the class)"""
_SCRIPT = '''\
"""Sentiment on {title}: {origin} learns from {labels:,} labelled examples which of two classes a text is of."""

import numpy as np
import torch
from transformers import {imports}

from llmviz.core.settings import TextSpec
from llmviz.text.corpora import load
from llmviz.text.labelled import labelled, stratified
from llmviz.text.tokenizers import tokenizer_for

SEED, STEPS, BATCH, CONTEXT, LABELS = {seed}, {steps}, {batch}, {context}, {labels}
torch.set_num_threads(1)  # another number of threads gives slightly other weights
tokenizer = tokenizer_for(load(TextSpec({root!r})), {kind!r})
examples = labelled(TextSpec({text!r}))
chosen = stratified(examples["train"], LABELS, SEED)  # as many of each class


def tensors(some):
    """Texts, padded on the right, and their classes: 0 is negative, 1 is positive."""
    texts = [tokenizer.encode(example.text, add_special_tokens=False).ids[: CONTEXT - 2] for example in some]
    texts = [[2, *ids{sep}] for ids in texts]  # {special}
    ids = torch.tensor([text + [0] * (max(map(len, texts)) - len(text)) for text in texts])
    labels = torch.tensor([example.label for example in some])
    return {{"input_ids": ids.to({device!r}), "attention_mask": (ids != 0).long().to({device!r}), "labels": labels.to({device!r})}}


def verdicts(asked):
    """Logits of the two classes: (batch, 2)."""
    {verdicts}


def batch(step):
    """All examples take their turn, in another order each time through."""
    count, size = len(chosen), min(BATCH, len(chosen))
    turns = [divmod(turn, count) for turn in range((step - 1) * size, step * size)]
    return tensors([chosen[np.random.default_rng((SEED, time)).permutation(count)[place]] for time, place in turns])


{share}


torch.manual_seed(SEED)
{comment}start = {start}
start.config.id2label = {{0: "negative", 1: "positive"}}
model = {classifier}(start.config)
model.load_state_dict(start.state_dict(), strict=False)  # the body is copied
for weight in model.{head}.parameters():
    torch.nn.init.zeros_(weight)  # the head over the two classes is new, and begins at zero
model.to({device!r})
{optimizers}
{loop}

with torch.no_grad():
    model.eval()
    right = [verdicts(asked := tensors([example])).argmax(-1) == asked["labels"] for example in examples["test"][:1000]]
print(f"right on test examples: {{torch.cat(right).float().mean():.0%}}")
model.save_pretrained({stage!r})
'''


def script(spec: RunSpec) -> str:
    """The script as text."""
    train, family, root = spec.train, models.FAMILIES[spec.model.architecture], spec.lineage[0]
    bert = spec.model.architecture in BERTS
    classifier = f"{family.name}For{'Token' if bert else 'Sequence'}Classification"
    comment, start = models.parent(family, spec.parent.id) if spec.parent else ("", models.new(spec.model, "tokenizer.get_vocab_size()"))
    return _SCRIPT.format(
        title=TEXTS[spec.text.name].title,
        origin="a pretrained model" if spec.parent else "a model that starts from random weights",
        imports=", ".join([*([] if spec.parent else [family.config]), family.language_model, classifier]),
        labels=spec.objective.labels,
        seed=spec.seed,
        steps=train.steps,
        batch=train.batch_size,
        context=train.context,
        text=spec.text.name,
        root=root.text.name,
        sep=", 3" if bert else "",
        special="2 is [CLS], 3 is [SEP]" if bert else "2 is [CLS]",
        verdicts=_MEAN if bert else _LAST,
        kind="bytes" if not bert and root.text.name != "tinyland" else "pieces",
        device=train.device,
        share=loop.share(train),
        comment=comment,
        start=start,
        head="classifier" if bert else "score",
        classifier=classifier,
        optimizers=loop.optimizers(train, family.blocks),
        loop=loop.loop(train, _LOSS),
        stage=spec.stage,
    )
