"""Bits a byte, held against compressors run by hand and against what a byte is worth where every one is as likely."""

import lzma
import math
import random
import zlib

import numpy as np
import pytest

from llmviz.evaluation import compression
from llmviz.text.tokenizers import train_bytes

PROSE = "The people of this union were united, and the year was a good one for all of them. " * 40


def test_a_guesser_of_bytes_needs_eight_bits() -> None:
    assert compression.bits_per_byte(math.log(256), 1_000, 1_000) == pytest.approx(8)
    assert compression.bits_per_byte(math.log(65_536), 500, 1_000) == pytest.approx(8)  # tokens of two bytes


def test_compressors_are_those_of_python() -> None:
    text, before = PROSE.encode()[:1_500], PROSE.encode()
    found = compression.compressed(text, before)
    assert found["zlib_bits"] == 8 * len(zlib.compress(text, 9)) / len(text)
    assert found["xz_bits"] == pytest.approx(8 * len(lzma.compress(text, preset=9)) / len(text), abs=8 * 8 / len(text))
    assert 0 <= found["xz_after_bits"] < 0.1 < found["xz_bits"]  # it has read this very text


def test_what_nothing_can_compress_takes_eight_bits_of_all() -> None:
    noise = random.Random(0).randbytes(20_000)
    found = compression.compressed(noise, PROSE.encode())
    assert all(8 <= bits < 8.2 for bits in found.values())


def test_texts_are_written_as_their_bytes() -> None:
    told = ["Ça va; the café was “open” …", "He said: it's 5 o'clock."]
    tokenizer = train_bytes([PROSE, *told], 300)
    texts = [np.array(encoding.ids) for encoding in tokenizer.encode_batch(told)]
    assert compression.written(tokenizer, texts) == "\n".join(told).encode()
    assert compression.written(tokenizer, [texts[0][:-1]]) == told[0].encode()  # the end of a text is no byte
