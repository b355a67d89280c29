"""Texts through every snapshot of a model with a head over tags: how probable it finds each tag of each word."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from llmviz.core.questions.tagging import HeldOut, Tag, Tagging, TagWords
from llmviz.core.tagging import OUTSIDE, tags_words
from llmviz.inspect import classification, snapshots
from llmviz.models.classifiers import room
from llmviz.text import first_pieces
from llmviz.text.first_pieces import Pieces
from llmviz.text.tagged import Tagged
from llmviz.text.words import in_words, spelt

AT_ONCE = 250  # texts in one pass
NO_TAGS = "this model has no head that tags words"


def answer(folders: Mapping[int, Path], question: Tag | TagWords) -> list[Tagging]:
    """The tags of each snapshot, given as step -> folder, in the order of the steps.

    Raises ValueError, in a sentence, where there is nothing to read, too much, or no head over tags.
    """
    if not folders:
        return []
    steps = sorted(folders)
    first = folders[steps[0]]
    names = tags(first)
    words, read = _divided(first, question.words) if isinstance(question, TagWords) else _as_typed(first, question.text)
    scores = classification.head_logits([folders[step] for step in steps], [read.ids])[0][:, 0]  # (snapshot, n, tag)
    chances = scores[:, [1 + place for place in read.firsts]].softmax(-1)  # behind [CLS]; rows sum to 1
    return [Tagging(step, words, names, chance.numpy()) for step, chance in zip(steps, chances, strict=True)]


def held_out(folders: Mapping[int, Path], chosen: Sequence[Tagged]) -> list[HeldOut]:
    """How each snapshot tags these texts, in the order of the steps. Raises ValueError, in a sentence, where the model has no tags."""
    if not folders:
        return []
    steps = sorted(folders)
    first = folders[steps[0]]
    names, most = tags(first), room(snapshots.config(first))
    texts = [text.cut(most) for text in _pieces(first, [text.words for text in chosen])]
    found: list[list[tuple[str, ...]]] = [[] for _ in steps]
    for start in range(0, len(texts), AT_ONCE):
        some = texts[start : start + AT_ONCE]
        best = classification.head_logits([folders[step] for step in steps], [text.ids for text in some])[0].argmax(-1).tolist()
        for tagging, rows in zip(found, best, strict=True):  # best is (snapshot, text, n)
            for row, text, (words, _) in zip(rows, some, chosen[start:], strict=False):
                best_tags = [names[row[1 + place]] for place in text.firsts]
                tagging.append((*best_tags, *[OUTSIDE] * (len(words) - len(best_tags))))
    told, truth = tuple(text.words for text in chosen), tuple(text.tags for text in chosen)
    return [HeldOut(step, told, truth, tuple(tagging)) for step, tagging in zip(steps, found, strict=True)]


def tags(folder: Path) -> tuple[str, ...]:
    """The names of the tags, in the order of the head. Raises ValueError where the model has none."""
    found = classification.outputs(folder)
    if not tags_words(found):
        raise ValueError(NO_TAGS)
    return found


def _as_typed(folder: Path, text: str) -> tuple[tuple[str, ...], Pieces]:
    """The words that the tokenizer sees in a text."""
    words = in_words(classification.read(folder, text))
    firsts = tuple(sum(map(len, words[:place])) for place in range(len(words)))
    return tuple(map(spelt, words)), Pieces(tuple(piece.id for word in words for piece in word), firsts)


def _divided(folder: Path, words: tuple[str, ...]) -> tuple[tuple[str, ...], Pieces]:
    """The words as they are given. Raises ValueError, in a sentence, where there is none, or more than the model reads."""
    if not words:
        raise ValueError(classification.NO_WORD)
    (read,) = _pieces(folder, [words])
    classification.check_length(folder, len(read.ids))
    return words, read


def _pieces(folder: Path, texts: Sequence[tuple[str, ...]]) -> Iterable[Pieces]:
    return first_pieces.pieces(snapshots.tokenizer(folder), texts)
