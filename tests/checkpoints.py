"""Tiny checkpoints as transformers writes them: random weights that half precision holds exactly, tokenizers in an order of their own."""

from pathlib import Path
from typing import Any

import torch
from tokenizers import AddedToken, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import (
    BertConfig,
    BertForMaskedLM,
    GPT2Config,
    GPT2LMHeadModel,
    GPTNeoXConfig,
    GPTNeoXForCausalLM,
    LlamaConfig,
    LlamaForCausalLM,
    PreTrainedModel,
)

from tests.small import shaken

TEXT = "The children of Ávila rowed 12 boats over the lake, and back; nobody was late."
READ = [TEXT, "A second text tells of lakes and boats, of rowing back and of being late.", "Twelve children were late for the boats."] * 4
SIZES: dict[str, Any] = {
    "hidden_size": 32,
    "intermediate_size": 48,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "max_position_embeddings": 64,
}
DIALOGUE = ("<|endoftext|>", "<|im_start|>", "<|im_end|>")


def byte_level(*special: str, behind: tuple[str, ...] = (), read: list[str] = READ) -> Tokenizer:
    """As of GPT-2: byte-level BPE, trained on what it `read`. `behind` is what was added to the vocabulary later."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.post_processor = processors.ByteLevel(trim_offsets=True)
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=330, special_tokens=list(special), initial_alphabet=alphabet, show_progress=False)
    tokenizer.train_from_iterator(read, trainer)
    tokenizer.add_special_tokens([AddedToken(token, special=True, normalized=False) for token in behind])
    tokenizer.enable_truncation(8)  # some checkpoints keep one, which would cut what a visitor types
    return tokenizer


def wordpiece(special: tuple[str, ...]) -> Tokenizer:
    """As of BERT. The special tokens stand in this order, behind two entries of the alphabet."""
    letters = sorted(set("".join(READ).lower()) - {" "})
    words = ["the", "children", "of", "boats", "lake", "##s", "row", "##ed"]
    entries = list(dict.fromkeys([*letters[:2], *special, *letters, *(f"##{letter}" for letter in letters), *words]))
    tokenizer = Tokenizer(models.WordPiece({entry: id for id, entry in enumerate(entries)}, unk_token=special[1]))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece()
    tokenizer.add_special_tokens(list(special))
    return tokenizer


def llama(tokenizer: Tokenizer, more_rows: int = 0, **changes: Any) -> PreTrainedModel:
    rows = tokenizer.get_vocab_size() + more_rows
    return drawn(LlamaForCausalLM, LlamaConfig(vocab_size=rows, **{**SIZES, "num_key_value_heads": 2, **changes}))


def gpt2(tokenizer: Tokenizer) -> PreTrainedModel:
    return drawn(GPT2LMHeadModel, GPT2Config(vocab_size=tokenizer.get_vocab_size(), n_positions=64, n_embd=32, n_layer=2, n_head=4))


def neox(tokenizer: Tokenizer) -> PreTrainedModel:
    rope = {"rope_type": "default", "rope_theta": 10_000.0, "partial_rotary_factor": 0.5}
    return drawn(GPTNeoXForCausalLM, GPTNeoXConfig(vocab_size=tokenizer.get_vocab_size() + 7, **SIZES, rope_parameters=rope))


def bert(tokenizer: Tokenizer) -> PreTrainedModel:
    return drawn(BertForMaskedLM, BertConfig(vocab_size=tokenizer.get_vocab_size(), **SIZES))


def drawn(kind: Any, config: Any) -> PreTrainedModel:
    """A model with random weights, biases and norms too, that half precision holds exactly."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(1)
        model: PreTrainedModel = kind(config).eval()
    shaken(model, seed=2)
    with torch.no_grad():
        for weight in model.parameters():
            weight.copy_(weight.half().float())
    return model


def save(model: PreTrainedModel, tokenizer: Tokenizer, folder: Path, **how: Any) -> Path:
    model.save_pretrained(folder, **how)
    tokenizer.save(str(folder / "tokenizer.json"))
    return folder
