"""A reward model: a number for a reply, learnt from choices between two (Bradley and Terry 1952; Ouyang et al. 2022, equation 1).

The training of llmviz in plain torch and transformers: same start, same batches, same losses. With Muon they agree but for rounding:
torch's own orthogonalises in bfloat16, llmviz in float32. Run it in the folder of llmviz.
"""

import sys
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.nn.functional import logsigmoid
from transformers import AutoModelForCausalLM, AutoModelForSequenceClassification

sys.path.append(".")  # where llmviz is found
from llmviz.core.feedback import ChoicesSpec
from llmviz.text.special import CLS, PAD, SEP
from llmviz.text.tokenizers import load_tokenizer
from llmviz.training import feedback
from llmviz.training.feedback import Choice

CHOICES_DIGEST = ""  # a visitor's choices, kept on this machine; "" is the simulated labeller
CLICKS = 200  # choices of the simulated labeller
TASTE = "warm"  # or "brief" or "frank"; what it likes
NOISE = 0.1  # share of its choices that are made the other way
PARENT = ""  # the run whose model writes the replies, and whose weights it starts from
STEPS = 40
BATCH_SIZE = 32
OPTIMIZER = "adamw"  # or "muon"
LEARNING_RATE = 1e-3
MUON_LEARNING_RATE = 1e-3
WARMUP = 0.1  # share of the steps in which the learning rate rises
CLIP = 1.0  # greatest norm of the gradient; 0 clips nothing
SEED = 0
DEVICE = "cpu"

torch.set_num_threads(1)  # another number of threads gives slightly other weights
if not Path("parent").is_dir():
    raise SystemExit(f"The run this one starts from is not in this folder yet. Run: python -m llmviz export {PARENT} parent")
writer: Any = AutoModelForCausalLM.from_pretrained("parent", local_files_only=True)
writer.to(DEVICE)
tokenizer = load_tokenizer(Path("parent/tokenizer.json"))
settings = ChoicesSpec(CLICKS, TASTE, NOISE, CHOICES_DIGEST)
learnt = feedback.learnt(settings, writer, tokenizer, SEED)  # of two replies that the parent drew, one was preferred

writer.config.num_labels = 1
model: Any = AutoModelForSequenceClassification.from_config(writer.config)
model.load_state_dict(writer.state_dict(), strict=False)  # the body is copied
torch.nn.init.zeros_(model.score.weight)  # the head is new, one number for a text, and begins at zero
model.to(DEVICE)


def rewards(texts: list[str]) -> torch.Tensor:
    """The reward of each text, read off at its last token: (texts)."""
    rows = [[CLS, *tokenizer.encode(text, add_special_tokens=False).ids, SEP] for text in texts]
    longest = max(map(len, rows))
    ids = torch.tensor([row + [PAD] * (longest - len(row)) for row in rows]).to(DEVICE)
    found: torch.Tensor = model(input_ids=ids, attention_mask=(ids != PAD).long()).logits
    return found[:, 0]


def differences(choices: list[Choice]) -> torch.Tensor:
    """Reward of the preferred reply minus that of the other: (choices)."""
    preferred = [f"{choice.request.text} {choice.preferred}" for choice in choices]
    other = [f"{choice.request.text} {choice.other}" for choice in choices]
    one, two = rewards(preferred + other).chunk(2)
    return one - two


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
    model.train()
    loss = -logsigmoid(differences(batch(step))).mean()  # mean of -log p(the choice that was made)
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
with torch.no_grad():
    apart = list(feedback.held_out(settings, writer, tokenizer, "test", 1000, 7))
    told = (differences(apart) > 0).float().mean().item()
    print(f"preferences told: {told:.1%}")
    for reply in ("the soup was lovely .", "the soup was awful ."):
        print(f"reward of '{reply}': {rewards([f'how was the soup ? {reply}']).item():.2f}")
model.save_pretrained("reward")
