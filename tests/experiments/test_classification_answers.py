"""Which words carry a prediction: on a model whose reasons are known, and as integrated gradients must add up on any."""

from pathlib import Path

import numpy as np
import pytest

from llmviz.core.questions.classification import Classify
from llmviz.experiments.classification import agreement_answer as agreement
from llmviz.experiments.classification import answer as reasons
from llmviz.experiments.classification.question import GRADIENTS, LEFT_OUT, METHODS, Agree, Attribute
from llmviz.inspect import classification
from tests.inspect.judges import ARCHITECTURES, CONTEXT, keep, plant

TEXT = "the start was boring but the film was superb ."
WORDS = TEXT.split()


@pytest.mark.parametrize("method", METHODS)
def test_known_reasons_are_found(method: str, tmp_path: Path) -> None:
    [found] = reasons.answer(plant(tmp_path), Attribute(TEXT, method))
    assert found.words == tuple(WORDS)
    weight = dict(zip(found.words, found.weight.tolist(), strict=True))
    assert weight["superb"] > 0.01 and weight["superb"] == pytest.approx(-weight["boring"], rel=0.15)
    others = [abs(weight[word]) for word in WORDS if word not in ("superb", "boring")]
    assert max(others) < 0.01 * weight["superb"]


@pytest.mark.parametrize("method", METHODS)
def test_two_words_that_say_the_same_share_alike(method: str, tmp_path: Path) -> None:
    [found] = reasons.answer(plant(tmp_path), Attribute("the film was superb and the game was fine .", method))
    one, other = found.weight[3], found.weight[8]
    assert one > 0 and one == pytest.approx(other, rel=1e-3)
    assert found.whole > 0


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_integrated_gradients_add_up(architecture: str, tmp_path: Path) -> None:
    folders = keep(architecture, tmp_path, (0, 5))
    for found in reasons.answer(folders, Attribute(TEXT, GRADIENTS)):
        assert found.gap <= 0.03 * float(np.abs(found.weight).sum()) + 1e-3
        [prediction] = classification.answer({found.step: folders[found.step]}, Classify(TEXT))
        negative, positive = prediction.probability
        assert found.whole == pytest.approx(np.log(positive / negative), abs=1e-3)


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_leaving_out_is_reading_again_without(architecture: str, tmp_path: Path) -> None:
    folders = keep(architecture, tmp_path, (0,))
    [found] = reasons.answer(folders, Attribute(TEXT, LEFT_OUT))
    for place in (3, 8):
        rest = " ".join(WORDS[:place] + WORDS[place + 1 :])
        [prediction] = classification.answer(folders, Classify(rest))
        left = np.log(prediction.probability[1] / prediction.probability[0])
        assert found.whole - found.weight[place] == pytest.approx(left, abs=1e-3)


def test_one_word_alone_can_be_weighed(tmp_path: Path) -> None:
    for method in METHODS:
        [found] = reasons.answer(plant(tmp_path), Attribute("superb", method))
        assert found.weight.shape == (1,) and found.weight[0] == pytest.approx(found.whole - found.without, rel=0.02)


def test_what_cannot_be_weighed_is_a_sentence(tmp_path: Path) -> None:
    folders = keep("roformer", tmp_path, (0,))
    with pytest.raises(ValueError, match="not by 'magic'"):
        reasons.answer(folders, Attribute(TEXT, "magic"))
    for method in METHODS:
        with pytest.raises(ValueError, match="no word to read"):
            reasons.answer(folders, Attribute("", method))
        with pytest.raises(ValueError, match="this model reads"):
            reasons.answer(folders, Attribute("dog " * CONTEXT, method))


def test_rank_correlation_is_spearmans() -> None:
    one, other = np.array([1, 2, 2, 9], np.float32), np.array([1, 3, 2, 4], np.float32)  # ranks 1, 2.5, 2.5, 4 and 1, 3, 2, 4
    assert agreement.rank_correlation(one, other) == pytest.approx(4.5 / (4.5 * 5) ** 0.5)
    assert agreement.rank_correlation(other, other) == pytest.approx(1)
    assert agreement.rank_correlation(other, -other) == pytest.approx(-1)
    assert np.isnan(agreement.rank_correlation(np.ones(4, np.float32), other))


def test_both_methods_agree_where_the_reasons_are_known(tmp_path: Path) -> None:
    [found] = agreement.answer(plant(tmp_path), Agree("tinyland", 60))
    assert 3 <= len(found.correlation) < 60  # a text without a word that counts has no order
    assert found.correlation.min() > 0.9 and found.gap.max() < 1e-2
