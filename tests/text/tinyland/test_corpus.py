"""Tinyland itself: that its floors are those of the texts it samples, and that its bytes belong to its versions."""

import hashlib
import math
from collections import Counter
from random import Random

import pytest

from llmviz.text.tinyland.corpus import SHARES, words, world
from llmviz.text.tinyland.grammar import Register, Text

# The first 200 texts of each register. A change of its bytes is a new version, and a line here.
GOLDEN = {
    ("stories", 2): "fc1f5b4786c7b046c62d0aea4beadd7f95702813cc601c7427a4e720d3c66a51",
    ("opinions", 2): "2f96c6aeb1dc9680454638617b4c4ffa9febee8002edf605f9ed0ab0fb5b23e4",
    ("notes", 1): "e965f4784d3e55fc307c124a8df2c481f098e4bbecf019dd16961c555d987166",
    ("posts", 1): "0ce735eeae9f86a9950d564227f3b2eee4dd73495333e30c863629df4aace173",
}
SENTENCES = {"stories": (3, 6), "opinions": (2, 4), "notes": (2, 3), "posts": (1, 1)}

REGISTERS = pytest.mark.parametrize(("register", "share"), SHARES, ids=lambda value: getattr(value, "name", ""))


def sampled(register: Register, count: int, seed: int = 0) -> list[Text]:
    draw = Random(seed)
    return [register.sample(draw) for _ in range(count)]


def mixture(count: int, seed: int) -> list[tuple[str, ...]]:
    """Texts of the whole world: the register is drawn, too."""
    draw = Random(seed)
    registers, shares = [register for register, _ in SHARES], [share for _, share in SHARES]
    return [draw.choices(registers, shares)[0].sample(draw).words for _ in range(count)]


@REGISTERS
def test_the_bytes_of_a_register_are_pinned_to_its_version(register: Register, share: float) -> None:
    draw = Random(f"{register.name} {register.version}")
    told = "\n".join(" ".join(register.sample(draw).words) for _ in range(200))
    found = hashlib.sha256(told.encode()).hexdigest()
    assert GOLDEN.get((register.name, register.version)) == found, f"now ({register.name!r}, {register.version}): {found!r}"


@REGISTERS
def test_a_text_is_as_probable_as_the_choices_that_made_it(register: Register, share: float) -> None:
    for text in sampled(register, 300):
        assert world().log_probability(text.words) == pytest.approx(math.log(share) + text.log_probability, abs=1e-9)


def test_shares_and_chances_sum_to_one() -> None:
    assert sum(share for _, share in SHARES) == pytest.approx(1)
    for register, _ in SHARES:
        assert sum(theme.weight for theme in register.themes) == pytest.approx(1)
    assert sum(world().start().values()) == pytest.approx(1)
    for text in mixture(5, seed=5):
        states = set(world().start())
        for word in text:
            assert all(sum(chance for chance, _, _ in world().expand(state)) == pytest.approx(1) for state in states)
            states = {after for state in states for _, said, after in world().expand(state) if said == word}
        assert states


@REGISTERS
def test_texts_have_their_number_of_sentences(register: Register, share: float) -> None:
    lengths = Counter(sum(word in (".", "!") for word in text.words) for text in sampled(register, 2_000))
    assert (min(lengths), max(lengths)) == SENTENCES[register.name]
    assert all(text.words[-1] in (".", "!") for text in sampled(register, 50))


def test_the_vocabulary_is_small_sorted_and_complete() -> None:
    assert 300 <= len(words()) <= 500
    assert list(words()) == sorted(set(words()))
    said = {word for register, _ in SHARES for text in sampled(register, 3_000) for word in text.words}
    assert said <= set(words())
    assert len(said) > 0.98 * len(words())  # hardly a word that is never said


@REGISTERS
def test_variables_take_only_the_values_they_name(register: Register, share: float) -> None:
    hidden = {variable.name for variable in register.hidden}
    assert hidden == (set() if register.name == "notes" else {"mood"})
    for text in sampled(register, 1_000):
        assert all(value in register.variables[name].values for name, value in text.bindings.items() if name not in hidden)
        assert all(text.bindings[name] in ("good", "bad") for name in hidden)


def test_hidden_words_agree_with_bayes() -> None:
    """One hidden word: each word of the vocabulary put in its place, and the whole text's probability compared."""
    for text, place in zip(mixture(12, seed=1), Random(1).choices(range(8), k=12), strict=True):
        told = {word: math.exp(world().log_probability((*text[:place], word, *text[place + 1 :]))) for word in words()}
        total = sum(told.values())
        expected = {word: chance / total for word, chance in told.items() if chance}
        assert world().cloze(text, [place])[place] == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize(("rate", "texts"), [(0.15, 250), (0.35, 60)])
def test_the_posterior_is_calibrated_on_sampled_texts(rate: float, texts: int) -> None:
    """The best guess hits as often as it says, and its surprise is its entropy: per text a deviation of mean zero."""
    draw = Random(2)
    hits, surprises = [], []
    for text in mixture(texts, seed=3):
        hidden = [place for place in range(len(text)) if draw.random() < rate] or [0]
        found = world().cloze(text, hidden)
        assert sum(found[hidden[0]].values()) == pytest.approx(1)
        tops = {place: max(chances, key=chances.__getitem__) for place, chances in found.items()}
        hits.append(sum(found[place][tops[place]] - (tops[place] == text[place]) for place in hidden))
        entropy = {place: -sum(chance * math.log(chance) for chance in chances.values()) for place, chances in found.items()}
        surprises.append(sum(-math.log(found[place][text[place]]) - entropy[place] for place in hidden))
    for deviations in (hits, surprises):
        error = math.sqrt(sum(value**2 for value in deviations)) / len(deviations)
        assert 0 < error < 0.5
        assert abs(sum(deviations) / len(deviations)) < 3 * error


def test_two_samples_share_hardly_a_text() -> None:
    """The grammar tells far more than a run reads, so held-out texts are not learnt by heart."""
    first, second = set(mixture(1_000, seed=6)), set(mixture(1_000, seed=7))
    assert len(first & second) < 20
