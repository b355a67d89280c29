"""Instruction tuning: a GPT that goes on with a text learns to answer requests (Ouyang et al. 2022, step 1). The facts of it."""

from dataclasses import dataclass
from types import MappingProxyType

from llmviz.core.experiment import FINE_TUNING, GPTS, START, Experiment, FirstStep, Metric, notes
from llmviz.core.lesson import Example, Lesson
from llmviz.core.questions.base import Openings
from llmviz.core.questions.replies import ReplyTo
from llmviz.core.settings import TrainSpec, check, setting
from llmviz.experiments.instructions.question import Examine


@dataclass(frozen=True)
class DialoguesSpec:
    """The objective of supervised fine-tuning on requests with replies."""

    dialogues: int = setting(
        2_000, "Dialogues", "Requests with a reply each, written by a labeller, that it learns from.", low=10, high=10_000
    )

    def __post_init__(self) -> None:
        check(self)


_FOLLOWED = "Its likeliest reply is held against the rule of its kind, as a program can. Share of replies that do what was asked."
FACT = "what is the capital of France ?"  # its page opens with it


def openings(text: str) -> Openings:
    """The questions that its page asks of such a run first."""
    return (ReplyTo(FACT), Examine())


EXPERIMENT = Experiment(
    name="instruct",
    title="Instructions",
    lesson=Lesson(
        "instructions",
        "From going on with a text to doing what is asked",
        (7, 4),
        ("C5",),
        terms=("token", "fine-tuning", "instruction tuning", "supervised fine-tuning", "reply mask", "loss", "nats", "held-out", "seed"),
    ),
    short="Instruction tuning",
    family="InstructGPT",
    exercise="replies to a request",
    phase=FINE_TUNING,
    module=f"{__name__}.stage",
    recipe=1,
    inputs=MappingProxyType({START: ("icl", None)}),
    architectures=GPTS,
    texts=("tinyland",),
    objective=DialoguesSpec(),
    metrics=(
        Metric("followed", "requests followed", "%", f"Requests of kinds it learnt, about what it was never asked. {_FOLLOWED}"),
        Metric(
            "followed_wording", "… in other words", "%", f"The same requests, each put in a wording that was never in training. {_FOLLOWED}"
        ),
        Metric("followed_kind", "… of other kinds", "%", f"Requests of kinds that were never in training. {_FOLLOWED}"),
        Metric(
            "loss",
            "loss on held-out replies",
            "nats",
            "Mean of −ln p over the tokens of replies and their ends; requests are read and not asked for. Lower is better.",
        ),
    ),
    recipes=MappingProxyType({"tinyland": TrainSpec(steps=400, batch_size=32, learning_rate=5e-4, muon_learning_rate=8e-3)}),
    first_step=FirstStep(
        "Mask",
        "Request and reply are one text. The model is asked for the tokens of the reply alone.",
        targets="next",
    ),
    notes=notes(__file__),
    examples=MappingProxyType(
        {
            "tinyland": (
                Example("fact", FACT),
                Example("something good", "say something good about the film ."),
                Example("other words", "which job does Maria have ?"),
                Example("other kind", "who lives in Paris ?"),
            ),
        }
    ),
    openings=openings,
    loss_per="a token",
    label_kind="reply",
)
