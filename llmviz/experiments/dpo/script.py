"""Direct preference optimisation: of two replies the preferred one becomes likelier than the other (Rafailov et al. 2023, equation 7).

The training of llmviz in plain torch and transformers: same start, same batches, same losses. With Muon they agree but for rounding:
torch's own orthogonalises in bfloat16, llmviz in float32. Run it in the folder of llmviz.
"""

import sys
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.nn.functional import logsigmoid
from transformers import AutoModelForCausalLM

sys.path.append(".")  # where llmviz is found
from llmviz.core.feedback import ChoicesSpec
from llmviz.text.special import CLS, PAD, SEP
from llmviz.text.tokenizers import load_tokenizer
from llmviz.training import feedback
from llmviz.training.feedback import Choice

CHOICES_DIGEST = ""  # a visitor's choices, kept on this machine; "" is the simulated labeller
CLICKS = 1_000  # choices of the simulated labeller
TASTE = "warm"  # or "brief" or "frank"; what it likes
NOISE = 0.1  # share of its choices that are made the other way
BETA = 0.5  # the smaller, the further a choice may move the model
PARENT = ""  # the run whose model writes the replies, and whose weights it starts from
STEPS = 80
BATCH_SIZE = 32
OPTIMIZER = "adamw"  # or "muon"
LEARNING_RATE = 3e-4
MUON_LEARNING_RATE = 1e-3
WARMUP = 0.1  # share of the steps in which the learning rate rises
CLIP = 1.0  # greatest norm of the gradient; 0 clips nothing
SEED = 0
DEVICE = "cpu"

torch.set_num_threads(1)  # another number of threads gives slightly other weights
if not Path("parent").is_dir():
    raise SystemExit(f"The run this one starts from is not in this folder yet. Run: python -m llmviz export {PARENT} parent")
model: Any = AutoModelForCausalLM.from_pretrained("parent", local_files_only=True)
reference: Any = AutoModelForCausalLM.from_pretrained("parent", local_files_only=True)  # stays as the model began
for each in (model, reference):
    each.to(DEVICE)
tokenizer = load_tokenizer(Path("parent/tokenizer.json"))
learnt = feedback.learnt(ChoicesSpec(CLICKS, TASTE, NOISE, CHOICES_DIGEST), reference, tokenizer, SEED)


def log_probabilities(of: Any, requests: list[str], replies: list[str]) -> torch.Tensor:
    """How likely the model finds each reply, its end included, after its request: the log-probabilities of its tokens, summed; (texts)."""
    asked, said = ([tokenizer.encode(text, add_special_tokens=False).ids for text in texts] for texts in (requests, replies))
    rows = [[CLS, *request, *reply, SEP] for request, reply in zip(asked, said, strict=True)]
    longest = max(map(len, rows))
    ids = torch.tensor([row + [PAD] * (longest - len(row)) for row in rows]).to(DEVICE)
    replied = torch.tensor(
        [[len(request) < place < len(row) for place in range(longest)] for request, row in zip(asked, rows, strict=True)]
    )
    expected = of(input_ids=ids, attention_mask=(ids != PAD).long()).logits[:, :-1].log_softmax(-1)  # each token from those before it
    found: torch.Tensor = (expected.gather(-1, ids[:, 1:, None])[..., 0] * replied[:, 1:].to(DEVICE)).sum(1)
    return found


def log_ratios(requests: list[str], replies: list[str]) -> torch.Tensor:
    """How much likelier each reply has become than it was at the start, as a logarithm: (texts)."""
    with torch.no_grad():
        before = log_probabilities(reference, requests, replies)
    return log_probabilities(model, requests, replies) - before


def batch(step: int) -> list[Choice]:
    """All choices take their turn, in another order each epoch."""
    count, size = len(learnt), min(BATCH_SIZE, len(learnt))
    turns = [divmod(turn, count) for turn in range((step - 1) * size, step * size)]
    return [learnt[np.random.default_rng((SEED, epoch)).permutation(count)[index]] for epoch, index in turns]


def factor(step: int) -> float:
    """The learning rate as a share of its peak: it rises linearly over the warm-up, then falls linearly to zero."""
    warm = max(1, round(WARMUP * STEPS))
    return min((step + 1) / warm, (STEPS - step) / max(1, STEPS - warm), 1.0)


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
    choices = batch(step)
    requests = [choice.request.text for choice in choices]
    preferred = log_ratios(requests, [choice.preferred for choice in choices])
    other = log_ratios(requests, [choice.other for choice in choices])
    loss = -logsigmoid(BETA * (preferred - other)).mean()
    loss.backward()
    if CLIP:
        torch.nn.utils.clip_grad_norm_(model.parameters(), CLIP)
    for optimizer, schedule in zip(optimizers, schedules, strict=True):
        optimizer.step()
        schedule.step()
        optimizer.zero_grad()
    if step == 1 or step % max(1, STEPS // 20) == 0:
        print(f"step {step}  loss {loss.item():.4f}")

model.eval()
for request in ("how was the soup ?", "tell me about Leo ."):
    asked = torch.tensor([[CLS, *tokenizer.encode(request, add_special_tokens=False).ids]]).to(DEVICE)
    for name, written in (("before", reference), ("after", model)):
        print(f"{name}: {tokenizer.decode(written.generate(asked, do_sample=False, max_new_tokens=24)[0].tolist())}")
model.save_pretrained("dpo")
