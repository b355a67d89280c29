"""Fine-tuning on one's own labels (BERT, section 4.1): a pretrained model, or a random one, learns the classes of a table, two or more.

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
from torch.nn.functional import cross_entropy
from transformers import (
    AutoModelForCausalLM,
    AutoModelForMaskedLM,
    AutoModelForSequenceClassification,
    AutoModelForTokenClassification,
    BertConfig,
    BertForMaskedLM,
    GPT2Config,
    GPT2LMHeadModel,
    GPTNeoXConfig,
    GPTNeoXForCausalLM,
    RoFormerConfig,
    RoFormerForMaskedLM,
)

sys.path.append(".")  # where llmviz is found
from llmviz.core.settings import TextSpec
from llmviz.text import own_example
from llmviz.text.corpora import load
from llmviz.text.own_splits import Pair, divided
from llmviz.text.special import CLS, PAD, SEP
from llmviz.text.tokenizers import load_tokenizer, tokenizer_for

VOCABULARY = "tinyland"  # the text its tokens were learnt on; a child keeps its parent's
LABELS_DIGEST = ""  # the table, kept on this machine; "" is the example
LABELS = 308  # labelled examples, at most
METHOD = "full"  # or "head", "last layer" or "lora": which weights move
RANK = 8  # of LoRA's factors
PARENT = ""  # the run whose weights it starts from; "" is a random start
ARCHITECTURE = "roformer"  # or "bert", "neox", "gpt2" or "llama"
LAYERS = 2
WIDTH = 64
HEADS = 4
CONTEXT = 64  # tokens; longer texts are cut
STEPS = 200
BATCH_SIZE = 16
OPTIMIZER = "adamw"  # or "muon"
LEARNING_RATE = 3e-3
MUON_LEARNING_RATE = 3e-2
WARMUP = 0.1  # share of the steps in which the learning rate rises
CLIP = 1.0  # greatest norm of the gradient; 0 clips nothing
SEED = 0
DEVICE = "cpu"

torch.set_num_threads(1)  # another number of threads gives slightly other weights
if ARCHITECTURE in ("roformer", "bert"):
    tokenizer = tokenizer_for(load(TextSpec(VOCABULARY)), "pieces")
elif ARCHITECTURE != "llama":
    tokenizer = tokenizer_for(load(TextSpec(VOCABULARY)), "pieces" if VOCABULARY == "tinyland" else "bytes")
table = own_example.read(LABELS_DIGEST)
examples = divided(table.examples)
chosen = [examples["train"][place] for place in np.random.default_rng(SEED).permutation(len(examples["train"]))[:LABELS]]


def tensors(some: Sequence[Pair]) -> dict[str, torch.Tensor]:
    """Texts, padded on the right, and the places of their classes."""
    texts = [[CLS, *tokenizer.encode(text, add_special_tokens=False).ids[: CONTEXT - 2]] for text, _ in some]
    if ARCHITECTURE in ("roformer", "bert"):
        texts = [[*ids, SEP] for ids in texts]
    ids = torch.tensor([text + [PAD] * (max(map(len, texts)) - len(text)) for text in texts], device=DEVICE)  # (batch, longest)
    return {"input_ids": ids, "attention_mask": (ids != PAD).long(), "labels": torch.tensor([label for _, label in some], device=DEVICE)}


def classify(asked: dict[str, torch.Tensor]) -> torch.Tensor:
    """Logits of the classes: (batch, classes)."""
    logits: torch.Tensor = model(input_ids=asked["input_ids"], attention_mask=asked["attention_mask"]).logits
    if ARCHITECTURE in ("roformer", "bert"):
        # (batch, longest, classes): the head is linear, so the mean of its logits is what it makes of the mean of the last hidden states.
        there = asked["attention_mask"].unsqueeze(-1)
        return (logits * there).sum(1) / there.sum(1)
    else:
        return logits  # read off the last token


def batch(step: int) -> dict[str, torch.Tensor]:
    """All examples take their turn, in another order each epoch."""
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
        raise SystemExit(f"What this run starts from is not in this folder yet. Run: python -m llmviz export {PARENT} parent")
    if ARCHITECTURE == "llama":
        tokenizer = load_tokenizer(Path("parent/tokenizer.json"))  # a model from elsewhere, which reads in its own words
    if ARCHITECTURE in ("roformer", "bert"):
        start: Any = AutoModelForMaskedLM.from_pretrained("parent", local_files_only=True)
    else:
        start = AutoModelForCausalLM.from_pretrained("parent", local_files_only=True, dtype=torch.float32)  # some are kept in half
else:
    sizes: dict[str, Any] = {
        "vocab_size": tokenizer.get_vocab_size(),
        "hidden_size": WIDTH,
        "num_hidden_layers": LAYERS,
        "num_attention_heads": HEADS,
        "max_position_embeddings": CONTEXT,
        "initializer_range": 0.06,  # a narrow model needs larger random weights than the usual 0.02
        "pad_token_id": PAD,
    }
    if ARCHITECTURE in ("roformer", "bert"):
        sizes |= {"intermediate_size": 4 * WIDTH, "hidden_act": "relu", "hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0}
    else:
        sizes |= {"tie_word_embeddings": True, "bos_token_id": CLS, "eos_token_id": SEP}
    if ARCHITECTURE == "roformer":
        start = RoFormerForMaskedLM(RoFormerConfig(**sizes, embedding_size=WIDTH))
    elif ARCHITECTURE == "bert":
        start = BertForMaskedLM(BertConfig(**sizes))
    elif ARCHITECTURE == "neox":
        rotary = {"rope_type": "default", "rope_theta": 10_000.0, "partial_rotary_factor": 1.0}
        sizes |= {"intermediate_size": 4 * WIDTH, "hidden_act": "relu", "rope_parameters": rotary}
        start = GPTNeoXForCausalLM(GPTNeoXConfig(**sizes, use_parallel_residual=False))  # attention before feed-forward, as in GPT-2
    else:
        sizes |= {"n_inner": 4 * WIDTH, "activation_function": "relu", "resid_pdrop": 0.0, "embd_pdrop": 0.0, "attn_pdrop": 0.0}
        start = GPT2LMHeadModel(GPT2Config(**sizes))
start.config.id2label = dict(enumerate(table.classes))
if ARCHITECTURE in ("roformer", "bert"):
    model: Any = AutoModelForTokenClassification.from_config(start.config)
    head = model.classifier
else:
    model = AutoModelForSequenceClassification.from_config(start.config)
    head = model.score
model.load_state_dict(start.state_dict(), strict=False)  # the body is copied
for weight in head.parameters():
    torch.nn.init.zeros_(weight)  # the head over the classes is new, and begins at zero
if METHOD != "full":
    model.base_model.requires_grad_(False)
if METHOD == "last layer":
    for name, weight in model.named_parameters():
        if f".{LAYERS - 1}." in name:
            weight.requires_grad_(True)
if METHOD == "lora":
    # Beside every frozen matrix of a layer, the product of two small ones, of which one begins at zero.
    matrices_of_layers = r".*\.\d+\..*(query|key|value|dense|query_key_value|dense_h_to_4h|dense_4h_to_h|c_attn|c_proj|c_fc|[a-z]+_proj)"
    torch.manual_seed(SEED)
    config = LoraConfig(r=RANK, lora_alpha=2 * RANK, target_modules=matrices_of_layers, fan_in_fan_out=ARCHITECTURE == "gpt2")
    adapted = LoraModel(model, config, "default")
    head.requires_grad_(True)
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
    learnt = batch(step)
    model.train()
    loss = cross_entropy(classify(learnt), learnt["labels"])  # mean of -log p(the class)
    loss.backward()
    if CLIP:
        torch.nn.utils.clip_grad_norm_(model.parameters(), CLIP)
    for optimizer, schedule in zip(optimizers, schedules, strict=True):
        optimizer.step()
        schedule.step()
        optimizer.zero_grad()
    if step == 1 or step % max(1, STEPS // 20) == 0:
        print(f"step {step}  loss {loss.item():.4f}")

with torch.no_grad():
    model.eval()
    right = [classify(asked := tensors([example])).argmax(-1) == asked["labels"] for example in examples["test"][:1000]]
print(f"accuracy on test examples: {torch.cat(right).float().mean():.0%}")
if METHOD == "lora":
    model = adapted.merge_and_unload()  # a plain model, with the products added
model.save_pretrained("own")
