"""The parts of a script that make its model: the classes of transformers, and a new model's configuration written out."""

from dataclasses import dataclass
from textwrap import indent

from llmviz.core.settings import SIZES, ModelSpec


@dataclass(frozen=True)
class Family:
    """What transformers calls the models of one architecture: the classes' first and last names, and where the blocks lie in the body."""

    name: str
    head: str
    blocks: str

    @property
    def config(self) -> str:
        """The class of its configuration."""
        return f"{self.name}Config"

    @property
    def language_model(self) -> str:
        """The class that guesses tokens."""
        return self.name + self.head


FAMILIES = {
    "roformer": Family("RoFormer", "ForMaskedLM", "encoder.layer"),
    "bert": Family("Bert", "ForMaskedLM", "encoder.layer"),
    "pairs": Family("Bert", "ForPreTraining", "encoder.layer"),
    "neox": Family("GPTNeoX", "ForCausalLM", "layers"),
    "gpt2": Family("GPT2", "LMHeadModel", "h"),
    "t5": Family("T5", "ForConditionalGeneration", "block"),
}
_COMMON = """\
vocab_size={vocabulary},
hidden_size={width},
num_hidden_layers={layers},
num_attention_heads={heads},
max_position_embeddings=CONTEXT,
initializer_range=0.06,  # a narrow model needs larger random weights than the usual 0.02
pad_token_id=0,
"""
_BERT = """\
intermediate_size={inner},
hidden_dropout_prob=0.0,
attention_probs_dropout_prob=0.0,
hidden_act="relu",
"""
_GPT = """\
tie_word_embeddings=True,
bos_token_id=2,  # [CLS]
eos_token_id=3,  # [SEP]
"""
_OWN = {
    "roformer": "embedding_size={width},\n" + _BERT,
    "bert": _BERT,
    "neox": """\
intermediate_size={inner},
hidden_act="relu",
use_parallel_residual=False,  # attention first, then the feed-forward part, as in GPT-2
rope_parameters={{"rope_type": "default", "rope_theta": 10_000.0, "partial_rotary_factor": 1.0}},
"""
    + _GPT,
    "gpt2": """\
n_inner={inner},
activation_function="relu",
resid_pdrop=0.0,
embd_pdrop=0.0,
attn_pdrop=0.0,
"""
    + _GPT,
}


def new(model: ModelSpec, vocabulary: str, family: Family | None = None) -> str:
    """A language model with random weights, as an expression; `vocabulary` is the expression of its size.

    Another `family` of the same architecture may be asked for.
    """
    size, family = SIZES[model.size], family or FAMILIES[model.architecture]
    lines = (_COMMON + _OWN[model.architecture]).format(
        vocabulary=vocabulary, width=size.width, layers=size.layers, heads=size.heads, inner=4 * size.width
    )
    return f"{family.language_model}({family.config}(\n{indent(lines, '    ')}))"


def parent(family: Family, run: str) -> tuple[str, str]:
    """The weights of the run this one starts from: lines that say how they come there where they are not, and an expression."""
    command = f"python -m llmviz export {run[:12]} parent"
    said = f"""\
from pathlib import Path

if not Path("parent").is_dir():
    raise SystemExit("The run this one starts from is not in this folder yet. Run: {command}")
"""
    return said, f'{family.language_model}.from_pretrained("parent", local_files_only=True)'
