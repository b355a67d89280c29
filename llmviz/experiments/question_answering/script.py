"""Fine-tuning for question answering (BERT, sections 4.2 and 4.3): a model learns where in a passage the answer to a question stands.

The training of llmviz in plain torch and transformers: same start, same batches, same losses. With Muon they agree but for rounding:
torch's own orthogonalises in bfloat16, llmviz in float32. Run it in the folder of llmviz.
"""

import sys
from pathlib import Path
from typing import Any

import numpy as np
import torch
from peft import LoraConfig, LoraModel
from torch.nn.functional import cross_entropy
from torch.nn.utils.rnn import pad_sequence
from transformers import (
    AutoModelForMaskedLM,
    AutoModelForQuestionAnswering,
    BertConfig,
    BertForMaskedLM,
    RoFormerConfig,
    RoFormerForMaskedLM,
)

sys.path.append(".")  # where llmviz is found
from llmviz.core.settings import TextSpec
from llmviz.text.corpora import load
from llmviz.text.passages import Example, examples, sampled
from llmviz.text.special import CLS, PAD, SEP
from llmviz.text.tinyland.passages import NEW_WORDS
from llmviz.text.tokenizers import tokenizer_for, with_words

TEXT = "tinyland"
VOCABULARY = "tinyland"  # the text its tokens were learnt on; a child keeps its parent's
LABELS = 1_000  # questions with their answers
METHOD = "full"  # or "head", "last layer" or "lora": which weights move
RANK = 8  # of LoRA's factors
PARENT = ""  # the run whose weights it starts from; "" is a random start
ARCHITECTURE = "roformer"  # or "bert"
LAYERS = 2
WIDTH = 64
HEADS = 4
CONTEXT = 64  # tokens of question and passage together
STEPS = 600
BATCH_SIZE = 16
OPTIMIZER = "muon"  # or "adamw"
LEARNING_RATE = 2e-3
MUON_LEARNING_RATE = 3e-2
WARMUP = 0.1  # share of the steps in which the learning rate rises
CLIP = 1.0  # greatest norm of the gradient; 0 clips nothing
SEED = 0
DEVICE = "cpu"

torch.set_num_threads(1)  # another number of threads gives slightly other weights
tokenizer = with_words(tokenizer_for(load(TextSpec(VOCABULARY)), "pieces"), NEW_WORDS)
known = examples(TextSpec(TEXT))
chosen = sampled(known["train"], LABELS, SEED)


def tensors(some: list[Example]) -> dict[str, torch.Tensor]:
    """[CLS] question [SEP] passage [SEP], padded on the right; where each answer starts and ends, [CLS] for none."""
    texts, parts, ends = [], [], []
    for example in some:
        question, passage = (tokenizer.encode(text, add_special_tokens=False) for text in (example.question, example.passage))
        before, (first, last) = 2 + len(question.ids), example.answer or (0, 0)
        inside = [before + place for place, (begin, end) in enumerate(passage.offsets) if begin < last and end > first]
        texts.append([CLS, *question.ids, SEP, *passage.ids, SEP])
        parts.append([0] * before + [1] * (len(passage.ids) + 1))
        ends.append((inside[0], inside[-1]) if inside else (0, 0))
    ids, types = (pad_sequence([torch.tensor(row) for row in rows], batch_first=True).to(DEVICE) for rows in (texts, parts))  # PAD is 0
    if ids.shape[1] > CONTEXT:
        raise SystemExit(f"A question and its passage have {ids.shape[1]} tokens together; this script reads {CONTEXT} and cuts none.")
    return {"input_ids": ids, "attention_mask": (ids != PAD).long(), "token_type_ids": types, "ends": torch.tensor(ends, device=DEVICE)}


def point(asked: dict[str, torch.Tensor]) -> torch.Tensor:
    """Logits of start and end: (batch, longest, 2), −∞ in the question and behind the passage."""
    found = model(**{name: tensor for name, tensor in asked.items() if name != "ends"})
    allowed = (asked["token_type_ids"] == 1) & (asked["input_ids"] != SEP) | (asked["input_ids"] == CLS)
    return torch.stack([found.start_logits, found.end_logits], -1).masked_fill(~allowed[..., None], -torch.inf)


def batch(step: int) -> dict[str, torch.Tensor]:
    """All questions take their turn, in another order each epoch."""
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
start.config.vocab_size, start.config.num_labels = tokenizer.get_vocab_size(), 2
model: Any = AutoModelForQuestionAnswering.from_config(start.config)
body = start.state_dict()
if PARENT:
    name = f"{ARCHITECTURE}.embeddings.word_embeddings.weight"  # the words of questions come behind the parent's
    more = torch.empty(tokenizer.get_vocab_size() - len(body[name]), WIDTH)
    drawn = more.normal_(0.0, start.config.initializer_range, generator=torch.Generator().manual_seed(SEED))
    body[name] = torch.cat([body[name], drawn])
head = {"qa_outputs.weight": torch.zeros(2, WIDTH), "qa_outputs.bias": torch.zeros(2)}
model.load_state_dict(body | head, strict=False)  # the body is copied; the head of two outputs is new, and begins at zero
if METHOD != "full":
    model.base_model.requires_grad_(False)
if METHOD == "last layer":
    model.base_model.encoder.layer[-1].requires_grad_(True)
if METHOD == "lora":
    # Beside every frozen matrix of a layer, the product of two small ones, of which one begins at zero.
    torch.manual_seed(SEED)
    config = LoraConfig(r=RANK, lora_alpha=2 * RANK, target_modules=r".*\.\d+\..*(query|key|value|dense)")
    adapted = LoraModel(model, config, "default")
    model.qa_outputs.requires_grad_(True)
model.to(DEVICE).train()

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
    loss = cross_entropy(point(learnt).transpose(1, 2).flatten(0, 1), learnt["ends"].flatten())  # mean over starts and ends
    loss.backward()
    if CLIP:
        torch.nn.utils.clip_grad_norm_(model.parameters(), CLIP)
    for optimizer, schedule in zip(optimizers, schedules, strict=True):
        optimizer.step()
        schedule.step()
        optimizer.zero_grad()
    if step == 1 or step % max(1, STEPS // 20) == 0:
        print(f"step {step}  loss {loss.item():.4f}")

model.eval().requires_grad_(False)
right = [(point(asked := tensors([example])).argmax(1) == asked["ends"]).all().item() for example in known["test"][:1000]]
print(f"both ends right on test questions: {sum(right) / len(right):.0%}")
if METHOD == "lora":
    model = adapted.merge_and_unload()  # a plain model, with the products added
model.save_pretrained("answers")
