"""Pairs of parts: what follows is of one document, what does not is of another that is like it."""

from collections import Counter

import numpy as np
import pytest

from llmviz.core.settings import TextSpec
from llmviz.text import threads
from llmviz.text.pairs import NAME, Document, Pairs, Part
from llmviz.text.sentences import sentences
from llmviz.text.tinyland import corpus


def document(name: str, animal: str, count: int = 3) -> Document:
    return Document(tuple(f"{name} saw {animal} {place} ." for place in range(count)), {"name": name, "animal": animal})


FEW = Pairs([document(name, animal) for name in ("Anna", "Tom") for animal in ("dog", "cat", "owl")])


def test_a_pair_shares_its_thread_exactly_when_it_follows() -> None:
    rng = np.random.default_rng(0)
    same = Counter[bool]()
    for place in list(range(len(FEW.documents))) * 40:
        follows, strange = FEW.two(place, rng)
        assert follows.follows and not strange.follows
        assert follows.first == strange.first
        assert follows.second.document == place
        assert follows.second.begin >= follows.first.end
        one, other = FEW.documents[place].thread, FEW.documents[strange.second.document].thread
        assert one["animal"] != other["animal"]
        same[one[NAME] == other[NAME]] += 1
    assert same[True] / same.total() == pytest.approx(0.5, abs=0.1)


def test_parts_meet_at_a_cut_drawn_evenly() -> None:
    rng = np.random.default_rng(1)
    cuts = Counter(FEW.two(0, rng)[0] for _ in range(600))
    assert {(pair.first, pair.second) for pair in cuts} == {(Part(0, 0, cut), Part(0, cut, 3)) for cut in (1, 2)}
    assert min(cuts.values()) > 240
    assert FEW.text(Part(0, 0, 1)) == "Anna saw dog 0 ."


def test_a_document_without_a_like_begins_no_pair() -> None:
    lonely = [document("Vera", "bee"), document("Ben", "cow", count=1)]
    assert Pairs([*FEW.documents, *lonely]).documents == FEW.documents
    assert Pairs(lonely).documents == ()


def test_what_no_draw_can_tell_apart_is_said_in_a_sentence() -> None:
    alike = Pairs([document("Anna", "dog"), document("Anna", "cat")])
    with pytest.raises(ValueError, match="too much alike"):
        [alike.two(0, np.random.default_rng(seed)) for seed in range(20)]


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("a b . c !", ("a b .", "c !")),
        ("a b", ("a b",)),
        ("", ()),
        (". .", (".", ".")),
        ("is it ? yes", ("is it ?", "yes")),
    ],
)
def test_sentences_end_at_their_marks(text: str, cut: tuple[str, ...]) -> None:
    assert sentences(text) == cut


def test_tinylands_documents_are_its_stories_with_what_runs_through_them() -> None:
    found = threads.documents(TextSpec("tinyland"))
    told = corpus.documents()
    for split, documents in found.items():
        assert {" ".join(each.sentences) for each in documents} <= {*told[split]}
        for each in documents[:200]:
            assert {*each.thread.values()} <= {*" ".join(each.sentences).split()}
    threads.documents.cache_clear()
    assert threads.documents(TextSpec("tinyland")) == found  # as it was kept
    with pytest.raises(ValueError, match="nobody has noted"):
        threads.documents(TextSpec("sotu"))
