"""A spec as the short script that trains it with plain torch and transformers: same start, same batches, same losses.

Text and masks it imports from here, as plain arrays; model, optimisers, loss and loop it spells out, and a test holds them to the
stage. With Muon the losses agree but for rounding: torch's own makes its directions orthogonal in bfloat16, the training here in float32.
"""

from llmviz.core.settings import SIZES
from llmviz.core.spec import RunSpec
from llmviz.core.texts import TEXTS
from llmviz.views.examples import EXAMPLES

_CLASSES = {"roformer": "RoFormer", "bert": "Bert"}

_MODEL = """\
config = {family}Config(
    vocab_size=text.vocabulary,
    hidden_size={width},
    embedding_size={width},
    num_hidden_layers={layers},
    num_attention_heads={heads},
    intermediate_size={inner},
    max_position_embeddings=CONTEXT,
    hidden_dropout_prob=0.0,
    attention_probs_dropout_prob=0.0,
    hidden_act="relu",
    initializer_range=0.06,  # a narrow model needs larger random weights than BERT's 0.02
)
model = {family}ForMaskedLM(config).to({device!r})"""

_PARENT = """\
# The run this one goes on from, written there by: python -m llmviz export {run} parent
model = {family}ForMaskedLM.from_pretrained("parent").to({device!r})"""

_MUON = """\
matrices = [weight for weight in model.base_model.encoder.layer.parameters() if weight.ndim == 2]
rest = [weight for weight in model.parameters() if all(weight is not matrix for matrix in matrices)]
optimizers = [
    torch.optim.Muon(matrices, lr={muon!r}, weight_decay=0.3),
    torch.optim.AdamW(rest, lr={rate!r}, betas=(0.9, 0.98), weight_decay=0.0, fused=True),
]"""

_ADAMW = """\
optimizers = [torch.optim.AdamW(model.parameters(), lr={rate!r}, betas=(0.9, 0.98), weight_decay=0.0, fused=True)]"""

_SCRIPT = '''\
"""Masked language modelling on {title}: hide some words of a text and guess them from both sides."""

import numpy as np
import torch
from transformers import {imports}

from llmviz.core.settings import TextSpec
from llmviz.stages.texts import encoded, padded
from llmviz.text.masks import mask

SEED, STEPS, BATCH, CONTEXT, MASK_RATE, SENTENCES = {seed}, {steps}, {batch}, {context}, {mask_rate!r}, {sentences!r}
torch.manual_seed(SEED)
torch.set_num_threads(1)  # another number of threads gives slightly other weights
text = encoded(TextSpec({text!r}), learnt_on=TextSpec({root!r}))  # token ids, between [CLS] and [SEP]


def batch(step):
    """Some texts, corrupted, and the labels: what stood there, or -100 where nothing is to be guessed."""
    rng = np.random.default_rng((SEED, step))
    pool, count = (text.sentences, 2 * BATCH) if rng.random() < SENTENCES else (text.train, BATCH)
    chosen = [pool[place] for place in rng.integers(len(pool), size=count)]
    ids = padded([ids if len(ids) <= CONTEXT else np.append(ids[: CONTEXT - 1], 3) for ids in chosen])  # 3 is [SEP]
    special = ids < 4  # [PAD], [UNK], [CLS], [SEP] are never guessed
    hidden, labels = mask(ids, special, MASK_RATE, text.vocabulary, rng)  # of the guessed, 80 % hidden, 10 % swapped, 10 % left
    arrays = {{"input_ids": hidden, "attention_mask": (hidden != 0).astype(int), "labels": labels}}
    return {{name: torch.from_numpy(array).to({device!r}) for name, array in arrays.items()}}


def share(step):
    """The learning rate rises at first and then falls in a straight line to zero."""
    warm = max(1, round({warmup!r} * STEPS))
    return min((step + 1) / warm, (STEPS - step) / max(1, STEPS - warm), 1.0)


{model}
{optimizers}
schedules = [torch.optim.lr_scheduler.LambdaLR(optimizer, share) for optimizer in optimizers]
for step in range(1, STEPS + 1):
    loss = model(**batch(step)).loss  # mean of -log p(the word that stood there)
    loss.backward()
{clip}    for optimizer, schedule in zip(optimizers, schedules):
        optimizer.step()
        schedule.step()
        optimizer.zero_grad()
    if step == 1 or step % max(1, STEPS // 20) == 0:
        print(f"step {{step}}  loss {{loss.item():.4f}}")

ids = torch.tensor([text.tokenizer.encode({sentence!r}).ids])
ids[0, {place} + 1] = 4  # [MASK]; [CLS] stands first
chances = model.eval()(ids.to({device!r})).logits[0, {place} + 1].softmax(-1)
for chance, id in zip(*(found.tolist() for found in chances.topk(5))):
    print(f"{{text.pieces[id]:>12}}  {{chance:.0%}}")
model.save_pretrained({stage!r})
'''


def script(spec: RunSpec) -> str:
    """The script as text."""
    size, train, family = SIZES[spec.model.size], spec.train, _CLASSES[spec.model.architecture]
    dimensions = {"width": size.width, "layers": size.layers, "heads": size.heads, "inner": 4 * size.width}
    example = EXAMPLES[spec.text.name][0]
    if spec.parent:
        model = _PARENT.format(family=family, run=spec.parent.id[:12], device=train.device)
    else:
        model = _MODEL.format(family=family, device=train.device, **dimensions)
    moving = _MUON if train.optimizer == "muon" else _ADAMW
    return _SCRIPT.format(
        title=TEXTS[spec.text.name].title,
        imports=f"{family}ForMaskedLM" if spec.parent else f"{family}Config, {family}ForMaskedLM",
        seed=spec.seed,
        steps=train.steps,
        batch=train.batch_size,
        context=train.context,
        mask_rate=spec.objective.mask_rate,
        sentences=spec.objective.sentences,
        text=spec.text.name,
        root=spec.lineage[0].text.name,
        device=train.device,
        warmup=train.warmup,
        model=model,
        optimizers=moving.format(rate=train.learning_rate, muon=train.muon_learning_rate),
        clip=f"    torch.nn.utils.clip_grad_norm_(model.parameters(), {train.clip!r})\n" if train.clip else "",
        sentence=example.sentence,
        place=example.hidden[0],
        stage=spec.stage,
    )
