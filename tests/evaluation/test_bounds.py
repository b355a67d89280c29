import json
import math
from pathlib import Path

import numpy as np
import pytest

from llmviz.core.settings import TextSpec
from llmviz.evaluation.bounds import references
from llmviz.text import store
from llmviz.text.masks import hide
from llmviz.text.ngrams import trigram, unigram
from llmviz.text.special import MASK
from llmviz.text.tinyland.corpus import world
from llmviz.training.texts import Encoded, encoded, padded

TINYLAND, SPEECHES = TextSpec("tinyland"), TextSpec("sotu")
LINES = {"tinyland": {"random_guess", "floor", "accuracy_ceiling"}, "sotu": {"random_guess", "unigram", "trigram"}}


def hidden(text: Encoded, count: int, seed: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """Two batches of held-out texts with places hidden."""
    rng = np.random.default_rng(seed)
    groups = [padded(text.validation[:count]), padded(text.validation[count : 2 * count])]
    return [hide(ids, ids < MASK, 0.2, rng) for ids in groups]


def test_the_floor_is_the_mean_surprise_of_who_knows_the_grammar() -> None:
    """Over the targets, not over the texts: one with more hidden words counts for more."""
    text = encoded(TINYLAND, learnt_on=TINYLAND)
    surprises, best, batches = [], [], []
    for ids in text.validation[:6]:
        corrupted, labels = hide(ids[None], ids[None] < MASK, 0.3, np.random.default_rng(len(ids)))
        batches.append((corrupted, labels))
        told = [text.pieces[id] for id in ids[1:-1]]
        places = [place for place in range(len(told)) if corrupted[0, place + 1] == MASK]
        chances = world().cloze(["?" if place in places else word for place, word in enumerate(told)], places)
        surprises += [-math.log(chances[place][told[place]]) for place in places]
        best += [max(chances[place].values()) for place in places]
    found = references(text, batches)
    assert found["floor"] == pytest.approx(np.mean(surprises))
    assert found["accuracy_ceiling"] == pytest.approx(np.mean(best))


def test_real_text_has_the_lines_of_those_who_count() -> None:
    text = encoded(SPEECHES, learnt_on=TINYLAND)
    batches = hidden(text, 8, seed=2)
    found = references(text, batches)
    assert found == {
        "random_guess": math.log(text.vocabulary),
        "unigram": unigram(text.train, batches, text.vocabulary),
        "trigram": trigram(text.train, batches, text.vocabulary),
    }


@pytest.mark.parametrize("damage", ["", "null", "[]", "[1]", '{"floor": "low"}', '{"floor": null}', '{"floor": 1', "\x00"])
def test_lines_are_kept_and_damaged_ones_worked_out_again(damage: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = encoded(TINYLAND, learnt_on=TINYLAND)
    monkeypatch.setenv("LLMVIZ_HOME", str(tmp_path))  # where no other test keeps lines meanwhile
    batches = hidden(text, 3, seed=100)
    found = references(text, batches)
    assert set(found) == LINES["tinyland"]
    [file] = store.path(TINYLAND.digest, "").glob("bounds-*.json")
    assert json.loads(file.read_text(encoding="utf-8")) == {name: value for name, value in found.items() if name != "random_guess"}
    file.write_text(damage, encoding="utf-8")
    assert references(text, batches) == found
