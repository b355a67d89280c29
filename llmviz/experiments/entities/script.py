"""Fine-tuning for named entities (BERT, section 5.3): a pretrained model, or a random one, learns to tag the words of a text.

The training of llmviz in plain torch and transformers: same start, same batches, same losses. With Muon they agree but for rounding:
torch's own orthogonalises in bfloat16, llmviz in float32. Run it in the folder of llmviz.
"""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from peft import LoraConfig, LoraModel
from seqeval.metrics import f1_score  # type: ignore[import-untyped] # seqeval has no types
from seqeval.scheme import IOB2  # type: ignore[import-untyped] # as above
from torch.nn.functional import cross_entropy
from transformers import (
    AutoModelForMaskedLM,
    AutoModelForTokenClassification,
    BertConfig,
    BertForMaskedLM,
    RoFormerConfig,
    RoFormerForMaskedLM,
)

sys.path.append(".")  # where llmviz is found
from llmviz.core.settings import TextSpec
from llmviz.text.corpora import load
from llmviz.text.special import CLS, PAD, SEP
from llmviz.text.tagged import Tagged, sample, tagged, tags
from llmviz.text.tokenizers import tokenizer_for

TEXT = "tinyland"  # or "requests" or "wiki"
VOCABULARY = "tinyland"  # the text its tokens were learnt on; a child keeps its parent's
LABELS = 256  # tagged texts
METHOD = "full"  # or "head", "last layer" or "lora": which weights move
RANK = 8  # of LoRA's factors
PARENT = ""  # the run whose weights it starts from; "" is a random start
ARCHITECTURE = "roformer"  # or "bert"
LAYERS = 2
WIDTH = 64
HEADS = 4
CONTEXT = 64  # tokens; longer texts are cut
STEPS = 300
BATCH_SIZE = 16
OPTIMIZER = "adamw"  # or "muon"
LEARNING_RATE = 3e-3
MUON_LEARNING_RATE = 3e-2
WARMUP = 0.1  # share of the steps in which the learning rate rises
CLIP = 1.0  # greatest norm of the gradient; 0 clips nothing
SEED = 0
DEVICE = "cpu"

torch.set_num_threads(1)  # another number of threads gives slightly other weights
tokenizer = tokenizer_for(load(TextSpec(VOCABULARY)), "pieces")
names = tags(TextSpec(TEXT))  # O, and a B- and an I- for each kind of entity
examples = tagged(TextSpec(TEXT))
chosen = sample(examples["train"], LABELS, SEED)


def tensors(some: Sequence[Tagged]) -> tuple[torch.Tensor, torch.Tensor]:
    """Texts, padded on the right, and at each word's first token the place of its tag, -100 elsewhere: two tensors (batch, longest)."""
    read = [tokenizer.encode(list(text.words), is_pretokenized=True, add_special_tokens=False) for text in some]
    longest = 2 + min(CONTEXT - 2, max(len(text.ids) for text in read))
    ids, labels = torch.full((len(some), longest), PAD), torch.full((len(some), longest), -100)
    for row, text in enumerate(read):
        cut = [CLS, *text.ids[: CONTEXT - 2], SEP]
        ids[row, : len(cut)] = torch.tensor(cut)
        for place, word in enumerate(text.word_ids[: CONTEXT - 2]):
            if word is not None and (place == 0 or word != text.word_ids[place - 1]):
                labels[row, 1 + place] = names.index(some[row].tags[word])
    return ids.to(DEVICE), labels.to(DEVICE)


def batch(step: int) -> tuple[torch.Tensor, torch.Tensor]:
    """All texts take their turn, in another order each epoch."""
    count, size = len(chosen), min(BATCH_SIZE, len(chosen))
    turns = [divmod(turn, count) for turn in range((step - 1) * size, step * size)]
    return tensors([chosen[np.random.default_rng((SEED, epoch)).permutation(count)[index]] for epoch, index in turns])


def factor(step: int) -> float:
    """The learning rate as a share of its peak: it rises linearly over the warm-up, then falls linearly to zero."""
    warm = max(1, round(WARMUP * STEPS))
    return min((step + 1) / warm, (STEPS - step) / max(1, STEPS - warm), 1.0)


torch.manual_seed(SEED)
if PARENT:
    if not Path("parent").is_dir():
        raise SystemExit(f"The run this one starts from is not in this folder yet. Run: python -m llmviz export {PARENT} parent")
    start: Any = AutoModelForMaskedLM.from_pretrained("parent", local_files_only=True)
else:
    sizes: dict[str, Any] = {
        "vocab_size": tokenizer.get_vocab_size(),
        "hidden_size": WIDTH,
        "num_hidden_layers": LAYERS,
        "num_attention_heads": HEADS,
        "max_position_embeddings": CONTEXT,
        "initializer_range": 0.06,  # a narrow model needs larger random weights than the usual 0.02
        "pad_token_id": PAD,
        **{"intermediate_size": 4 * WIDTH, "hidden_act": "relu", "hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0},
    }
    if ARCHITECTURE == "roformer":
        start = RoFormerForMaskedLM(RoFormerConfig(**sizes, embedding_size=WIDTH))
    else:
        start = BertForMaskedLM(BertConfig(**sizes))
start.config.id2label = dict(enumerate(names))
model: Any = AutoModelForTokenClassification.from_config(start.config)
model.load_state_dict(start.state_dict(), strict=False)  # the body is copied
for weight in model.classifier.parameters():
    torch.nn.init.zeros_(weight)  # the head over the tags is new, and begins at zero
if METHOD != "full":
    model.base_model.requires_grad_(False)
if METHOD == "last layer":
    model.base_model.encoder.layer[-1].requires_grad_(True)
if METHOD == "lora":
    # Beside every frozen matrix of a layer, the product of two small ones, of which one begins at zero.
    torch.manual_seed(SEED)
    config = LoraConfig(r=RANK, lora_alpha=2 * RANK, target_modules=r".*\.\d+\..*(query|key|value|dense)")
    adapted = LoraModel(model, config, "default")
    model.classifier.requires_grad_(True)
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
    ids, labels = batch(step)
    model.train()
    logits = model(input_ids=ids, attention_mask=(ids != PAD).long()).logits  # (batch, longest, tags)
    loss = cross_entropy(logits.flatten(0, 1), labels.flatten())  # mean of -log p(the tag) over the words; -100 is ignored
    loss.backward()
    if CLIP:
        torch.nn.utils.clip_grad_norm_(model.parameters(), CLIP)
    for optimizer, schedule in zip(optimizers, schedules, strict=True):
        optimizer.step()
        schedule.step()
        optimizer.zero_grad()
    if step == 1 or step % max(1, STEPS // 20) == 0:
        print(f"step {step}  loss {loss.item():.4f}")

truth, found = list[list[str]](), list[list[str]]()
with torch.no_grad():
    model.eval()
    for example in examples["test"][:1000]:
        ids, labels = tensors([example])
        best = model(input_ids=ids).logits.argmax(-1)
        for told, places in ((truth, labels), (found, best)):
            told.append([names[place] for place in places[labels >= 0].tolist()])
print(f"F1 of entities in test texts: {f1_score(truth, found, mode='strict', scheme=IOB2):.1%}")
if METHOD == "lora":
    model = adapted.merge_and_unload()  # a plain model, with the products added
model.save_pretrained("entities")
