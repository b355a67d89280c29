"""What a GPT that is prompted might say: with an example it names what the list goes on with, the surer the longer it has trained."""

from hashlib import sha256

import numpy as np

from llmviz.core.questions.base import Answer
from llmviz.experiments.in_context.prompt_view import parsed
from llmviz.experiments.in_context.question import (
    CONDITIONS,
    RIGHT,
    Expect,
    FewShot,
    Hashes,
    LookBack,
    LookedBack,
    Moods,
    Name,
    Named,
    NextWords,
    PromptOrTune,
    Shares,
    TellMoods,
    Unmoved,
    Worth,
)
from llmviz.text.tinyland.lists import RELATIONS

Asked = Expect | Unmoved | FewShot | LookBack | PromptOrTune | TellMoods | Name
TUNED = (0.2, 0.4, 0.7, 0.9, 1.0)


def answer(step: int, share: float, question: Asked) -> Answer:
    """The answer of a snapshot that has this share of its training behind it."""
    match question:
        case Expect():
            return _next_words(step, share, question)
        case Unmoved():
            found = sha256(str(step).encode()).hexdigest()
            return Hashes(step, found, found, 124_672)
        case FewShot():
            return _shares(step, share)
        case LookBack():
            chance = np.array([0.21, 0.21, 0.05, 0.48, 0.05], np.float32)
            mass = np.tile(chance, (2, 4, 1))
            mass[1, 2] = [0.8, 0.05, 0.05, 0.05, 0.05]
            mass[0, 1] = [0.05, 0.05, 0.8, 0.05, 0.05]
            without = np.full((2, 4), 0.9, np.float32)
            without[1, 2] = 0.25
            prefix = np.full((2, 4), 0.03, np.float32)
            return LookedBack(step, mass, chance, prefix, 0.027, 0.98, without, 60, 4)
        case PromptOrTune():
            prompted = np.array([[0.9, 0.95, 1.0, 1.0], [0.9, 1.0, 1.0, 1.0]], np.float32)
            return Worth(step, (1, 2, 4, 8, 16), prompted, np.array([TUNED, TUNED], np.float32), ("capital", "job"), 30, 3e-4)
        case Name():
            prompts = (parsed(text, "capital") for text in question.texts)
            return Named(step, tuple(prompt.truth if prompt and prompt.pairs else "" for prompt in prompts))
        case TellMoods():
            right = np.array([[0.97, 0.96, 0.9], [0.97, 0.95, 0.88]], np.float32)
            return Moods(step, ("it was", "we"), np.array([0.98, 0.96], np.float32), (0, 1, 2), right, question.count)


def _next_words(step: int, share: float, question: Expect) -> NextWords:
    words, chances, truth = [], [], []
    for text in question.texts:
        prompt = parsed(text, "capital")
        sure = 0.9 * share if prompt and prompt.pairs else 0.01
        known = [relation.table[prompt.subject] for relation in RELATIONS.values() if prompt and prompt.subject in relation.table]
        others = [word for word in (*known, "dog", "film", "cat") if not prompt or word != prompt.truth]
        ranked = sorted([(sure, prompt.truth if prompt else "Rome"), (0.95 - sure, others[0]), (0.02, others[1])], reverse=True)
        words.append(tuple(word for _, word in ranked))
        chances.append([chance for chance, _ in ranked])
        truth.append(sure if prompt and prompt.truth == question.truth else 0.0)
    return NextWords(step, tuple(words), np.array(chances, np.float32), np.array(truth, np.float32))


def _shares(step: int, share: float) -> Shares:
    relations, counts, right = [], [], []
    for condition in CONDITIONS:
        numbers = tuple(range(condition != RIGHT, 7))
        found = np.full((3, len(RELATIONS), len(numbers)), 0.9 * share, np.float32)
        if condition == RIGHT:
            found[..., 0] = 0.0
        if condition == CONDITIONS[-1]:
            found[:] = 0.02
        found[0] *= 0.9
        relations.append(tuple(RELATIONS))
        counts.append(numbers)
        right.append(found)
    return Shares(step, tuple(relations), tuple(counts), tuple(right), np.array([0.9, 0.96], np.float32), 0.1, 4_000)
