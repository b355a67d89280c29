"""Models on disk: half-precision safetensors that transformers' `from_pretrained` reads. Never pickle."""

from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import save_file
from tokenizers import Tokenizer
from transformers import AutoModelForMaskedLM, PreTrainedModel


def save(model: PreTrainedModel, tokenizer: Tokenizer, folder: Path) -> None:
    """Write config.json, model.safetensors (fp16), tokenizer.json and tokenizer_config.json into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    tied = set(model.all_tied_weights_keys)  # from_pretrained ties them again
    kept = {name: tensor.detach().to("cpu", torch.float16).contiguous() for name, tensor in model.state_dict().items() if name not in tied}
    save_file(kept, folder / "model.safetensors", {"format": "pt"})
    model.config.save_pretrained(folder)
    tokenizer.save(str(folder / "tokenizer.json"))
    (folder / "tokenizer_config.json").write_text(TOKENIZER_CONFIG, encoding="utf-8")


TOKENIZER_CONFIG = """{
  "tokenizer_class": "PreTrainedTokenizerFast",
  "pad_token": "[PAD]", "unk_token": "[UNK]", "cls_token": "[CLS]", "sep_token": "[SEP]", "mask_token": "[MASK]",
  "clean_up_tokenization_spaces": true
}
"""


# Nothing is fetched, nothing unpickled, and no code that lies beside the weights is run, nor asked about.
LOCAL = {"local_files_only": True, "use_safetensors": True, "trust_remote_code": False}


def load(folder: Path) -> PreTrainedModel:
    """The model that `save` wrote, in fp32 for training. Raises ValueError where the folder holds none, or a damaged or foreign one."""
    try:
        model: PreTrainedModel
        model, found = AutoModelForMaskedLM.from_pretrained(folder, dtype=torch.float32, output_loading_info=True, **LOCAL)
    except (OSError, ValueError, RuntimeError, SafetensorError) as problem:
        raise ValueError(f"there is no model in {folder.name} that can be read ({type(problem).__name__})") from problem
    if found["missing_keys"]:  # transformers would put random ones in their place
        raise ValueError(f"the model in {folder.name} lacks weights: {min(found['missing_keys'])}")
    return model
