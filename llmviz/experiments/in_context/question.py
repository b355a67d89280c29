"""What can be asked of a GPT that is prompted: the next word, what examples bring, where it looks, its hash, what a label is worth."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from llmviz.core.questions.base import Answer, Question

FloatArray = npt.NDArray[np.float32]

RIGHT, WRONG, OTHER, REVERSED = CONDITIONS = ("right", "wrong", "other", "reversed")  # what examples may be like
# What a head may look at from the end of a prompt: values and subjects of the examples, the subject asked for, colons and commas.
VALUES, SUBJECTS, ASKED, MARKS, FIRST_TOKEN = "values", "subjects", "asked subject", "marks", "[CLS]"
TARGETS = (VALUES, SUBJECTS, ASKED, MARKS, FIRST_TOKEN)


@dataclass(frozen=True)
class NextWords(Answer):
    """What one snapshot expects after each of some prompts.

    Attributes:
        step: training steps behind the snapshot.
        words: (prompt, top) the likeliest tokens, best first.
        chances: (prompt, top) their probabilities.
        truth: (prompt,) the probability of the word asked about; 0 where the model has no such word.
    """

    words: tuple[tuple[str, ...], ...]
    chances: FloatArray
    truth: FloatArray


@dataclass(frozen=True)
class Expect(Question[NextWords]):
    """Prompts, and a word whose probability is wanted after each of them; "" for none."""

    answered_by: ClassVar[str] = "llmviz.experiments.in_context.answer"
    answer: ClassVar[type[Answer]] = NextWords

    texts: tuple[str, ...]
    truth: str = ""
    top: int = 6


@dataclass(frozen=True)
class Hashes(Answer):
    """SHA-256 of all weights of one snapshot, names and bytes: `before` it reads prompts, and `after`; how many `weights` these are."""

    before: str
    after: str
    weights: int


@dataclass(frozen=True)
class Unmoved(Question[Hashes]):
    """Hash the weights, read these prompts, hash them again."""

    answered_by: ClassVar[str] = "llmviz.experiments.in_context.hash_answer"
    answer: ClassVar[type[Answer]] = Hashes

    texts: tuple[str, ...]


@dataclass(frozen=True)
class Shares(Answer):
    """How many held-out facts of the test one snapshot names, under several conditions.

    Attributes:
        step: training steps behind the snapshot.
        relations: by condition, in the order of CONDITIONS, the names of those asked about.
        counts: likewise the numbers of examples.
        right: likewise (draw, relation, count), the share of prompts answered right.
        order: (order,) the share right with each of several orders of the same examples.
        changed: the share of sets of examples for which some order has another answer than some other one.
        prompts: how many prompts were read.
    """

    relations: tuple[tuple[str, ...], ...]
    counts: tuple[tuple[int, ...], ...]
    right: tuple[FloatArray, ...]
    order: FloatArray
    changed: float
    prompts: int


@dataclass(frozen=True)
class FewShot(Question[Shares]):
    """Ask for the held-out facts of the test after right examples, wrong ones, those of another relation, and the other way round."""

    answered_by: ClassVar[str] = "llmviz.experiments.in_context.shots_answer"
    answer: ClassVar[type[Answer]] = Shares


@dataclass(frozen=True)
class LookedBack(Answer):
    """Where the heads of one snapshot look from the last token of prompts with examples.

    Attributes:
        step: training steps behind the snapshot.
        mass: (layer, head, target) the mean share of attention on each of TARGETS.
        chance: (target,) the same for a head that looks alike at all tokens.
        prefix: (layer, head) the mean attention, in random words said twice, from a word to the one that came after it the first time.
        prefix_chance: the same for a head that looks alike at all tokens.
        whole: the share of the prompts answered right.
        without: (layer, head) the same where what this head finds is left out.
        prompts, examples: how many prompts there are, and how many examples each has.
    """

    mass: FloatArray
    chance: FloatArray
    prefix: FloatArray
    prefix_chance: float
    whole: float
    without: FloatArray
    prompts: int
    examples: int


@dataclass(frozen=True)
class LookBack(Question[LookedBack]):
    """Measure all heads on prompts for held-out facts of the test."""

    answered_by: ClassVar[str] = "llmviz.experiments.in_context.heads_answer"
    answer: ClassVar[type[Answer]] = LookedBack


@dataclass(frozen=True)
class Worth(Answer):
    """The same labelled pairs as examples in a prompt and as examples of a gradient, and what is then named of the facts held out.

    Attributes:
        step: training steps behind the snapshot.
        counts: the numbers of pairs.
        prompted: (draw, count) the share of facts named after so many pairs in the prompt; no count that no prompt has room for.
        tuned: (draw, count) the share named without an example, after fine-tuning on so many pairs.
        relations: the names of those it is measured on.
        steps, rate: of the fine-tuning.
    """

    counts: tuple[int, ...]
    prompted: FloatArray
    tuned: FloatArray
    relations: tuple[str, ...]
    steps: int
    rate: float


@dataclass(frozen=True)
class PromptOrTune(Question[Worth]):
    """Hold few-shot prompting against fine-tuning a copy, on the same pairs."""

    answered_by: ClassVar[str] = "llmviz.experiments.in_context.worth_answer"
    answer: ClassVar[type[Answer]] = Worth


@dataclass(frozen=True)
class Moods(Answer):
    """How well one snapshot tells the mood of opinions by going on with them, with no head.

    Attributes:
        step: training steps behind the snapshot.
        endings: what was put behind an opinion, one row each; the likelier of the words of both moods then is the answer.
        validated: (ending,) the share right of validation opinions, without an example.
        shots: the numbers of examples.
        right: (draw, shots) the share right of test opinions, with the ending that did best.
        opinions: how many test opinions were asked about.
    """

    endings: tuple[str, ...]
    validated: FloatArray
    shots: tuple[int, ...]
    right: FloatArray
    opinions: int


@dataclass(frozen=True)
class TellMoods(Question[Moods]):
    """Ask for the mood of the first `count` test opinions of Tinyland."""

    answered_by: ClassVar[str] = "llmviz.experiments.in_context.moods_answer"
    answer: ClassVar[type[Answer]] = Moods

    count: int = 1_000


@dataclass(frozen=True)
class Named(Answer):
    """What one model writes after each of some prompts, the likeliest token each time.

    Attributes:
        step: training steps behind it.
        said: (prompt,) the words up to the next comma, colon, stop or end of line.
    """

    said: tuple[str, ...]


@dataclass(frozen=True)
class Name(Question[Named]):
    """Prompts that end where a value is to be named. Any model that writes can be asked; of a value at most `tokens` tokens are written."""

    answered_by: ClassVar[str] = "llmviz.experiments.in_context.name_answer"
    answer: ClassVar[type[Answer]] = Named

    texts: tuple[str, ...]
    tokens: int = 6
