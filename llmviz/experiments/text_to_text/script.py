"""Text to text (T5): one model learns three tasks, each named before its text, and writes the answers.

The training of llmviz in plain torch and transformers: same start, same batches, same losses. With Muon they agree but for rounding:
torch's own orthogonalises in bfloat16, llmviz in float32. Run it in the folder of llmviz.
"""

import sys
from pathlib import Path
from typing import Any

import numpy as np
import torch
from transformers import AutoModelForSeq2SeqLM, T5Config, T5ForConditionalGeneration

sys.path.append(".")  # where llmviz is found
from llmviz.core.settings import TextSpec
from llmviz.text.corpora import load
from llmviz.text.special import PAD, SEP
from llmviz.text.text_to_text import TASKS, WORDS, pairs
from llmviz.text.tokenizers import tokenizer_for, with_words

TEXT = "tinyland"
VOCABULARY = "tinyland"  # the text its tokens were learnt on; a child keeps its parent's
LABELS = 2_000  # labelled examples of each task
PARENT = ""  # the run whose weights it starts from; "" is a random start
LAYERS = 2  # of the encoder, and as many of the decoder
WIDTH = 64
HEADS = 4
CONTEXT = 64  # tokens; longer texts are cut
STEPS = 900
BATCH_SIZE = 48
OPTIMIZER = "muon"  # or "adamw"
LEARNING_RATE = 5e-4
MUON_LEARNING_RATE = 1.5e-2
WARMUP = 0.1  # share of the steps in which the learning rate rises
CLIP = 1.0  # greatest norm of the gradient; 0 clips nothing
SEED = 0
DEVICE = "cpu"

torch.set_num_threads(1)  # another number of threads gives slightly other weights
old = tokenizer_for(load(TextSpec(VOCABULARY)), "spans")
tokenizer = with_words(old, WORDS)  # those that only tasks need stand behind the others
learnt = {task: pairs(TextSpec(TEXT), task, "train", LABELS, SEED) for task in TASKS}


def padded(texts: list[str]) -> torch.Tensor:
    """Texts in tokens, each closed by [SEP] and padded on the right: (batch, longest)."""
    ids = [[*tokenizer.encode(text, add_special_tokens=False).ids[: CONTEXT - 1], SEP] for text in texts]
    return torch.tensor([some + [PAD] * (max(map(len, ids)) - len(some)) for some in ids], device=DEVICE)


def batch(step: int) -> dict[str, torch.Tensor]:
    """As many examples of each task; all of a task take their turn, in another order each epoch."""
    chosen = []
    for known in learnt.values():
        count, size = len(known), min(BATCH_SIZE // len(TASKS), len(known))
        turns = [divmod(turn, count) for turn in range((step - 1) * size, step * size)]
        chosen += [known[np.random.default_rng((SEED, epoch)).permutation(count)[index]] for epoch, index in turns]
    ids, target = padded([pair.source for pair in chosen]), padded([pair.target for pair in chosen])
    return {"input_ids": ids, "attention_mask": (ids != PAD).long(), "labels": target.masked_fill(target == PAD, -100)}


def factor(step: int) -> float:
    """The learning rate as a share of its peak: it rises linearly over the warm-up, then falls linearly to zero."""
    warm = max(1, round(WARMUP * STEPS))
    return min((step + 1) / warm, (STEPS - step) / max(1, STEPS - warm), 1.0)


if PARENT:
    if not Path("parent").is_dir():
        raise SystemExit(f"The run this one starts from is not in this folder yet. Run: python -m llmviz export {PARENT} parent")
    model: Any = AutoModelForSeq2SeqLM.from_pretrained("parent", local_files_only=True)
else:
    torch.manual_seed(SEED)
    config = T5Config(
        vocab_size=old.get_vocab_size(),
        d_model=WIDTH,
        d_kv=WIDTH // HEADS,
        d_ff=4 * WIDTH,
        num_layers=LAYERS,
        num_heads=HEADS,
        relative_attention_max_distance=64,
        dropout_rate=0.0,
        pad_token_id=PAD,
        eos_token_id=SEP,
    )
    config.decoder_start_token_id = PAD
    model = T5ForConditionalGeneration(config)
    # Each head begins with a distance it prefers, and a penalty for each token of distance from there (as ALiBi, Press et al. 2022).
    encoder, decoder = [(-1, 1.0), (1, 1.0), (0, 0.1), (0, 0.0)], [(-1, 1.0), (0, 1.0), (0, 0.2), (0, 0.0)]
    with torch.no_grad():
        for block in model.decoder.block:  # what cross-attention reads of a token it passes on as it is: to copy a word is to look at it
            across = block.layer[1].EncDecAttention
            across.o.weight.copy_(0.5 * across.v.weight.T)
        for stack, preferred in ((model.encoder, encoder), (model.decoder, decoder)):
            attention = stack.block[0].layer[0].SelfAttention
            for distance in sorted(range(-64, 1 if attention.is_decoder else 64), key=abs, reverse=True):
                bucket = attention._relative_position_bucket(torch.tensor([distance]), not attention.is_decoder, 32, 64)
                for head in range(HEADS):
                    centre, penalty = preferred[head % 4]
                    attention.relative_attention_bias.weight[bucket, head] = -min(penalty * abs(distance - centre), 6.0)
embeddings = model.get_input_embeddings().weight.detach()
more = torch.empty(tokenizer.get_vocab_size() - len(embeddings), WIDTH)
more.normal_(0.0, float(embeddings.std()), generator=torch.Generator().manual_seed(SEED))
model.resize_token_embeddings(tokenizer.get_vocab_size(), mean_resizing=False)
with torch.no_grad():
    model.get_input_embeddings().weight.copy_(torch.cat([embeddings, more]))  # tied: also what it writes with
model.to(DEVICE)

if OPTIMIZER == "muon":
    # Muon moves the matrices inside the layers, AdamW all other weights.
    inside = {name: weight for name, weight in model.named_parameters() if ".block." in name and "bias" not in name}
    matrices = [weight for weight in inside.values() if weight.ndim == 2]
    rest = [weight for weight in model.parameters() if all(weight is not matrix for matrix in matrices)]
    optimizers: list[torch.optim.Optimizer] = [
        torch.optim.Muon(matrices, lr=MUON_LEARNING_RATE, weight_decay=0.3, momentum=0.9),
        torch.optim.AdamW(rest, lr=LEARNING_RATE, betas=(0.8, 0.95), weight_decay=0.0, fused=True),
    ]
else:
    optimizers = [torch.optim.AdamW(model.parameters(), lr=LEARNING_RATE, betas=(0.8, 0.95), weight_decay=0.0, fused=True)]
schedules = [torch.optim.lr_scheduler.LambdaLR(optimizer, factor) for optimizer in optimizers]

for step in range(1, STEPS + 1):
    loss = model(**batch(step)).loss  # mean of -log p(each token of the target)
    loss.backward()
    if CLIP:
        torch.nn.utils.clip_grad_norm_(model.parameters(), CLIP)
    for optimizer, schedule in zip(optimizers, schedules, strict=True):
        optimizer.step()
        schedule.step()
        optimizer.zero_grad()
    if step == 1 or step % max(1, STEPS // 20) == 0:
        print(f"step {step}  loss {loss.item():.4f}")

asked = padded(["entities : Nordbank pays Leo well ."])
print(tokenizer.decode(model.eval().generate(asked, max_new_tokens=32)[0].tolist()))
model.save_pretrained("text2text")
