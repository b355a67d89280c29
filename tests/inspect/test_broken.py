"""A run whose weights are no numbers: every question to it is refused in a sentence."""

from pathlib import Path

import pytest
import torch
from transformers import PreTrainedModel

from llmviz.core.questions.attention import Attend
from llmviz.core.questions.base import Answer, Question
from llmviz.core.questions.classification import Classify
from llmviz.core.questions.cloze import Cloze
from llmviz.core.questions.generation import Generate
from llmviz.core.questions.tensors import Tensors
from llmviz.experiments.attention_maps.question import Bertviz
from llmviz.experiments.causal_lm.question import Search
from llmviz.experiments.classification.question import Attribute
from llmviz.models import files
from llmviz.runs.worker import Real
from llmviz.text.tinyland.corpus import words
from llmviz.text.tokenizers import word_level
from tests.inspect.judges import classifier, language_model

TEXT = "the owl hoots ."


def kept(model: PreTrainedModel, run: Path, broken: float) -> dict[int, Path]:
    """A sound snapshot of step 0, and one of step 5 with one number in it that is none."""
    folders = {step: run / "snapshots" / str(step) for step in (0, 5)}
    files.save(model, word_level(words()), folders[0])
    with torch.no_grad():
        next(iter(model.parameters())).flatten()[-1] = broken
    files.save(model, word_level(words()), folders[5])
    return folders


@pytest.mark.parametrize("broken", [float("nan"), float("inf"), 1e30])  # in half precision the last is infinite, too
@pytest.mark.parametrize(
    ("kind", "question"),
    [
        ("masked", Cloze(TEXT, (1,))),
        ("masked", Attend(TEXT)),
        ("masked", Bertviz(TEXT, "head", 0, 0)),
        ("causal", Generate(TEXT, 4)),
        ("causal", Search(TEXT, 3, 3)),
        ("judge", Classify(TEXT)),
        ("judge", Attribute(TEXT)),
        ("judge", Tensors()),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
def test_a_question_to_weights_that_are_no_numbers_is_refused(kind: str, question: Question[Answer], broken: float, tmp_path: Path) -> None:
    model = language_model("neox" if kind == "causal" else "roformer", 0)
    folders = kept(classifier(model) if kind == "judge" else model, tmp_path, broken)
    assert [answer.step for answer in Real().answer({0: folders[0]}, question)] == [0]
    with pytest.raises(ValueError, match=r"^the snapshot of step 5 holds weights that are no numbers"):
        Real().answer(folders, question)
