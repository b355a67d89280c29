"""Next sentence prediction as a short script of plain torch and transformers: same start, same batches, same losses.

Pairs and masks it imports from here; model, optimisers, loss and loop it spells out, and a test holds them to the stage.
"""

from llmviz.core.spec import RunSpec
from llmviz.core.texts import TEXTS
from llmviz.views.scripts import loop, models

_SCRIPT = '''\
"""Next sentence prediction on {title}: does the second part go on with the first?"""

import numpy as np
import torch
from transformers import BertConfig, BertForPreTraining

from llmviz.core.settings import TextSpec
from llmviz.training.texts import encoded, padded
from llmviz.text.masks import mask
from llmviz.text.pairs import Pairs
from llmviz.text.threads import documents

SEED, STEPS, BATCH, CONTEXT = {seed}, {steps}, {batch}, {context}
torch.manual_seed(SEED)
torch.set_num_threads(1)  # another number of threads gives slightly other weights
text = encoded(TextSpec({text!r}), learnt_on=TextSpec({text!r}))
source = Pairs(documents(TextSpec({text!r}))["train"])


def joined(pair):
    """[CLS] first [SEP] second [SEP] as ids."""
    first, second = (text.tokenizer.encode(source.text(part), add_special_tokens=False).ids for part in pair[:2])
    return np.array([2, *first, 3, *second, 3])


def batch(step):
    """Pairs, two that begin alike: the first follows, the second does not."""
    rng = np.random.default_rng((SEED, step))
    places = rng.integers(len(source.documents), size=max(1, BATCH // 2))
    pairs = [pair for place in places for pair in source.two(int(place), rng)]
    ids = padded([joined(pair) for pair in pairs])
    hidden, labels = mask(ids, ids < 4, {mask_rate!r}, text.vocabulary, rng)
    types = np.where(ids == 0, 0, np.minimum((ids == 3).cumsum(1) - (ids == 3), 1))  # 1 in the second part
    arrays = {{"input_ids": hidden, "token_type_ids": types, "attention_mask": (hidden != 0).astype(int), "labels": labels}}
    arrays["next_sentence_label"] = np.array([int(not pair.follows) for pair in pairs])
    return {{name: torch.from_numpy(array).to({device!r}) for name, array in arrays.items()}}


{share}


model = {model}
with torch.no_grad():  # every head begins by looking at tokens like its own, and takes away what it finds (Trockman and Kolter 2023)
    for layer in model.bert.encoder.layer:
        attention = layer.attention.self
        attention.query.weight.mul_(2.0)
        attention.key.weight.copy_(attention.query.weight)
        layer.attention.output.dense.weight.copy_(attention.value.weight.T * (-0.5 / (model.config.hidden_size * 0.06**2)))
model.to({device!r})
{optimizers}
{loop}

ids = torch.tensor([text.tokenizer.encode(*{pair!r}).ids])
types = (ids == 3).cumsum(1) - (ids == 3).long()
found = model.eval()(input_ids=ids.to({device!r}), token_type_ids=types.clamp(max=1).to({device!r}))
print(f"{{found.seq_relationship_logits[0].softmax(-1)[0]:.0%}} sure that the second part follows")
model.save_pretrained({stage!r})
'''
_LOSS = """\
learnt = batch(step)
    found = model(**{name: learnt[name] for name in ("input_ids", "token_type_ids", "attention_mask")})
    losses = {losses}
    loss = sum(torch.nn.functional.cross_entropy(logits, truth) for logits, truth in losses if len(truth))"""
_WORDS = '(found.prediction_logits[learnt["labels"] != -100], learnt["labels"][learnt["labels"] != -100])'
_PAIRS = '(found.seq_relationship_logits, learnt["next_sentence_label"])'


def script(spec: RunSpec) -> str:
    """The script as text."""
    train, objective, text = spec.train, spec.objective, TEXTS[spec.text.name]
    family = models.FAMILIES["pairs"]
    losses = f"[{_WORDS}, {_PAIRS}]" if objective.next_sentence else f"[{_WORDS}]"
    return _SCRIPT.format(
        title=text.title,
        seed=spec.seed,
        steps=train.steps,
        batch=train.batch_size,
        context=train.context,
        text=text.name,
        mask_rate=objective.mask_rate,
        device=train.device,
        share=loop.share(train),
        model=models.new(spec.model, "text.vocabulary", family),
        optimizers=loop.optimizers(train, family.blocks),
        loop=loop.loop(train, _LOSS.replace("{losses}", losses)),
        pair=text.pair,
        stage=spec.stage,
    )
