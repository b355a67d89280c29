"""Causal language modelling as a short script of plain torch and transformers: same start, same batches, same losses.

The text it imports from here, as plain arrays; model, optimisers, loss and loop it spells out, and a test holds them to the stage. With
Muon the losses agree but for rounding: torch's own makes its directions orthogonal in bfloat16, the training here in float32.
"""

from llmviz.core.experiment import GPTS
from llmviz.core.spec import RunSpec
from llmviz.core.texts import TEXTS
from llmviz.views.scripts import loop, models

_LOSS = "loss = model(**batch(step)).loss  # mean of -log p(the token that comes next); transformers moves the labels by one place"
_SCRIPT = '''\
"""Causal language modelling on {title}: name the next token of a text at every place, from those before it."""

import numpy as np
import torch
from transformers import {imports}

from llmviz.core.settings import TextSpec
from llmviz.training.texts import encoded, padded

SEED, STEPS, BATCH, CONTEXT = {seed}, {steps}, {batch}, {context}
torch.manual_seed(SEED)
torch.set_num_threads(1)  # another number of threads gives slightly other weights
text = encoded(TextSpec({text!r}), TextSpec({root!r}), {cut!r})  # token ids, between [CLS] and [SEP]


def batch(step):
    """Some texts, and the labels: the tokens themselves, -100 where nothing is asked."""
    rng = np.random.default_rng((SEED, step))
    ids = padded([text.train[place][:CONTEXT] for place in rng.integers(len(text.train), size=BATCH)])
    labels = np.where((ids == 3) | (ids >= 5), ids, -100)  # 3 is [SEP]; padding and unknown words are not asked for
    labels[:, 0] = -100  # nothing stands before the first token
    arrays = {{"input_ids": ids, "attention_mask": np.ones_like(ids), "labels": labels}}  # padding stands last, where nothing looks at it
    return {{name: torch.from_numpy(array).to({device!r}) for name, array in arrays.items()}}


{share}


{comment}model = {model}.to({device!r})
{optimizers}
{loop}

ids = torch.tensor([text.tokenizer.encode({beginning!r}).ids[:-1]])  # without [SEP]: the text goes on
written = model.eval().generate(ids.to({device!r}), do_sample=True, temperature=1.0, max_length=CONTEXT)
print(text.tokenizer.decode(written[0].tolist()))
model.save_pretrained({stage!r})
'''


def script(spec: RunSpec) -> str:
    """The script as text."""
    train, family, root = spec.train, models.FAMILIES[spec.model.architecture], spec.lineage[0]
    comment, model = models.parent(family, spec.parent.id) if spec.parent else ("", models.new(spec.model, "text.vocabulary"))
    return _SCRIPT.format(
        title=TEXTS[spec.text.name].title,
        imports=family.language_model if spec.parent else f"{family.config}, {family.language_model}",
        seed=spec.seed,
        steps=train.steps,
        batch=train.batch_size,
        context=train.context,
        text=spec.text.name,
        root=root.text.name,
        cut="bytes" if root.model.architecture in GPTS and root.text.name != "tinyland" else "pieces",
        device=train.device,
        share=loop.share(train),
        comment=comment,
        model=model,
        optimizers=loop.optimizers(train, family.blocks),
        loop=loop.loop(train, _LOSS),
        beginning=TEXTS[spec.text.name].beginning,
        stage=spec.stage,
    )
