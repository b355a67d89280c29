"""Span corruption (T5): cut spans out of a text, and write what stood there.

The training of llmviz in plain torch and transformers: same start, same batches, same losses. With Muon they agree but for rounding:
torch's own orthogonalises in bfloat16, llmviz in float32. Run it in the folder of llmviz.
"""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from transformers import AutoModelForSeq2SeqLM, T5Config, T5ForConditionalGeneration

sys.path.append(".")  # where llmviz is found
from llmviz.core.settings import TextSpec
from llmviz.text.spans import corrupt, draw
from llmviz.text.special import CLS, PAD, SEP
from llmviz.text.tokenizers import sentinel
from llmviz.training.texts import encoded, padded

TEXT = "tinyland"
VOCABULARY = "tinyland"  # the text its tokens were learnt on; a child keeps its parent's
DENSITY = 0.2  # share of the words that are cut out
SPAN_LENGTH = 2.0  # mean number of words in a span
PARENT = ""  # the run whose weights it starts from; "" is a random start
LAYERS = 2  # of the encoder, and as many of the decoder
WIDTH = 64
HEADS = 4
CONTEXT = 64  # tokens; longer texts are cut
STEPS = 1_000
BATCH_SIZE = 96
OPTIMIZER = "muon"  # or "adamw"
LEARNING_RATE = 3e-2
MUON_LEARNING_RATE = 2.5e-2
WARMUP = 0.06  # share of the steps in which the learning rate rises
CLIP = 1.0  # greatest norm of the gradient; 0 clips nothing
SEED = 0
DEVICE = "cpu"
SPANNED = "Leo saw a frog by the lake . every frog croaks ."  # asked about at the end
SPANS = (6, 9, 10)  # the places of the words that are cut out of it

torch.set_num_threads(1)  # another number of threads gives slightly other weights
text = encoded(TextSpec(TEXT), learnt_on=TextSpec(VOCABULARY), kind="spans")  # token ids, between [CLS] and [SEP]
first = sentinel(text.tokenizer)  # <extra_id_0>; the others follow

Ids = npt.NDArray[np.int64]


def tensors(pairs: Sequence[tuple[Ids, Ids]]) -> dict[str, torch.Tensor]:
    """Inputs between [CLS] and [SEP], and targets with [SEP] behind them as labels, -100 behind their end."""
    ids = torch.from_numpy(padded([np.concatenate(([CLS], corrupted, [SEP])) for corrupted, _ in pairs]))
    labels = torch.from_numpy(padded([np.append(target, SEP) for _, target in pairs], filling=-100))
    inputs = {"input_ids": ids, "attention_mask": (ids != PAD).long(), "labels": labels}
    return {name: tensor.to(DEVICE) for name, tensor in inputs.items()}


def batch(step: int) -> dict[str, torch.Tensor]:
    """Texts drawn by the seed and the step, spans cut out of each."""
    rng = np.random.default_rng((SEED, step))
    chosen = [text.train[index][1:-1][: CONTEXT - 2] for index in rng.integers(len(text.train), size=BATCH_SIZE)]
    return tensors([corrupt(ids, draw(len(ids), DENSITY, SPAN_LENGTH, rng), first) for ids in chosen])


def factor(step: int) -> float:
    """The learning rate as a share of its peak: it rises linearly over the warm-up, then falls linearly to zero."""
    warm = max(1, round(WARMUP * STEPS))
    return min((step + 1) / warm, (STEPS - step) / max(1, STEPS - warm), 1.0)


if PARENT:
    if not Path("parent").is_dir():
        raise SystemExit(f"The run this one starts from is not in this folder yet. Run: python -m llmviz export {PARENT} parent")
    model: Any = AutoModelForSeq2SeqLM.from_pretrained("parent", local_files_only=True)
else:
    torch.manual_seed(SEED)
    config = T5Config(
        vocab_size=text.vocabulary,
        d_model=WIDTH,
        d_kv=WIDTH // HEADS,
        d_ff=4 * WIDTH,
        num_layers=LAYERS,
        num_heads=HEADS,
        relative_attention_max_distance=64,
        dropout_rate=0.0,
        pad_token_id=PAD,
        eos_token_id=SEP,
    )
    config.decoder_start_token_id = PAD
    model = T5ForConditionalGeneration(config)
    # Each head begins with a distance it prefers, and a penalty for each token of distance from there (as ALiBi, Press et al. 2022).
    encoder, decoder = [(-1, 1.0), (1, 1.0), (0, 0.1), (0, 0.0)], [(-1, 1.0), (0, 1.0), (0, 0.2), (0, 0.0)]
    with torch.no_grad():
        for block in model.decoder.block:  # what cross-attention reads of a token it passes on as it is: to copy a word is to look at it
            across = block.layer[1].EncDecAttention
            across.o.weight.copy_(0.5 * across.v.weight.T)
        for stack, preferred in ((model.encoder, encoder), (model.decoder, decoder)):
            attention = stack.block[0].layer[0].SelfAttention
            for distance in sorted(range(-64, 1 if attention.is_decoder else 64), key=abs, reverse=True):
                bucket = attention._relative_position_bucket(torch.tensor([distance]), not attention.is_decoder, 32, 64)
                for head in range(HEADS):
                    centre, penalty = preferred[head % 4]
                    attention.relative_attention_bias.weight[bucket, head] = -min(penalty * abs(distance - centre), 6.0)
model.to(DEVICE)

if OPTIMIZER == "muon":
    # Muon moves the matrices inside the layers, AdamW all other weights.
    inside = {name: weight for name, weight in model.named_parameters() if ".block." in name and "bias" not in name}
    matrices = [weight for weight in inside.values() if weight.ndim == 2]
    rest = [weight for weight in model.parameters() if all(weight is not matrix for matrix in matrices)]
    optimizers: list[torch.optim.Optimizer] = [
        torch.optim.Muon(matrices, lr=MUON_LEARNING_RATE, weight_decay=0.3, momentum=0.9),
        torch.optim.AdamW(rest, lr=LEARNING_RATE, betas=(0.8, 0.95), weight_decay=0.0, fused=True),
    ]
else:
    optimizers = [torch.optim.AdamW(model.parameters(), lr=LEARNING_RATE, betas=(0.8, 0.95), weight_decay=0.0, fused=True)]
schedules = [torch.optim.lr_scheduler.LambdaLR(optimizer, factor) for optimizer in optimizers]

for step in range(1, STEPS + 1):
    loss = model(**batch(step)).loss  # mean of -log p(each token of the target)
    loss.backward()
    if CLIP:
        torch.nn.utils.clip_grad_norm_(model.parameters(), CLIP)
    for optimizer, schedule in zip(optimizers, schedules, strict=True):
        optimizer.step()
        schedule.step()
        optimizer.zero_grad()
    if step == 1 or step % max(1, STEPS // 20) == 0:
        print(f"step {step}  loss {loss.item():.4f}")

ids = np.array(text.tokenizer.encode(SPANNED).ids[1:-1])
asked = tensors([corrupt(ids, np.isin(np.arange(len(ids)), SPANS), first)])
del asked["labels"]
print(" ".join(text.pieces[id] for id in model.eval().generate(**asked, max_new_tokens=20)[0]))
model.save_pretrained("span")
