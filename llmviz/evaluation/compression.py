"""What a byte of held-out text takes in bits, of a model and of programs that compress: it makes models of any vocabulary comparable.

A model that gives the next token the probability p needs −log₂ p bits to tell it to whoever has the same model (Shannon 1948, section 7;
as a measure of language models: Delétang et al. 2024). A compressor's bits are those of the file it writes.
"""

import lzma
import math
import zlib
from collections.abc import Sequence

from tokenizers import Tokenizer

from llmviz.text import spelling
from llmviz.text.special import FIRST
from llmviz.training.texts import Ids, Texts

READ_BEFORE = 16_000_000  # bytes of the training text that xz reads first: its window costs ten times as much memory


def written(tokenizer: Tokenizer, texts: Sequence[Ids]) -> bytes:
    """The texts as a model of bytes reads them, each on a line of its own."""
    vocabulary = tokenizer.get_vocab()
    spelt = [spelling.raw(token) if id >= FIRST else b"" for token, id in sorted(vocabulary.items(), key=lambda entry: entry[1])]
    return b"\n".join(b"".join(spelt[id] for id in ids) for ids in texts)


def bits_per_byte(nats: float, targets: int, bytes_of_text: int) -> float:
    """Of a loss of so many nats a target, over the bytes that the targets spell."""
    return nats * targets / math.log(2) / bytes_of_text


def compressed(text: bytes, before: bytes) -> dict[str, float]:
    """Bits a byte that zlib and xz take for this text alone, and xz for it where it has read what comes `before`."""
    alone = {"zlib_bits": len(zlib.compress(text, 9)), "xz_bits": len(_xz(text))}
    after = len(_xz(before + text)) - len(_xz(before))
    return {name: 8 * size / len(text) for name, size in (alone | {"xz_after_bits": after}).items()}


def sample(tokenizer: Tokenizer, texts: Texts) -> bytes:
    """The beginning of the training text, as much of it as a compressor is to read."""
    found, most = list[Ids](), READ_BEFORE
    for ids in texts:
        if (most := most - 4 * len(ids)) < 0:  # a token is some four bytes
            break
        found.append(ids)
    return written(tokenizer, found)


def _xz(text: bytes) -> bytes:
    window = max(4_096, 1 << max(0, len(text) - 1).bit_length())
    return lzma.compress(text, lzma.FORMAT_XZ, filters=[{"id": lzma.FILTER_LZMA2, "preset": 9, "dict_size": window}])
