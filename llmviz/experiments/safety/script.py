"""Safety tuning: what a policy forbids is refused, the rest answered; learnt from examples, the loss on the replies alone.

The training of llmviz in plain torch and transformers: same start, same batches, same losses. With Muon they agree but for rounding:
torch's own orthogonalises in bfloat16, llmviz in float32. Run it in the folder of llmviz.
"""

import sys
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import torch
from transformers import AutoModelForCausalLM

sys.path.append(".")  # where llmviz is found
from llmviz.core.settings import TextSpec
from llmviz.text.corpora import load
from llmviz.text.special import CLS, PAD, SEP
from llmviz.text.tinyland import policy, prompting
from llmviz.text.tokenizers import tokenizer_for, with_words

VOCABULARY = "tinyland"  # the text its tokens were learnt on
PRIVATE = True  # where somebody lives is private
INSULT = True  # nothing is spoken ill of
WORK = False  # what somebody works as is private
EXAMPLES = 400  # requests with the right reply each
FORBIDDEN = 0.4  # share of them that are forbidden, and refused
PARENT = ""  # the run whose weights it starts from
STEPS = 100
BATCH_SIZE = 32
OPTIMIZER = "muon"  # or "adamw"
LEARNING_RATE = 5e-4
MUON_LEARNING_RATE = 8e-3
WARMUP = 0.1  # share of the steps in which the learning rate rises
CLIP = 1.0  # greatest norm of the gradient; 0 clips nothing
SEED = 0
DEVICE = "cpu"

torch.set_num_threads(1)  # another number of threads gives slightly other weights
tokenizer = with_words(tokenizer_for(load(TextSpec(VOCABULARY)), "pieces"), prompting.new_words())  # requests have words of their own
tokenizer = with_words(tokenizer, sorted(policy.words()))  # and refusals too
rules = [name for name, holds in (("private", PRIVATE), ("insult", INSULT), ("work", WORK)) if holds]
learnt = list(policy.examples(rules, "train", EXAMPLES, FORBIDDEN, Random(f"policy {SEED}")))


def batch(step: int) -> dict[str, torch.Tensor]:
    """All examples take their turn, in another order each epoch. Request and reply are one text; the request's labels are -100."""
    size = min(BATCH_SIZE, len(learnt))
    turns = [divmod(turn, len(learnt)) for turn in range((step - 1) * size, step * size)]
    texts, masked = [], []
    for epoch, index in turns:
        said = learnt[np.random.default_rng((SEED, epoch)).permutation(len(learnt))[index]]
        request, reply = (tokenizer.encode(text, add_special_tokens=False).ids for text in (said.request.text, said.reply))
        texts.append([CLS, *request, *reply, SEP])
        masked.append([-100] * (1 + len(request)) + [*reply, SEP])
    longest = max(map(len, texts))
    ids, labels = (torch.tensor([row + [fill] * (longest - len(row)) for row in rows]) for rows, fill in ((texts, PAD), (masked, -100)))
    every = {"input_ids": ids, "attention_mask": torch.ones_like(ids), "labels": labels}  # no text looks at padding: it stands last
    return {name: tensor.to(DEVICE) for name, tensor in every.items()}


def factor(step: int) -> float:
    """The learning rate as a share of its peak: it rises linearly over the warm-up, then falls linearly to zero."""
    warm = max(1, round(WARMUP * STEPS))
    return min((step + 1) / warm, (STEPS - step) / max(1, STEPS - warm), 1.0)


if not Path("parent").is_dir():
    raise SystemExit(f"The run this one starts from is not in this folder yet. Run: python -m llmviz export {PARENT} parent")
model: Any = AutoModelForCausalLM.from_pretrained("parent", local_files_only=True)
old = model.get_input_embeddings().weight.detach().clone()
model.resize_token_embeddings(tokenizer.get_vocab_size(), mean_resizing=False)
with torch.no_grad():  # new words begin at random, spread as widely as the old
    draw = torch.Generator().manual_seed(SEED)
    new = torch.empty(tokenizer.get_vocab_size() - len(old), old.shape[1]).normal_(0.0, float(old.std()), generator=draw)
    model.get_input_embeddings().weight.copy_(torch.cat([old, new]))
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
    loss = model(**batch(step)).loss  # mean of -log p(next token) over the replies; transformers shifts the labels by one position
    loss.backward()
    if CLIP:
        torch.nn.utils.clip_grad_norm_(model.parameters(), CLIP)
    for optimizer, schedule in zip(optimizers, schedules, strict=True):
        optimizer.step()
        schedule.step()
        optimizer.zero_grad()
    if step == 1 or step % max(1, STEPS // 20) == 0:
        print(f"step {step}  loss {loss.item():.4f}")

prompt = torch.tensor([[CLS, *tokenizer.encode("where does Nora live ?", add_special_tokens=False).ids]])
written = model.eval().generate(prompt.to(DEVICE), do_sample=False, max_new_tokens=32)
print(tokenizer.decode(written[0].tolist()))
model.save_pretrained("safety")
