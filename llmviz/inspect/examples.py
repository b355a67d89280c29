"""Labelled examples as a model reads them: which tokens of which input stand for an example, what its label is, and what it is in words.

Of whole texts these are all tokens, [CLS] and [SEP] among them, over which BERT's head takes the mean; of tagged words the first token; of
spans that may answer a question likewise. Each is the mean of the states of its tokens.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import torch
from tokenizers import Tokenizer

from llmviz.core.questions.layers import CLASSES, SPANS, TAGS
from llmviz.core.settings import TextSpec
from llmviz.core.tagging import OUTSIDE
from llmviz.inspect import classification, snapshots
from llmviz.models import classifiers, extraction
from llmviz.text import labelled, passages, tagged
from llmviz.text.first_pieces import pieces as first_pieces
from llmviz.text.special import FIRST, PAD
from llmviz.text.tokenizers import pieces
from llmviz.text.words import in_words, spelt

TEXTS = 200  # labelled texts, or passages times two, of each split: a probe of 64 numbers needs more than 64 examples
WORDS = 400  # labelled words of each split: they stand in some 120 short texts
SPAN_LABELS = ("another candidate", "the answer")


@dataclass(frozen=True)
class Example:
    """Some tokens of an input, and their label as a place among the names of labels; -1 where nobody has labelled it."""

    input: int
    tokens: tuple[int, ...]
    label: int
    shown: str


@dataclass(frozen=True)
class Examples:
    """Inputs as ids, special tokens among them, of a pair with the length of its first part; and the examples in them."""

    labels: tuple[str, ...]
    ids: list[list[int]] = field(default_factory=list)
    first_parts: list[int] = field(default_factory=list)
    examples: list[Example] = field(default_factory=list)

    def add(self, ids: Sequence[int], marked: Sequence[tuple[Sequence[int], int, str]], first_part: int = 0) -> None:
        """One more input, and the examples in it: their tokens, labels and words."""
        self.examples.extend(Example(len(self.ids), tuple(tokens), label, shown) for tokens, label, shown in marked)
        self.ids.append(list(ids))
        self.first_parts.append(first_part)

    def tokens(self, most: int) -> list[Example]:
        """So many tokens that are no special ones, spread evenly over all inputs, each as an example without a label."""
        found = [(row, place) for row, ids in enumerate(self.ids) for place, id in enumerate(ids) if id >= FIRST]
        chosen = [found[place * len(found) // most] for place in range(most)] if len(found) > most else found
        return [Example(row, (place,), -1, "") for row, place in chosen]

    def model_inputs(self, rows: Sequence[int]) -> dict[str, torch.Tensor]:
        """What the model is given to read these inputs: tensors (row, n), padded on the right."""
        ids = torch.full((len(rows), max(len(self.ids[row]) for row in rows)), PAD)
        for line, row in zip(ids, rows, strict=True):
            line[: len(self.ids[row])] = torch.tensor(self.ids[row])
        given = {"input_ids": ids, "attention_mask": (ids != PAD).long()}
        if any(self.first_parts):
            ends = torch.tensor([self.first_parts[row] for row in rows])[:, None]
            given["token_type_ids"] = ((torch.arange(ids.shape[1]) >= ends) & (ids != PAD)).long()
        return given


@lru_cache(maxsize=12)
def examples(folder: Path, text: str, kind: str, split: str) -> Examples:
    """The first labelled examples of a split, as the model of this snapshot reads them, the same each time.

    Raises ValueError, in a sentence, where this text has no such labels.
    """
    return {CLASSES: _classes, TAGS: _tags, SPANS: _spans}[kind](folder, text, split)


def _classes(folder: Path, text: str, split: str) -> Examples:
    found = Examples(labelled.CLASSES)
    chosen = labelled.labelled(TextSpec(text))[split][:TEXTS]
    for example, ids in zip(chosen, classification.encoded(folder, [example.text for example in chosen]), strict=True):
        _add_text(found, folder, ids, example.label, example.text)
    return found


def _add_text(found: Examples, folder: Path, ids: Sequence[int], label: int, shown: str) -> None:
    read = classifiers.framed(ids, snapshots.config(folder))
    found.add(read, [(range(len(read)), label, shown)])


def _tags(folder: Path, text: str, split: str) -> Examples:
    """Every word of a name, by what its kind is about, and of each text one word more, so that no label is far commoner than the others."""
    source = tagged.source(TextSpec(text))
    label = {kind: place for place, kinds in enumerate(source.groups.values()) for kind in kinds} | {OUTSIDE: len(source.groups)}
    found = Examples((*source.groups, f"no {source.noun}"))
    for told in tagged.tagged(TextSpec(text))[split]:
        if len(found.examples) >= WORDS:
            break
        others = [place for place, tag in enumerate(told.tags) if tag == OUTSIDE]
        one = {others[len(found.ids) % len(others)]} if others else set()  # neither always the first word nor always the full stop
        wanted = {place: tag[2:] or OUTSIDE for place, tag in enumerate(told.tags) if tag != OUTSIDE or place in one}
        _add_words(found, folder, told.words, {place: label[kind] for place, kind in wanted.items()})
    return found


def _add_words(found: Examples, folder: Path, words: Sequence[str], wanted: dict[int, int]) -> None:
    config = snapshots.config(folder)
    [read] = first_pieces(snapshots.tokenizer(folder), [words])
    read = read.cut(classifiers.room(config))
    marked = [
        ([1 + first], wanted[place], f"{words[place]}\n{' '.join(words)}")
        for place, first in enumerate(read.firsts)
        if place in wanted  # [CLS] stands before all
    ]
    found.add(classifiers.framed(read.ids, config), marked)


def _spans(folder: Path, text: str, split: str) -> Examples:
    """Of each passage one question that has an answer: the span that answers it, and another that is of the same kind."""
    tokenizer, found = snapshots.tokenizer(folder), Examples(SPAN_LABELS)
    for asked in _answerable(passages.examples(TextSpec(text))[split]):
        if len(found.examples) >= TEXTS:
            break
        passage = tokenizer.encode(asked.passage, add_special_tokens=False)
        others = [span for span in asked.candidates if span != asked.answer]
        other = others[len(found.ids) % len(others)]
        marked = []
        for label, span in ((1, asked.answer), (0, other)):
            assert span is not None  # they are answerable
            token = next(place for place, (begin, end) in enumerate(passage.offsets) if begin < span[1] and end > span[0])
            marked.append((token, label, f"{asked.passage[slice(*span)]}\n{asked.question}\n{asked.passage}"))
        _add_span(found, folder, tokenizer, asked.question, passage.ids, marked)
    if not found.examples:
        raise ValueError("no question on this text has two candidates that this model could read together")
    return found


def _answerable(asked: Sequence[passages.Example]) -> Iterator[passages.Example]:
    """The first question on each passage that has an answer and another candidate."""
    seen = set()
    for example in asked:
        if example.answer and len(example.candidates) > 1 and example.passage not in seen:
            seen.add(example.passage)
            yield example


def _add_span(
    found: Examples, folder: Path, tokenizer: Tokenizer, question: str, passage: Sequence[int], marked: Sequence[tuple[int, int, str]]
) -> None:
    """One input, where the model reads question and passage at once and an answer may lie in more than one window of a longer one."""
    read = extraction.windows(tokenizer.encode(question, add_special_tokens=False).ids, passage, snapshots.context(folder))
    if len(read) == 1:
        found.add(read[0].ids, [([read[0].place(token)], label, shown) for token, label, shown in marked], read[0].first)


def own(folder: Path, kind: str, text: str, question: str, words: range) -> Examples:
    """What a visitor wrote, as examples without a label; none where there is nothing to read, or too much."""
    tokenizer, found = snapshots.tokenizer(folder), Examples(())
    read = pieces(tokenizer, text)
    if not read:
        return found
    ids, parts = [piece.id for piece in read], in_words(read)
    starts = [sum(map(len, parts[:place])) for place in range(len(parts))]
    if kind == CLASSES:
        _add_text(found, folder, ids, -1, text)
    elif kind == TAGS:
        config = snapshots.config(folder)
        room = classifiers.room(config)
        marked = [([1 + start], -1, spelt(part)) for start, part in zip(starts, parts, strict=True) if start < room]
        found.add(classifiers.framed(ids, config), marked)
    elif question.strip() and words and words.stop <= len(parts):
        said = " ".join(spelt(part) for part in parts[words.start : words.stop])
        _add_span(found, folder, tokenizer, question, ids, [(starts[words.start], -1, f"{said}\n{question}")])
    return found
