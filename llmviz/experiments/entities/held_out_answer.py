"""The held-out texts of a tagged text through snapshots: how their words are tagged."""

from collections.abc import Mapping
from pathlib import Path

from llmviz.core.settings import TextSpec
from llmviz.core.tagging import OUTSIDE
from llmviz.experiments.entities.answer import tags
from llmviz.experiments.entities.question import HeldOut, TagHeldOut
from llmviz.inspect import snapshots
from llmviz.inspect.classification import head_logits
from llmviz.models.classifiers import room
from llmviz.text.first_pieces import pieces
from llmviz.text.tagged import tagged
from llmviz.text.tokenizers import load_tokenizer

AT_ONCE = 250  # texts in one pass


def answer(folders: Mapping[int, Path], question: TagHeldOut) -> list[HeldOut]:
    """How each snapshot tags them, in the order of the steps. Raises ValueError, in a sentence, where text or model has no tags."""
    if not folders:
        return []
    steps = sorted(folders)
    first = folders[steps[0]]
    names, most = tags(first), room(snapshots.config(first))
    chosen = tagged(TextSpec(question.text))["test"][: question.count]
    texts = [text.cut(most) for text in pieces(load_tokenizer(first / "tokenizer.json"), [words for words, _ in chosen])]
    found: list[list[tuple[str, ...]]] = [[] for _ in steps]
    for start in range(0, len(texts), AT_ONCE):
        some = texts[start : start + AT_ONCE]
        best = head_logits([folders[step] for step in steps], [text.ids for text in some])[0].argmax(-1).tolist()  # (snapshot, text, n)
        for tagging, rows in zip(found, best, strict=True):
            for row, text, (words, _) in zip(rows, some, chosen[start:], strict=False):
                best_tags = [names[row[1 + place]] for place in text.firsts]
                tagging.append((*best_tags, *[OUTSIDE] * (len(words) - len(best_tags))))
    told, truth = tuple(text.words for text in chosen), tuple(text.tags for text in chosen)
    return [HeldOut(step, told, truth, tuple(tagging)) for step, tagging in zip(steps, found, strict=True)]
