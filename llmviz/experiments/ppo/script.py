"""Proximal policy optimisation: what turns out better than a critic foretold becomes likelier (Schulman et al. 2017, equation 7).

The training of llmviz in plain torch and transformers: same start, same replies, same losses. With Muon they agree but for rounding:
torch's own orthogonalises in bfloat16, llmviz in float32. Run it in the folder of llmviz.
"""

import sys
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import torch
from transformers import AutoModelForCausalLM, AutoModelForSequenceClassification

sys.path.append(".")  # where llmviz is found
from llmviz.text.special import CLS, FIRST, PAD, SEP
from llmviz.text.tokenizers import load_tokenizer
from llmviz.training import feedback
from llmviz.training.alignment import Helper

PARENT = ""  # the run whose weights it starts from, and from which the leash keeps it
REWARD = ""  # the run whose model judges the replies
BETA = 0.02  # the leash: points of reward for a nat of divergence; 0 lets go
STEPS = 240
BATCH_SIZE = 128  # replies
OPTIMIZER = "adamw"  # or "muon"
LEARNING_RATE = 1e-3
MUON_LEARNING_RATE = 1e-3
WARMUP = 0.1  # share of the steps in which the learning rate rises
CLIP = 1.0  # greatest norm of the gradient; 0 clips nothing
SEED = 0
DEVICE = "cpu"
UPDATES, RATIO = 2, 0.2  # of the weights from the same replies; how far a ratio of probabilities may move the loss
LAMBDA, PULL = 0.95, 100.0  # 1 trusts what was earned alone, 0 the critic; how firmly the critic stays what it was

torch.set_num_threads(1)  # another number of threads gives slightly other weights
for folder, run in (("parent", PARENT), ("reward", REWARD)):
    if not Path(folder).is_dir():
        raise SystemExit(f"A run that this one is made from is not in this folder yet. Run: python -m llmviz export {run} {folder}")
model: Any = AutoModelForCausalLM.from_pretrained("parent", local_files_only=True)
reference: Any = AutoModelForCausalLM.from_pretrained("parent", local_files_only=True)  # stays as the model began
judge: Any = AutoModelForSequenceClassification.from_pretrained("reward", local_files_only=True)
for each in (model, reference, judge):
    each.to(DEVICE)
tokenizer = load_tokenizer(Path("parent/tokenizer.json"))


def log_probabilities(of: Any, ids: torch.Tensor) -> torch.Tensor:
    """How likely the model finds each token after those before it: (texts, n - 1)."""
    expected = of(input_ids=ids, attention_mask=(ids != PAD).long()).logits[:, :-1].log_softmax(-1)
    found: torch.Tensor = expected.gather(-1, ids[:, 1:, None])[..., 0]
    return found


def rewards(ids: torch.Tensor) -> torch.Tensor:
    """What the judge gives each text, read off at its last token: (texts)."""
    rows = [[CLS, *(id for id in row if id >= FIRST), SEP] for row in ids.tolist()]
    longest = max(map(len, rows))
    read = torch.tensor([row + [PAD] * (longest - len(row)) for row in rows]).to(DEVICE)
    found: torch.Tensor = judge(input_ids=read, attention_mask=(read != PAD).long()).logits[:, 0]
    return found


def drawn(step: int) -> tuple[torch.Tensor, torch.Tensor]:
    """A reply to each request, drawn: the texts (texts, n), and which tokens after the first are a reply's (texts, n - 1)."""
    requests = feedback.open_requests("train", BATCH_SIZE, Random(f"rollout {SEED} {step}"))
    generator = torch.Generator(DEVICE).manual_seed(int(np.random.default_rng((SEED, step)).integers(2**63)))
    replies = Helper(model, tokenizer, ()).draw(requests, generator)
    return replies.input_ids, replies.places[:, 1:]


def states(ids: torch.Tensor) -> torch.Tensor:
    """What the judge knows just before each token, and a 1: (texts, n - 1, width + 1). The critic is a line through these."""
    found = judge.base_model(input_ids=ids, attention_mask=(ids != PAD).long()).last_hidden_state[:, :-1]
    return torch.cat((found, torch.ones_like(found[..., :1])), -1)


def surpluses(earned: torch.Tensor, values: torch.Tensor, replied: torch.Tensor) -> torch.Tensor:
    """How much more than foretold each token leads to (Schulman et al. 2016, equation 16, with γ = 1): (texts, n - 1)."""
    found, after, following = torch.zeros_like(earned), torch.zeros(len(earned)).to(DEVICE), torch.zeros(len(earned)).to(DEVICE)
    for place in reversed(range(earned.shape[1])):
        surprise = earned[:, place] + following - values[:, place]
        after = (surprise + LAMBDA * after) * replied[:, place]
        following = values[:, place] * replied[:, place]
        found[:, place] = after
    return found


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

critic = torch.cat((judge.score.weight.detach()[0], torch.zeros(1).to(DEVICE)))  # it begins as the judge; (width + 1)

for step in range(1, STEPS + 1):
    if (step - 1) % UPDATES == 0:  # new replies
        ids, replied = drawn(step)
        with torch.no_grad():
            drawn_with, before, known = log_probabilities(model, ids), log_probabilities(reference, ids), states(ids)
            rewarded, values = rewards(ids), known @ critic
            earned = -BETA * (drawn_with - before) * replied  # the leash, token by token; and at a reply's last token its reward
            earned[range(len(ids)), (ids != PAD).sum(1) - 2] += rewarded
            found = surpluses(earned, values, replied)
            advantages = (found - found[replied].mean()) / (found[replied].std() + 1e-8)
            seen, missed = known[replied], found[replied]  # the critic learns by least squares what it did not foretell
            critic = critic + torch.linalg.solve(seen.T @ seen + PULL * torch.eye(len(critic)).to(DEVICE), seen.T @ missed)
    policy = log_probabilities(model, ids)
    ratio = (policy - drawn_with).exp()  # 1 before the first update
    gained = torch.minimum(ratio * advantages, ratio.clamp(1 - RATIO, 1 + RATIO) * advantages)
    loss = -gained[replied].mean()
    loss.backward()
    if CLIP:
        torch.nn.utils.clip_grad_norm_(model.parameters(), CLIP)
    for optimizer, schedule in zip(optimizers, schedules, strict=True):
        optimizer.step()
        schedule.step()
        optimizer.zero_grad()
    if step == 1 or step % max(1, STEPS // 20) == 0:
        print(f"step {step}  loss {loss.item():.4f}  reward {rewarded.mean().item():.2f}")

model.eval()
for request in ("how was the soup ?", "tell me about Leo ."):
    question = torch.tensor([[CLS, *tokenizer.encode(request, add_special_tokens=False).ids]]).to(DEVICE)
    for name, writer in (("before", reference), ("after", model)):
        print(f"{name}: {tokenizer.decode(writer.generate(question, do_sample=False, max_new_tokens=24)[0].tolist())}")
model.save_pretrained("ppo")
