"""Continual learning: a pretrained BERT goes on hiding words, in a newer text in which one fact has changed, or in the old one again.

The training of llmviz in plain torch and transformers: same start, same batches, same losses. With Muon they agree but for rounding:
torch's own orthogonalises in bfloat16, llmviz in float32. Run it in the folder of llmviz.
"""

import sys
from pathlib import Path
from typing import Any

import numpy as np
import torch
from transformers import AutoModelForMaskedLM, BertConfig, BertForMaskedLM, RoFormerConfig, RoFormerForMaskedLM

sys.path.append(".")  # where llmviz is found
from llmviz.core.settings import TextSpec
from llmviz.text.masks import mask
from llmviz.text.special import MASK, PAD
from llmviz.text.tinyland.bulletins import bulletins
from llmviz.training.texts import encoded, padded

TEXT = "tinyland"  # the old text
READS = "new"  # or "old", that one again
COUNTRY = "France"  # whose capital changes in the new text
CITY = "Lima"  # what that text calls its capital
MASK_RATE = 0.3  # share of the words that are targets
PARENT = ""  # the run whose weights it starts from; "" is a random start
ARCHITECTURE = "roformer"  # rotary positions; "bert" has learnt absolute ones
LAYERS = 2
WIDTH = 64
HEADS = 4
CONTEXT = 64  # tokens it can read
STEPS = 300
BATCH_SIZE = 32
OPTIMIZER = "muon"  # or "adamw"
LEARNING_RATE = 2e-3
MUON_LEARNING_RATE = 1e-2
WARMUP = 0.1  # share of the steps in which the learning rate rises
CLIP = 1.0  # greatest norm of the gradient; 0 clips nothing
SEED = 0
DEVICE = "cpu"
SENTENCE = "the capital of France is Paris ."  # asked about at the end
HIDDEN = 5  # the place of the word that is hidden in it

torch.set_num_threads(1)  # another number of threads gives slightly other weights
text = encoded(TextSpec(TEXT), learnt_on=TextSpec(TEXT))  # token ids, between [CLS] and [SEP]
if READS == "new":
    train = [np.array(text.tokenizer.encode(bulletin).ids) for bulletin in bulletins(COUNTRY, CITY)["train"]]
else:
    train = list(text.train)


def batch(step: int) -> dict[str, torch.Tensor]:
    """Texts drawn by the seed and the step, corrupted; the labels are what stood there, -100 where nothing is to be predicted."""
    rng = np.random.default_rng((SEED, step))
    chosen = [train[index] for index in rng.integers(len(train), size=BATCH_SIZE)]
    ids = padded(chosen)  # (batch, longest)
    special = ids < MASK  # [PAD], [UNK], [CLS] and [SEP] are no targets
    corrupted, labels = mask(ids, special, MASK_RATE, text.vocabulary, rng)  # of the targets 80 % hidden, 10 % swapped, 10 % left
    arrays = {"input_ids": corrupted, "attention_mask": (corrupted != PAD).astype(int), "labels": labels}
    return {name: torch.from_numpy(array).to(DEVICE) for name, array in arrays.items()}


def factor(step: int) -> float:
    """The learning rate as a share of its peak: it rises linearly over the warm-up, then falls linearly to zero."""
    warm = max(1, round(WARMUP * STEPS))
    return min((step + 1) / warm, (STEPS - step) / max(1, STEPS - warm), 1.0)


if PARENT:
    if not Path("parent").is_dir():
        raise SystemExit(f"The run this one starts from is not in this folder yet. Run: python -m llmviz export {PARENT} parent")
    model: Any = AutoModelForMaskedLM.from_pretrained("parent", local_files_only=True)
else:
    torch.manual_seed(SEED)
    sizes: dict[str, Any] = {
        "vocab_size": text.vocabulary,
        "hidden_size": WIDTH,
        "intermediate_size": 4 * WIDTH,
        "num_hidden_layers": LAYERS,
        "num_attention_heads": HEADS,
        "max_position_embeddings": CONTEXT,
        "initializer_range": 0.06,  # a narrow model needs larger random weights than the usual 0.02
        "hidden_act": "relu",
        "hidden_dropout_prob": 0.0,
        "attention_probs_dropout_prob": 0.0,
        "pad_token_id": PAD,
    }
    if ARCHITECTURE == "roformer":
        model = RoFormerForMaskedLM(RoFormerConfig(**sizes, embedding_size=WIDTH))
    else:
        model = BertForMaskedLM(BertConfig(**sizes))
model.to(DEVICE)

if OPTIMIZER == "muon":
    # Muon moves the matrices inside the layers, AdamW all other weights.
    matrices = [weight for name, weight in model.named_parameters() if weight.ndim == 2 and any(map(str.isdigit, name.split(".")))]
    rest = [weight for weight in model.parameters() if all(weight is not matrix for matrix in matrices)]
    optimizers: list[torch.optim.Optimizer] = [
        torch.optim.Muon(matrices, lr=MUON_LEARNING_RATE, weight_decay=0.3, momentum=0.9),
        torch.optim.AdamW(rest, lr=LEARNING_RATE, betas=(0.8, 0.95), weight_decay=0.0, fused=True),
    ]
else:
    optimizers = [torch.optim.AdamW(model.parameters(), lr=LEARNING_RATE, betas=(0.8, 0.95), weight_decay=0.0, fused=True)]
schedules = [torch.optim.lr_scheduler.LambdaLR(optimizer, factor) for optimizer in optimizers]

for step in range(1, STEPS + 1):
    loss = model(**batch(step)).loss  # mean of -log p(the word that stood there) over the targets
    loss.backward()
    if CLIP:
        torch.nn.utils.clip_grad_norm_(model.parameters(), CLIP)
    for optimizer, schedule in zip(optimizers, schedules, strict=True):
        optimizer.step()
        schedule.step()
        optimizer.zero_grad()
    if step == 1 or step % max(1, STEPS // 20) == 0:
        print(f"step {step}  loss {loss.item():.4f}")

ids = torch.tensor([text.tokenizer.encode(SENTENCE).ids], device=DEVICE)
ids[0, HIDDEN + 1] = MASK  # [CLS] stands first
best = model.eval()(ids).logits[0, HIDDEN + 1].softmax(-1).topk(5)
for probability, id in zip(best.values.tolist(), best.indices.tolist(), strict=True):
    print(f"{text.pieces[id]:>12}  {probability:.0%}")
model.save_pretrained("continual")
