"""Masked language modelling as a short script of plain torch and transformers: same start, same batches, same losses.

Text and masks it imports from here, as plain arrays; model, optimisers, loss and loop it spells out, and a test holds them to the
stage. With Muon the losses agree but for rounding: torch's own makes its directions orthogonal in bfloat16, the training here in float32.
"""

from llmviz.core.spec import RunSpec
from llmviz.core.texts import TEXTS
from llmviz.views.examples import EXAMPLES
from llmviz.views.scripts import loop, models

_SCRIPT = '''\
"""Masked language modelling on {title}: hide some words of a text and guess them from both sides."""

import numpy as np
import torch
from transformers import {imports}

from llmviz.core.settings import TextSpec
from llmviz.training.texts import encoded, padded
from llmviz.text.masks import mask

SEED, STEPS, BATCH, CONTEXT = {seed}, {steps}, {batch}, {context}
torch.manual_seed(SEED)
torch.set_num_threads(1)  # another number of threads gives slightly other weights
text = encoded(TextSpec({text!r}), learnt_on=TextSpec({root!r}))  # token ids, between [CLS] and [SEP]


def batch(step):
    """Some texts, corrupted, and the labels: what stood there, or -100 where nothing is to be guessed."""
    rng = np.random.default_rng((SEED, step))
    chosen = [text.train[place] for place in rng.integers(len(text.train), size=BATCH)]
    ids = padded([ids if len(ids) <= CONTEXT else np.append(ids[: CONTEXT - 1], 3) for ids in chosen])  # 3 is [SEP]
    special = ids < 4  # [PAD], [UNK], [CLS], [SEP] are never guessed
    hidden, labels = mask(ids, special, {mask_rate!r}, text.vocabulary, rng)  # of the guessed, 80 % hidden, 10 % swapped, 10 % left
    arrays = {{"input_ids": hidden, "attention_mask": (hidden != 0).astype(int), "labels": labels}}
    return {{name: torch.from_numpy(array).to({device!r}) for name, array in arrays.items()}}


{share}


{comment}model = {model}.to({device!r})
{optimizers}
{loop}

ids = torch.tensor([text.tokenizer.encode({sentence!r}).ids])
ids[0, {place} + 1] = 4  # [MASK]; [CLS] stands first
found = model.eval()(ids.to({device!r})).logits[0, {place} + 1].softmax(-1)
for chance, id in zip(*(best.tolist() for best in found.topk(5))):
    print(f"{{text.pieces[id]:>12}}  {{chance:.0%}}")
model.save_pretrained({stage!r})
'''


def script(spec: RunSpec) -> str:
    """The script as text."""
    train, family, objective = spec.train, models.FAMILIES[spec.model.architecture], spec.objective
    example = EXAMPLES["mlm", spec.text.name][0]
    comment, model = models.parent(family, spec.parent.id) if spec.parent else ("", models.new(spec.model, "text.vocabulary"))
    return _SCRIPT.format(
        title=TEXTS[spec.text.name].title,
        imports=family.language_model if spec.parent else f"{family.config}, {family.language_model}",
        seed=spec.seed,
        steps=train.steps,
        batch=train.batch_size,
        context=train.context,
        mask_rate=objective.mask_rate,
        text=spec.text.name,
        root=spec.lineage[0].text.name,
        device=train.device,
        share=loop.share(train),
        comment=comment,
        model=model,
        optimizers=loop.optimizers(train, family.blocks),
        loop=loop.loop(train, "loss = model(**batch(step)).loss  # mean of -log p(the word that stood there)"),
        sentence=example.sentence,
        place=example.hidden[0],
        stage=spec.stage,
    )
