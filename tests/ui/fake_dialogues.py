"""What the fake engine replies to requests: at first it asks something itself, from the first step on it does what a known kind asks."""

from random import Random

import numpy as np

from llmviz.core.questions.replies import Replied, ReplyTo, Sample, Sampled
from llmviz.core.spec import RunSpec
from llmviz.experiments.gpt_story.question import Measure, Measured
from llmviz.experiments.instructions.question import KIND, LEARNT, SUBJECT, WORDING, Examine, Examined, Losses, LossesOf
from llmviz.text.tinyland import dialogues
from llmviz.text.tinyland.dialogue_parser import begins_with_request, parsed
from llmviz.text.tinyland.dialogues import HELD_KINDS, KINDS, Request

Asked = ReplyTo | Sample | Measure | Examine | LossesOf
GLAD, SAD, BIG = "glad", "sad", "1M"
ITSELF = "tell me the job of Lucy ."
LONGEST = 64


def answer(step: int, spec: RunSpec, question: Asked) -> Replied | Sampled | Measured | Examined | Losses:
    """What is said after so many steps."""
    if isinstance(question, ReplyTo):
        if not question.text.strip():
            raise ValueError("there is no word to read")
        if len(question.text.split()) >= LONGEST:
            raise ValueError(f"this request has {len(question.text.split())} tokens; this model reads {LONGEST - 1}")
        words = (*_reply(step, parsed(question.text), question.seed).split(), "(end)")
        return Replied(step, words, np.full(len(words), 0.8, np.float32), True)
    if isinstance(question, Sample):
        word = GLAD if step >= spec.train.steps / 2 and spec.model.size != BIG else SAD
        return Sampled(step, tuple(f"{request.split()[-2]} is {word} ." for request in question.requests))
    if isinstance(question, Measure):
        stands = {"icl": (0.0, -3.0), "instruct": (0.9, 0.0), "grpo": (0.6, 2.0), "safety": (0.85, 0.0)}
        followed, liked = stands.get(spec.stage, (0.1, -2.0))
        refused = float(spec.stage == "safety")
        return Measured(step, followed, liked, refused, followed * (1 - refused), 0.0, 120, 120, 36)
    if isinstance(question, LossesOf):
        words = (*question.request.split(), *question.reply.split(), "(end)")
        begins = len(question.request.split())
        return Losses(step, words, begins, np.array([1.0 + step] * begins + [1.0] * (len(words) - begins), np.float32))
    return _examined(step)


def _reply(step: int, asked: Request | None, seed: int = 0) -> str:
    if not step:
        return ITSELF
    return dialogues.reply(asked, Random(seed)) if asked and asked.kind not in HELD_KINDS else "the film was dull ."


def _examined(step: int) -> Examined:
    random, asked = Random(0), list[tuple[str, Request]]()
    for kind in KINDS:
        for sort in (KIND,) if kind in HELD_KINDS else (LEARNT, SUBJECT, WORDING):
            drawn = (
                dialogues.drawn((kind,), "train" if sort == LEARNT else "test", random, unseen_wording=sort == WORDING) for _ in range(3)
            )
            asked += ((sort, each) for each in drawn)
    replies = tuple(_reply(step, each) for _, each in asked)
    return Examined(
        step,
        tuple(sort for sort, _ in asked),
        tuple(each.kind for _, each in asked),
        tuple(each.text for _, each in asked),
        replies,
        tuple(dialogues.lacks(each, said) for (_, each), said in zip(asked, replies, strict=True)),
        np.ones(len(asked), dtype=bool),
        np.array([begins_with_request(said) for said in replies]),
    )
