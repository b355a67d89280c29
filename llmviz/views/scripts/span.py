"""Span corruption as a short script of plain torch and transformers: same start, same batches, same losses.

Text and spans it imports from here, as plain arrays; model, optimisers, loss and loop it spells out, and a test holds them to the stage.
With Muon the losses agree but for rounding: torch's own makes its directions orthogonal in bfloat16, the training here in float32.
"""

from llmviz.core.settings import SIZES
from llmviz.core.spec import RunSpec
from llmviz.core.texts import TEXTS
from llmviz.views.scripts import loop, models

# Each head is biased towards a distance from the start; a constant of the library's own would be as random as the rest.
_NEW = """\
model = T5ForConditionalGeneration(T5Config(
    vocab_size=text.vocabulary,
    d_model={width},
    d_kv={each},
    d_ff={inner},
    num_layers={layers},  # that read, and as many that write
    num_heads={heads},
    relative_attention_max_distance=64,
    dropout_rate=0.0,
    pad_token_id=0,
    eos_token_id=3,  # [SEP]
    decoder_start_token_id=0,
))
READ, WRITE = [(-1, 1.0), (1, 1.0), (0, 0.1), (0, 0.0)], [(-1, 1.0), (0, 1.0), (0, 0.2), (0, 0.0)]
with torch.no_grad():
    for block in model.decoder.block:  # what it takes from a token of the text it passes on as it is: to copy a word is to look at it
        across = block.layer[1].EncDecAttention
        across.o.weight.copy_(0.5 * across.v.weight.T)
    for stack, towards in ((model.encoder, READ), (model.decoder, WRITE)):  # each head looks at a distance of its own from the start
        heads, bias = stack.block[0].layer[0].SelfAttention, stack.block[0].layer[0].SelfAttention.relative_attention_bias.weight
        for distance in sorted(range(-64, 1 if heads.is_decoder else 64), key=abs, reverse=True):
            bucket = heads._relative_position_bucket(torch.tensor([distance]), not heads.is_decoder, 32, 64)
            for head in range({heads}):
                centre, dislike = towards[head % 4]
                bias[bucket, head] = -min(dislike * abs(distance - centre), 6.0)"""
_MATRICES = '[w for name, w in model.named_parameters() if ".block." in name and w.ndim == 2 and "bias" not in name]'
_SCRIPT = '''\
"""Span corruption on {title}: cut spans out of a text, and say what stood there."""

import numpy as np
import torch
from transformers import {imports}

from llmviz.core.settings import TextSpec
from llmviz.training.texts import encoded, padded
from llmviz.text.spans import corrupt, draw
from llmviz.text.tokenizers import sentinel

SEED, STEPS, BATCH, CONTEXT = {seed}, {steps}, {batch}, {context}
torch.manual_seed(SEED)
torch.set_num_threads(1)  # another number of threads gives slightly other weights
text = encoded(TextSpec({text!r}), learnt_on=TextSpec({root!r}), kind="spans")  # token ids, between [CLS] and [SEP]
first = sentinel(text.tokenizer)  # <extra_id_0>; the others follow


def tensors(pairs):
    """What is read, between [CLS] and [SEP], and what is to be said, [SEP] behind it; -100 where nothing is."""
    given = torch.from_numpy(padded([np.concatenate(([2], given, [3])) for given, _ in pairs]))
    said = torch.from_numpy(padded([np.append(target, 3) for _, target in pairs]))
    inputs = {{"input_ids": given, "attention_mask": (given != 0).long(), "labels": said.masked_fill(said == 0, -100)}}
    return {{name: tensor.to({device!r}) for name, tensor in inputs.items()}}


def batch(step):
    """Some texts, spans cut out of each: about {density!r} of the words, {length!r} at a time."""
    rng = np.random.default_rng((SEED, step))
    chosen = [text.train[place][1:-1][: CONTEXT - 2] for place in rng.integers(len(text.train), size=BATCH)]
    return tensors([corrupt(ids, draw(len(ids), {density!r}, {length!r}, rng), first) for ids in chosen])


{share}


{model}
model.to({device!r})
{optimizers}
{loop}

ids = np.array(text.tokenizer.encode({sentence!r}).ids[1:-1])
asked = tensors([corrupt(ids, np.isin(np.arange(len(ids)), {hidden!r}), first)])
asked.pop("labels")
print(" ".join(text.pieces[id] for id in model.eval().generate(**asked, max_new_tokens=20)[0]))
model.save_pretrained({stage!r})
'''


def script(spec: RunSpec) -> str:
    """The script as text."""
    train, family, objective, size = spec.train, models.FAMILIES[spec.model.architecture], spec.objective, SIZES[spec.model.size]
    sizes = {"width": size.width, "each": size.width // size.heads, "inner": 4 * size.width, "layers": size.layers, "heads": size.heads}
    if spec.parent:
        comment, start = models.parent(family, spec.parent.id)
        model = f"{comment}model = {start}"
    else:
        model = _NEW.format(**sizes)
    asked = TEXTS[spec.text.name]
    return _SCRIPT.format(
        title=asked.title,
        imports=family.language_model if spec.parent else f"{family.config}, {family.language_model}",
        seed=spec.seed,
        steps=train.steps,
        batch=train.batch_size,
        context=train.context,
        density=objective.density,
        length=objective.span_length,
        text=spec.text.name,
        root=spec.lineage[0].text.name,
        device=train.device,
        share=loop.share(train),
        model=model,
        optimizers=loop.optimizers(train, family.blocks, _MATRICES),
        loop=loop.loop(train, "loss = model(**batch(step)).loss  # mean of -log p(each token of the answer)"),
        sentence=asked.spanned,
        hidden=asked.spans,
        stage=spec.stage,
    )
