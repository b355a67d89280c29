"""What models on the way to a reward might say: pairs that the grammar of dialogues tells, and rewards that come to be the warm taste."""

from collections import defaultdict
from random import Random

import numpy as np

from llmviz.core.spec import RunSpec
from llmviz.experiments.reward.question import Drawn, DrawPairs, FitHead, Fitted, Judge, Judged, Moved, TakeOut
from llmviz.text import own_choices
from llmviz.text.tinyland import dialogues
from llmviz.text.tinyland.dialogues import BAD, GOOD

Asked = DrawPairs | FitHead | TakeOut | Judge
SHEET = 30


def answer(step: int, spec: RunSpec, question: Asked) -> Drawn | Fitted | Moved | Judged:
    share = step / spec.train.steps
    match question:
        case DrawPairs():
            return drawn(step, question.sheet)
        case FitHead():
            return fitted(step, question)
        case TakeOut():
            return moved(step, share, question.replies)
        case Judge():
            return judged(step, share, question.replies)


def drawn(step: int, sheet: int) -> Drawn:
    random = Random(sheet)
    requests = [dialogues.drawn(dialogues.OPEN, "train", random) for _ in range(SHEET)]
    told = [(each, dialogues.reply(each, random), dialogues.reply(each, random)) for each in requests]
    differ = [each for each in told if each[1] != each[2]]
    return Drawn(
        step,
        tuple(each.kind for each, _, _ in differ),
        tuple(each.slots["subject"] for each, _, _ in differ),
        tuple(each.text for each, _, _ in differ),
        np.array([each.wording for each, _, _ in differ], np.int64),
        tuple(one for _, one, _ in differ),
        tuple(other for _, _, other in differ),
    )


def fitted(step: int, question: FitHead) -> Fitted:
    learnt, apart = question.clicks, 200
    if question.digest:
        made = own_choices.read(question.digest)
        if missing := own_choices.missing(made):
            raise ValueError(missing)
        learnt, apart = len(own_choices.learnt(made)), len(own_choices.apart(made))
    words = moved(step, 1.0, ("the soup was lovely .", "the soup was awful .") * 3)
    return Fitted(step, words.words, words.change, words.count, learnt, apart, 0.75)


def moved(step: int, share: float, replies: tuple[str, ...]) -> Moved:
    seen = defaultdict[str, int](int)
    for reply in replies:
        for word in reply.split():
            seen[word] += 1
    words = tuple(sorted(word for word, count in seen.items() if count >= 3))
    change = np.array([share * liked(word) for word in words], np.float32)
    return Moved(step, words, change, np.array([seen[word] for word in words], np.int64))


def judged(step: int, share: float, replies: tuple[str, ...]) -> Judged:
    """Nothing but words of praise and of blame counts: it is fooled by all else that the taste minds."""
    texts = [reply.split() for reply in replies]
    rewards = np.full((len(texts), max(map(len, texts)) + 1), np.nan, np.float32)
    for row, words in enumerate(texts):
        rewards[row, : len(words) + 1] = [share * sum(map(liked, words[:count])) for count in range(len(words) + 1)]
    tokens = tuple(word for words in texts for word in words)
    return Judged(step, tokens, np.array([len(words) for words in texts], np.int64), rewards)


def liked(word: str) -> int:
    return (word in GOOD) - (word in BAD)
