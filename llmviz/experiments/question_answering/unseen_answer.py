"""The held-out questions of a text through snapshots: what each answers."""

from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path

import numpy as np

from llmviz.core.settings import TextSpec
from llmviz.evaluation.squad import exact_match
from llmviz.experiments.question_answering.answer import check, logits
from llmviz.experiments.question_answering.question import Answered, UnseenQuestions
from llmviz.inspect import snapshots
from llmviz.models import extraction
from llmviz.models.extraction import Inputs
from llmviz.text.passages import examples

AT_ONCE = 100  # questions in one pass


def answer(folders: Mapping[int, Path], question: UnseenQuestions) -> list[Answered]:
    """The answers of each snapshot, in the order of the steps.

    Raises ValueError, in a sentence, for a text without questions, or a model that finds no answers.
    """
    if not folders:
        return []
    steps = sorted(folders)
    chosen = [folders[step] for step in steps]
    check(chosen[0])
    asked = examples(TextSpec(question.text))["test"][: question.count]
    tokenizer, context = snapshots.tokenizer(chosen[0]), snapshots.context(chosen[0])
    predictions: list[list[str]] = [[] for _ in steps]
    none: list[list[float]] = [[] for _ in steps]
    for first in range(0, len(asked), AT_ONCE):
        some = asked[first : first + AT_ONCE]
        passages = [tokenizer.encode(example.passage, add_special_tokens=False) for example in some]
        questions = [tokenizer.encode(example.question, add_special_tokens=False).ids for example in some]
        read = [extraction.windows(ids, passage.ids, context) for ids, passage in zip(questions, passages, strict=True)]
        ends = np.cumsum([0, *map(len, read)]).tolist()
        scores = logits(chosen, Inputs.of([window for windows in read for window in windows]))
        for example, passage, windows, (begin, end) in zip(some, passages, read, pairwise(ends), strict=True):
            for snapshot, row in enumerate(extraction.merged(scores[:, begin:end], windows)):
                span = extraction.best(row)
                letters = slice(passage.offsets[span[0]][0], passage.offsets[span[1] - 1][1]) if span else slice(0)
                predictions[snapshot].append(example.passage[letters])
                none[snapshot].append(float(row.softmax(0)[0].prod()))
    told = [tuple(part) for part in zip(*((each.passage, each.question, each.truth) for each in asked), strict=True)]
    right = [np.array([exact_match(*pair) == 1 for pair in zip(words, told[2], strict=True)]) for words in predictions]
    return [
        Answered(step, told[0], told[1], told[2], tuple(words), marked, np.array(chances, np.float32))
        for step, words, marked, chances in zip(steps, predictions, right, none, strict=True)
    ]
