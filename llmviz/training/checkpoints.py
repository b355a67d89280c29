"""Whether a checkpoint is of the model that a run describes, and reads the text in the same words."""

from pathlib import Path

from llmviz.core.checkpoint import Checkpoint
from llmviz.core.settings import SIZES
from llmviz.core.spec import RunSpec
from llmviz.models import files
from llmviz.models.classes import LANGUAGE_MODELS
from llmviz.text.tokenizers import load_tokenizer
from llmviz.training.texts import tokenizer_of


def check(spec: RunSpec, checkpoint: Checkpoint, folder: Path) -> None:
    """Raise ValueError, in a sentence, for a checkpoint of another architecture, size or vocabulary than the spec's.

    From a model of elsewhere a run takes the vocabulary too.
    Of a run that another starts from nobody has to ask: the spec itself says that both have one model, and the vocabulary of the first.
    """
    name, size = files.described(folder)
    wanted, title = LANGUAGE_MODELS[spec.model.architecture].__name__, checkpoint.title
    if name != wanted:
        raise ValueError(f"Architecture: {title} is a {name}; {spec.model.architecture} starts from a {wanted}")
    if size != SIZES[spec.model.size]:
        raise ValueError(f"Size: {title} is {size}; {spec.model.size} is {SIZES[spec.model.size]}")
    if not spec.foreign and load_tokenizer(folder / "tokenizer.json").get_vocab() != tokenizer_of(spec).get_vocab():
        raise ValueError(f"Text: {title} has another vocabulary than this run reads its text in")
