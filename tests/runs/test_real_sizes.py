"""What a real model takes is read off the heads of its files, whatever they hold."""

import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from llmviz.runs import real_sizes
from llmviz.runs.real_models import PACKAGED, Offer


def offered(source: Path | None) -> Offer:
    return Offer("tiny", "Tiny", "", source)


def test_a_checkpoint_has_as_many_numbers_as_its_tensors_in_all_files(tmp_path: Path) -> None:
    save_file({"a": torch.zeros(3, 5), "b": torch.zeros(7, dtype=torch.float16)}, tmp_path / "1.safetensors", {"format": "pt"})
    save_file({"c": torch.zeros(2, 2)}, tmp_path / "2.safetensors")
    assert real_sizes.of(offered(tmp_path)).numbers == 15 + 7 + 4


def test_smollm2_takes_what_was_measured() -> None:
    size = real_sizes.of(PACKAGED[0])
    assert (
        size.kept == pytest.approx(270, abs=2) and size.memory == pytest.approx(1_040, abs=30) and size.seconds == pytest.approx(15, abs=1)
    )


@pytest.mark.parametrize(
    "head", [{"a": {"shape": [10**30, 10]}}, {"a": {"shape": [float("inf")]}}, {"a": {"shape": [-5]}}, {"a": 3}, [1], 7]
)
def test_a_head_that_lies_tells_no_more_than_the_file_could_hold(head: object, tmp_path: Path) -> None:
    written = json.dumps(head).encode()
    file = tmp_path / "model.safetensors"
    file.write_bytes(len(written).to_bytes(8, "little") + written)
    assert 0 <= real_sizes.of(offered(tmp_path)).numbers <= file.stat().st_size


@pytest.mark.parametrize("content", [b"", b"no", b"\xff" * 100])
def test_of_a_file_of_another_kind_its_length_tells(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "model.gguf").write_bytes(content)
    assert real_sizes.of(offered(tmp_path / "model.gguf")).numbers == len(content) // 2
    assert real_sizes.of(offered(tmp_path / "gone")).numbers == 0 == real_sizes.of(offered(None)).numbers
