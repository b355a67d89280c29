"""A checkpoint from elsewhere, adopted: the very same weights, with its vocabulary in another order, so that all of this program reads it.

Everything here reads a text behind [CLS], and knows the five special tokens by their ids. So the rows of the embeddings, and of the head,
are put in another order, the tokenizer's ids with them, and nothing else is changed: a test holds the logits to those of the original.
`python -m llmviz.models.adopted SOURCE PLACE` does it, in a process of its own, for it takes memory that is not needed afterwards.
"""

import shutil
import sys
from pathlib import Path

import torch
from safetensors.torch import save_file
from transformers import PreTrainedModel

from llmviz.models.checkpoint import of_folder
from llmviz.models.gguf_file import of_gguf
from llmviz.text.renumbered import renumbered
from llmviz.text.special import CLS, PAD, SEP


def adopt(source: Path, place: Path) -> None:
    """Write the model in a folder, or in a GGUF file, to a new `place` laid out as a run: snapshots/0, and tokenizer.json.

    Raises ValueError, in a sentence, for what is no checkpoint, or one that this program does not read; then there is no `place`.
    """
    if place.exists():
        raise ValueError(f"{place.name} is there already")
    if not source.exists():
        raise ValueError(f"there is no {source.name}")
    found = of_folder(source) if source.is_dir() else of_gguf(source)
    tokenizer, order = renumbered(found.tokenizer, found.model.config.vocab_size)
    rows = torch.tensor(order)
    for name in set(of_vocabulary(found.model)) & found.weights.keys():
        found.weights[name] = found.weights[name][rows]
    config = found.model.config
    config.vocab_size = len(order)
    config.pad_token_id, config.bos_token_id, config.eos_token_id = PAD, CLS, SEP
    snapshot = place / "snapshots" / "0"
    try:
        snapshot.mkdir(parents=True)
        save_file(found.weights, snapshot / "model.safetensors", {"format": "pt"})
        config.save_pretrained(snapshot)
        tokenizer.save(str(place / "tokenizer.json"))
    except BaseException as problem:
        shutil.rmtree(place, ignore_errors=True)
        if isinstance(problem, KeyboardInterrupt):
            raise
        raise ValueError(f"{place.name} cannot be written ({type(problem).__name__})") from problem


def of_vocabulary(model: PreTrainedModel) -> list[str]:
    """The names of the tensors that have a row for each entry of the vocabulary: the embeddings, and the head with its bias."""
    there = (model.get_input_embeddings(), model.get_output_embeddings())
    rows = {id(getattr(module, name, None)) for module in there for name in ("weight", "bias")} - {id(None)}
    return [name for name, weight in model.named_parameters(remove_duplicate=False) if id(weight) in rows]


def main(arguments: list[str]) -> int:
    """The command line. Returns the exit status: 1, and a sentence on stderr, where nothing could be adopted."""
    if len(arguments) != 2:
        print("python -m llmviz.models.adopted SOURCE PLACE", file=sys.stderr)
        return 2
    try:
        adopt(Path(arguments[0]), Path(arguments[1]))
    except ValueError as problem:
        print(problem, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
