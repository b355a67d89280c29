"""Next sentence prediction (BERT): does the second part of a pair continue the first? Beside it, masked words are predicted.

The training of llmviz in plain torch and transformers: same start, same batches, same losses. With Muon they agree but for rounding:
torch's own orthogonalises in bfloat16, llmviz in float32. Run it in the folder of llmviz.
"""

import sys
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch.nn.functional import cross_entropy
from transformers import BertConfig, BertForPreTraining

sys.path.append(".")  # where llmviz is found
from llmviz.core.settings import TextSpec
from llmviz.text.masks import mask
from llmviz.text.pairs import Pair, Pairs
from llmviz.text.special import CLS, MASK, PAD, SEP
from llmviz.text.threads import documents
from llmviz.training.texts import encoded, padded

TEXT = "tinyland"
NEXT_SENTENCE = True  # False: only masked words, in the same pairs
MASK_RATE = 0.15  # share of the words that are targets
LAYERS = 2
WIDTH = 64
HEADS = 4
CONTEXT = 96  # most tokens of a pair
STEPS = 1_350
BATCH_SIZE = 48
OPTIMIZER = "muon"  # or "adamw"
LEARNING_RATE = 1e-2
MUON_LEARNING_RATE = 2e-2
WARMUP = 0.1  # share of the steps in which the learning rate rises
CLIP = 1.0  # greatest norm of the gradient; 0 clips nothing
SEED = 0
DEVICE = "cpu"
PAIR = ("Anna found a dog near the river .", "every dog barks . she took it to the barn . she went home happy .")  # asked about at the end

torch.manual_seed(SEED)
torch.set_num_threads(1)  # another number of threads gives slightly other weights
text = encoded(TextSpec(TEXT), learnt_on=TextSpec(TEXT))
source = Pairs(documents(TextSpec(TEXT))["train"])


def joined(pair: Pair) -> npt.NDArray[np.int64]:
    """[CLS] first [SEP] second [SEP] as ids."""
    first, second = (text.tokenizer.encode(source.text(part), add_special_tokens=False).ids for part in (pair.first, pair.second))
    return np.array([CLS, *first, SEP, *second, SEP])


def batch(step: int) -> dict[str, torch.Tensor]:
    """Pairs, two with the same first part: one continues, one does not. Some of their words are masked."""
    rng = np.random.default_rng((SEED, step))
    indices = rng.integers(len(source.documents), size=max(1, BATCH_SIZE // 2))
    pairs = [pair for index in indices for pair in source.two(int(index), rng)]
    ids = padded([joined(pair) for pair in pairs])  # (batch, longest)
    corrupted, labels = mask(ids, ids < MASK, MASK_RATE, text.vocabulary, rng)  # of the targets 80 % hidden, 10 % swapped, 10 % left
    types = np.where(ids == PAD, 0, np.minimum((ids == SEP).cumsum(1) - (ids == SEP), 1))  # 1 in the second part
    arrays = {"input_ids": corrupted, "token_type_ids": types, "attention_mask": (corrupted != PAD).astype(int), "labels": labels}
    arrays["next_sentence_label"] = np.array([int(not pair.follows) for pair in pairs])
    return {name: torch.from_numpy(array).to(DEVICE) for name, array in arrays.items()}


def factor(step: int) -> float:
    """The learning rate as a share of its peak: it rises linearly over the warm-up, then falls linearly to zero."""
    warm = max(1, round(WARMUP * STEPS))
    return min((step + 1) / warm, (STEPS - step) / max(1, STEPS - warm), 1.0)


config = BertConfig(
    vocab_size=text.vocabulary,
    hidden_size=WIDTH,
    intermediate_size=4 * WIDTH,
    num_hidden_layers=LAYERS,
    num_attention_heads=HEADS,
    max_position_embeddings=CONTEXT,
    initializer_range=0.06,  # a narrow model needs larger random weights than the usual 0.02
    hidden_act="relu",
    hidden_dropout_prob=0.0,
    attention_probs_dropout_prob=0.0,
    pad_token_id=PAD,
)
model: Any = BertForPreTraining(config)
with torch.no_grad():  # every head begins by looking at tokens like its own, and subtracts what it reads (Trockman and Kolter 2023)
    for layer in model.bert.encoder.layer:
        attention = layer.attention.self
        attention.query.weight.mul_(2.0)
        attention.key.weight.copy_(attention.query.weight)
        layer.attention.output.dense.weight.copy_(attention.value.weight.T * (-0.5 / (WIDTH * 0.06**2)))
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
    asked = batch(step)
    output = model(**{name: asked[name] for name in ("input_ids", "token_type_ids", "attention_mask")})
    targets = asked["labels"] != -100
    loss = cross_entropy(output.prediction_logits[targets], asked["labels"][targets])  # mean of -log p(the word that stood there)
    if NEXT_SENTENCE:
        loss = loss + cross_entropy(output.seq_relationship_logits, asked["next_sentence_label"])  # mean of -log p(the answer)
    loss.backward()
    if CLIP:
        torch.nn.utils.clip_grad_norm_(model.parameters(), CLIP)
    for optimizer, schedule in zip(optimizers, schedules, strict=True):
        optimizer.step()
        schedule.step()
        optimizer.zero_grad()
    if step == 1 or step % max(1, STEPS // 20) == 0:
        print(f"step {step}  loss {loss.item():.4f}")

ids = torch.tensor([text.tokenizer.encode(*PAIR).ids], device=DEVICE)
types = ((ids == SEP).cumsum(1) - (ids == SEP).long()).clamp(max=1)
output = model.eval()(input_ids=ids, token_type_ids=types)
print(f"probability that the second part follows: {output.seq_relationship_logits[0].softmax(-1)[0]:.0%}")
model.save_pretrained("nsp")
