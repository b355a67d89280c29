import hashlib
import json
from collections import Counter

import pytest

from llmviz.core.settings import TextSpec
from llmviz.text.corpora import load
from llmviz.text.labelled import CLASSES, SOURCES, Example, labelled, stratified
from llmviz.text.tinyland.corpus import opinions

# The examples are pinned as the texts are: another sample would be another measurement.
DIGESTS = {
    "tinyland": "152c8a4a5023d24f9819d97ff0e9e68888d83e3a2a7c9feaf21a0d90aedeb0a6",
    "reviews": "e9a932222fe82805b0731ca655ac97ac12a8e17062f091a785e917d34bbcee18",
}
TEXTS = pytest.mark.parametrize("name", SOURCES)


@TEXTS
def test_the_examples_are_the_pinned_ones(name: str) -> None:
    found = hashlib.sha256(json.dumps(labelled(TextSpec(name)), ensure_ascii=False).encode()).hexdigest()
    assert found == DIGESTS[name]


@TEXTS
def test_a_text_is_in_one_split_and_has_one_label(name: str) -> None:
    splits = labelled(TextSpec(name))
    texts = Counter(example.text for examples in splits.values() for example in examples)
    assert max(texts.values()) == 1
    assert len(splits["test"]) >= 1_000 <= len(splits["validation"])
    for examples in splits.values():
        shares = Counter(example.label for example in examples)
        assert set(shares) == set(range(len(CLASSES)))
        assert min(shares.values()) > 0.45 * len(examples)


@TEXTS
def test_what_is_held_out_is_in_no_text_to_read(name: str) -> None:
    """Neither do labels leak, nor has a pretrained model read the examples it will be tested on."""
    splits, corpus = labelled(TextSpec(name)), load(TextSpec(name))
    held_out = {example.text for part in ("validation", "test") for example in splits[part]}
    assert not held_out & set(corpus.train)
    assert {example.text for example in splits["train"]} & set(corpus.train)  # while those are


def test_tinylands_labels_are_the_moods_its_grammar_drew() -> None:
    examples = labelled(TextSpec("tinyland"))["test"][:200]
    for text, label in examples:
        chances = opinions().hidden(text.split(), "mood")
        assert chances == pytest.approx({("bad", "good")[label]: 1.0})


def test_a_text_without_labels_is_refused() -> None:
    with pytest.raises(ValueError, match="Wikipedia leads: nobody has labelled this text"):
        labelled(TextSpec("wiki"))


def examples(negative: int, positive: int) -> list[Example]:
    return [Example(f"bad {place}", 0) for place in range(negative)] + [Example(f"good {place}", 1) for place in range(positive)]


@pytest.mark.parametrize("count", [2, 3, 16, 17, 40])
def test_a_sample_has_as_many_of_each_class(count: int) -> None:
    chosen = stratified(examples(50, 20), count, seed=1)
    assert len(set(chosen)) == count
    shares = Counter(example.label for example in chosen)
    assert shares[0] - shares[1] == count % 2
    assert [example.label for example in chosen[:4]] == [0, 1, 0, 1][:count]


def test_the_seed_decides_and_more_labels_only_add() -> None:
    pool = examples(50, 50)
    assert stratified(pool, 16, seed=1) == stratified(pool, 16, seed=1) != stratified(pool, 16, seed=2)
    assert stratified(pool, 32, seed=1)[:16] == stratified(pool, 16, seed=1)


@pytest.mark.parametrize(
    ("negative", "positive", "count", "sentence"),
    [
        (5, 5, 1, "1 cannot show all 2 classes; at least one of each is needed"),
        (5, 5, 0, "0 cannot show all 2 classes"),
        (5, 3, 8, "8 are more than there are; as many of each class makes 6 at most"),
        (9, 0, 4, "all of one class"),
        (0, 0, 4, "all of one class"),
    ],
)
def test_what_cannot_be_sampled_is_a_sentence(negative: int, positive: int, count: int, sentence: str) -> None:
    with pytest.raises(ValueError, match=f"Labels: .*{sentence}"):
        stratified(examples(negative, positive), count, seed=0)
