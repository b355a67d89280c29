"""A tokenizer from elsewhere with our five special tokens under the ids 0 to 4, and its other entries behind them in their own order.

Read are those that the rest of this program can spell: byte-level BPE as of GPT-2 and Llama 3, WordPiece as of BERT, and whole words.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from tokenizers import Tokenizer, pre_tokenizers

from llmviz.text.special import SPECIAL
from llmviz.text.tokenizers import frame, in_bytes

# What a checkpoint may call the five, the likeliest first. A text of a GPT begins where the one before ended.
ROLES = {
    "[UNK]": ("[UNK]", "<unk>"),
    "[CLS]": ("[CLS]", "<s>", "<bos>", "<|begin_of_text|>", "<|endoftext|>"),
    "[SEP]": ("[SEP]", "</s>", "<eos>", "<|im_end|>", "<|eot_id|>", "<|end_of_text|>"),
    "[MASK]": ("[MASK]", "<mask>"),
    "[PAD]": ("[PAD]", "<pad>"),
}
DIALOGUE = ("<|im_start|>", "<|im_end|>")  # what turns of a dialogue are written with is not given away to another role
# Bytes that no text in UTF-8 contains. GPT-2's vocabulary has an entry for each, and besides <|endoftext|> nothing else to spare.
NEVER = bytes((0xC0, 0xC1, *range(0xF5, 0x100))).decode("latin-1")


def renumbered(tokenizer: Tokenizer, rows: int) -> tuple[Tokenizer, list[int]]:
    """The tokenizer with its entries in our order, and of each new id the old one; `rows` is how many the embeddings have.

    A role that none of its entries plays goes to a row without an entry, or to an entry that no text contains. Other rows without an entry,
    which pad some vocabularies to a round number, are left out. Raises ValueError, in a sentence, for a tokenizer that is not read here.
    """
    written = json.loads(tokenizer.to_str())
    _check_kind(tokenizer, written["model"])
    vocabulary = tokenizer.get_vocab(with_added_tokens=True)
    if max(vocabulary.values(), default=-1) >= rows:
        raise ValueError(f"tokenizer.json is of another model: it has {len(vocabulary):,} entries, and this model reads {rows:,}")
    if len(set(vocabulary.values())) < len(vocabulary):
        raise ValueError("tokenizer.json gives two entries the same id")
    plays = _roles(tokenizer, vocabulary, rows)
    first = [plays[role] for role in SPECIAL]
    order = first + sorted(set(vocabulary.values()) - set(first))
    place = {old: new for new, old in enumerate(order)}
    called = {id: entry for entry, id in vocabulary.items()} | {id: role for role, id in plays.items()}

    entries = {called[old]: new for new, old in enumerate(order)}
    written["model"]["vocab"] = entries  # added ones too: otherwise the library would count on behind the others
    if written["model"].get("unk_token") is not None:
        written["model"]["unk_token"] = "[UNK]"
    for added in written["added_tokens"]:
        added["content"], added["id"] = called[added["id"]], place[added["id"]]
    written["added_tokens"].sort(key=lambda added: added["id"])
    written["post_processor"] = written["truncation"] = written["padding"] = None
    try:
        made = Tokenizer.from_str(json.dumps(written))
        frame(made)
    except KeyboardInterrupt:
        raise
    except BaseException as problem:  # the library raises bare Exception, and where its Rust panics not even that
        raise ValueError(f"the entries of tokenizer.json cannot be put in another order ({str(problem)[:100]})") from problem
    if made.get_vocab(with_added_tokens=True) != entries:
        raise ValueError("the entries of tokenizer.json cannot be put in another order: two of them are the same special token")
    return made, order


def _check_kind(tokenizer: Tokenizer, model: Mapping[str, Any]) -> None:
    """Raise ValueError for a tokenizer whose pieces this program would spell wrongly."""
    kind = model["type"]
    read = in_bytes(tokenizer) if kind == "BPE" else kind == "WordLevel" or model.get("continuing_subword_prefix") == "##"
    if kind not in ("BPE", "WordPiece", "WordLevel") or not read:
        called = "a BPE of letters, as SentencePiece makes it" if kind == "BPE" else kind
        raise ValueError(f"its tokenizer is {called}; this program reads byte-level BPE, WordPiece with ## and whole words")


def _roles(tokenizer: Tokenizer, vocabulary: Mapping[str, int], rows: int) -> dict[str, int]:
    """Of each role the id that plays it."""
    unknown = None if in_bytes(tokenizer) else tokenizer.model.unk_token  # what an unknown word becomes, whatever it is called
    plays: dict[str, int] = {}
    for role, names in ROLES.items():
        likely = [unknown, *names] if role == "[UNK]" and unknown else names
        ids = [vocabulary[name] for name in likely if name in vocabulary]
        if free := [id for id in ids if id not in plays.values()]:
            plays[role] = free[0]
    kept = {vocabulary[name] for name in DIALOGUE if name in vocabulary} | set(plays.values())
    spare = (id for id in _spare(tokenizer, vocabulary, rows) if id not in kept)
    for role in (role for role in SPECIAL if role not in plays):
        id = next(spare, None)
        if id is None:
            raise ValueError(f"its vocabulary has no {role}, and no entry to spare for one")
        plays[role] = id
    return plays


def _spare(tokenizer: Tokenizer, vocabulary: Mapping[str, int], rows: int) -> Iterator[int]:
    """Ids that no text becomes, each once: rows without an entry, special tokens, [unused1] and so on, bytes that no text contains."""
    yield from sorted(set(range(rows)) - set(vocabulary.values()))
    special = [id for id, token in sorted(tokenizer.get_added_tokens_decoder().items(), reverse=True) if token.special]
    yield from special
    yield from (id for entry, id in sorted(vocabulary.items()) if entry.startswith("[unused") and id not in special)
    if in_bytes(tokenizer):
        letters = (letter for letter in sorted(pre_tokenizers.ByteLevel.alphabet(), reverse=True) if letter in NEVER)
        yield from (vocabulary[letter] for letter in letters if letter in vocabulary)
