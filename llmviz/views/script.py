"""A spec as the short script that trains it with plain torch and transformers: same start, same batches, same losses.

With Muon the same but for rounding: torch's own makes its directions orthogonal in bfloat16, the training here in float32. What the
script repeats of the stage, its model and its optimisers is held to them by a test.
"""

from llmviz.core.settings import SIZES
from llmviz.core.spec import RunSpec
from llmviz.core.texts import TEXTS
from llmviz.views.examples import EXAMPLES

_CLASSES = {"roformer": "RoFormer", "bert": "Bert"}

_MODEL = """\
model = {family}ForMaskedLM(
    {family}Config(
        vocab_size=vocabulary,
        hidden_size={width},
        embedding_size={width},
        num_hidden_layers={layers},
        num_attention_heads={heads},
        intermediate_size={inner},
        max_position_embeddings=CONTEXT,
        type_vocab_size=2,
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
        hidden_act="relu",
        initializer_range=0.06,  # a narrow model needs larger random weights than BERT's 0.02
    )
)"""

_PARENT = """\
# The run this one goes on from, written there by: python -m llmviz export {run} parent
model = {family}ForMaskedLM.from_pretrained("parent")"""

_MUON = """\
inside = [weight for weight in model.base_model.encoder.layer.parameters() if weight.ndim == 2]
rest = [weight for weight in model.parameters() if all(weight is not other for other in inside)]
optimizers = [
    torch.optim.Muon(inside, lr={muon!r}, weight_decay=0.3),  # the matrices inside the blocks
    torch.optim.AdamW(rest, lr={rate!r}, betas=(0.9, 0.98), weight_decay=0.0, fused=True),  # all the rest
]"""

_ADAMW = """\
optimizers = [torch.optim.AdamW(model.parameters(), lr={rate!r}, betas=(0.9, 0.98), weight_decay=0.0, fused=True)]"""

_SCRIPT = '''\
"""Masked language modelling on {title}: hide some words of a text and guess them from both sides."""

import numpy as np
import torch
from transformers import {imports}

from llmviz.core.settings import TextSpec
from llmviz.text.corpora import load
from llmviz.text.tokenizers import tokenizer_for

SEED, STEPS, BATCH, CONTEXT, MASK_RATE, SENTENCES = {seed}, {steps}, {batch}, {context}, {mask_rate!r}, {sentences!r}
CLS, SEP, MASK, ORDINARY = 2, 3, 4, 5  # ids; [PAD] is 0, [UNK] is 1, words begin at 5

torch.manual_seed(SEED)
torch.set_num_threads(1)  # another number of threads gives slightly other weights
corpus = load(TextSpec({text!r}))
tokenizer = tokenizer_for(corpus)
vocabulary = tokenizer.get_vocab_size()
texts = [encoding.ids for encoding in tokenizer.encode_batch(corpus.train)]
closing = {{tokenizer.token_to_id(mark) for mark in ".!?"}}
sentences = []  # facts are learnt sooner in short texts, so some batches are single sentences
for ids in texts:
    sentence = [CLS]
    for place, id in enumerate(ids[1:-1], 1):
        sentence.append(id)
        if id in closing or place == len(ids) - 2:
            sentences.append([*sentence, SEP])
            sentence = [CLS]


def batch(step):
    """Texts of this step, corrupted as in BERT (section 3.1), and the labels: -100 where nothing is to be guessed."""
    rng = np.random.default_rng((SEED, step))
    pool, count = (sentences, 2 * BATCH) if rng.random() < SENTENCES else (texts, BATCH)
    chosen = [pool[place] for place in rng.integers(len(pool), size=count)]
    chosen = [ids if len(ids) <= CONTEXT else [*ids[: CONTEXT - 1], SEP] for ids in chosen]
    ids = np.zeros((count, max(map(len, chosen))), np.int64)
    for row, text in zip(ids, chosen):
        row[: len(text)] = text
    draws = np.where(ids < MASK, 2.0, rng.random(ids.shape))  # never a special token, and at least one word a text
    targets = ((draws < MASK_RATE) | (draws == draws.min(axis=1, keepdims=True))) & (draws < 2)
    fate, swaps = rng.random(ids.shape), rng.integers(ORDINARY, vocabulary, ids.shape)
    hidden = np.where(targets & (fate < 0.8), MASK, ids)  # 80 % hidden, 10 % swapped, 10 % left
    hidden = np.where(targets & (fate >= 0.8) & (fate < 0.9), swaps, hidden)
    labels = np.where(targets, ids, -100)
    arrays = {{"input_ids": hidden, "attention_mask": (hidden != 0).astype(np.int64), "labels": labels}}
    return {{name: torch.from_numpy(array).to({device!r}) for name, array in arrays.items()}}


def share(step):
    """The learning rate rises at first and then falls in a straight line to zero."""
    warm = max(1, round({warmup!r} * STEPS))
    return min((step + 1) / warm, (STEPS - step) / max(1, STEPS - warm), 1.0)


{model}
model.to({device!r})
{optimizers}
schedules = [torch.optim.lr_scheduler.LambdaLR(optimizer, share) for optimizer in optimizers]
for step in range(1, STEPS + 1):
    loss = model(**batch(step)).loss
    loss.backward()
{clip}    for optimizer, schedule in zip(optimizers, schedules):
        optimizer.step()
        schedule.step()
        optimizer.zero_grad()
    if step == 1 or step % max(1, STEPS // 20) == 0:
        print(f"step {{step}}  loss {{loss.item():.4f}}")

model.eval()
ids = torch.tensor([tokenizer.encode({sentence!r}).ids])
place = {place} + 1  # [CLS] stands first
ids[0, place] = MASK
chances = model(ids.to({device!r})).logits[0, place].softmax(-1)
print(tokenizer.decode(ids[0].tolist(), skip_special_tokens=False))
for chance, id in zip(*(found.tolist() for found in chances.topk(5))):
    print(f"{{tokenizer.id_to_token(id):>12}}  {{chance:.0%}}")
model.save_pretrained({stage!r})
'''


def script(spec: RunSpec) -> str:
    """The script as text."""
    size, train, family = SIZES[spec.model.size], spec.train, _CLASSES[spec.model.architecture]
    dimensions = {"width": size.width, "layers": size.layers, "heads": size.heads, "inner": 4 * size.width}
    example = EXAMPLES[spec.text.name][0]
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
        device=train.device,
        warmup=train.warmup,
        model=_PARENT.format(family=family, run=spec.parent.id[:12]) if spec.parent else _MODEL.format(family=family, **dimensions),
        optimizers=moving.format(rate=train.learning_rate, muon=train.muon_learning_rate),
        clip=f"    torch.nn.utils.clip_grad_norm_(model.parameters(), {train.clip!r})\n" if train.clip else "",
        sentence=example.sentence,
        place=example.hidden[0],
        stage=spec.stage,
    )
