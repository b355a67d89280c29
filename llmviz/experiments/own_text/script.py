"""Pretraining goes on with one's own text (Gururangan et al. 2020): a pretrained GPT, or a random one, names its next tokens.

The training of llmviz in plain torch and transformers: same start, same batches, same losses. With Muon they agree but for rounding:
torch's own orthogonalises in bfloat16, llmviz in float32. Run it in the folder of llmviz.
"""

import sys
from pathlib import Path
from typing import Any

import numpy as np
import torch
from transformers import AutoModelForCausalLM, GPT2Config, GPT2LMHeadModel, GPTNeoXConfig, GPTNeoXForCausalLM

sys.path.append(".")  # where llmviz is found
from llmviz.core.settings import TextSpec
from llmviz.text import own_prose
from llmviz.text.corpora import load
from llmviz.text.special import CLS, FIRST, PAD, SEP
from llmviz.text.tokenizers import tokenizer_for
from llmviz.training.texts import padded

VOCABULARY = "library"  # the text its tokens were learnt on, "library", "wiki" or "sotu"; a child keeps its parent's
TEXT_DIGEST = ""  # the text, kept on this machine; "" is the example
PASSAGES = 20_000  # of it, at most
PARENT = ""  # the run whose weights it starts from; "" is a random start
ARCHITECTURE = "neox"  # rotary positions; "gpt2" has learnt absolute ones
LAYERS = 6
WIDTH = 192
HEADS = 6
CONTEXT = 64  # tokens; longer texts are cut
STEPS = 150
BATCH_SIZE = 16
OPTIMIZER = "adamw"  # or "muon"
LEARNING_RATE = 1e-3
MUON_LEARNING_RATE = 3e-2
WARMUP = 0.1  # share of the steps in which the learning rate rises
CLIP = 1.0  # greatest norm of the gradient; 0 clips nothing
SEED = 0
DEVICE = "cpu"

torch.set_num_threads(1)  # another number of threads gives slightly other weights
tokenizer = tokenizer_for(load(TextSpec(VOCABULARY)), "bytes")
passages = own_prose.divided(own_prose.read(TEXT_DIGEST))
whole = [np.array(tokenizer.encode(passage).ids) for passage in passages["train"]]  # between [CLS] and [SEP]
# What of a passage the model does not read at once is a further text.
learnt = [ids[first : first + CONTEXT] for ids in whole for first in range(0, len(ids) - 1, CONTEXT)][:PASSAGES]


def batch(step: int) -> dict[str, torch.Tensor]:
    """All passages take their turn, in another order each epoch; the labels are the tokens themselves, -100 where nothing is predicted."""
    count, size = len(learnt), min(BATCH_SIZE, len(learnt))
    turns = [divmod(turn, count) for turn in range((step - 1) * size, step * size)]
    ids = padded([learnt[np.random.default_rng((SEED, epoch)).permutation(count)[index]] for epoch, index in turns])  # (batch, longest)
    labels = np.where((ids == SEP) | (ids >= FIRST), ids, -100)  # neither padding nor unknown words
    labels[:, 0] = -100  # nothing stands before the first token
    arrays = {"input_ids": ids, "attention_mask": np.ones_like(ids), "labels": labels}  # no text looks at padding: it stands last
    return {name: torch.from_numpy(array).to(DEVICE) for name, array in arrays.items()}


def factor(step: int) -> float:
    """The learning rate as a share of its peak: it rises linearly over the warm-up, then falls linearly to zero."""
    warm = max(1, round(WARMUP * STEPS))
    return min((step + 1) / warm, (STEPS - step) / max(1, STEPS - warm), 1.0)


if PARENT:
    if not Path("parent").is_dir():
        raise SystemExit(f"The run this one starts from is not in this folder yet. Run: python -m llmviz export {PARENT} parent")
    model: Any = AutoModelForCausalLM.from_pretrained("parent", local_files_only=True)
else:
    torch.manual_seed(SEED)
    sizes: dict[str, Any] = {
        "vocab_size": tokenizer.get_vocab_size(),
        "hidden_size": WIDTH,
        "num_hidden_layers": LAYERS,
        "num_attention_heads": HEADS,
        "max_position_embeddings": CONTEXT,
        "initializer_range": 0.06,  # a narrow model needs larger random weights than the usual 0.02
        "tie_word_embeddings": True,
        "pad_token_id": PAD,
        "bos_token_id": CLS,
        "eos_token_id": SEP,
    }
    if ARCHITECTURE == "neox":
        rotary = {"rope_type": "default", "rope_theta": 10_000.0, "partial_rotary_factor": 1.0}
        sizes |= {"intermediate_size": 4 * WIDTH, "hidden_act": "relu", "rope_parameters": rotary}
        model = GPTNeoXForCausalLM(GPTNeoXConfig(**sizes, use_parallel_residual=False))  # attention before feed-forward, as in GPT-2
    else:
        sizes |= {"n_inner": 4 * WIDTH, "activation_function": "relu", "resid_pdrop": 0.0, "embd_pdrop": 0.0, "attn_pdrop": 0.0}
        model = GPT2LMHeadModel(GPT2Config(**sizes))
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
    loss = model(**batch(step)).loss  # mean of -log p(next token); transformers shifts the labels by one position
    loss.backward()
    if CLIP:
        torch.nn.utils.clip_grad_norm_(model.parameters(), CLIP)
    for optimizer, schedule in zip(optimizers, schedules, strict=True):
        optimizer.step()
        schedule.step()
        optimizer.zero_grad()
    if step == 1 or step % max(1, STEPS // 20) == 0:
        print(f"step {step}  loss {loss.item():.4f}")

beginning = torch.tensor([tokenizer.encode(passages["test"][0]).ids[:3]])
written = model.eval().generate(beginning.to(DEVICE), do_sample=True, temperature=0.8, max_length=min(CONTEXT, 40))
print(tokenizer.decode(written[0].tolist()))
model.save_pretrained("own_text")
