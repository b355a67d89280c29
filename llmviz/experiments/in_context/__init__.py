"""In-context learning: a GPT reads on in text with lists and can then be prompted with examples (Brown et al. 2020). The facts of it."""

from dataclasses import dataclass
from types import MappingProxyType

from llmviz.core.experiment import GPTS, PRETRAINING, START, Experiment, FirstStep, Metric, notes
from llmviz.core.glossary import RUN
from llmviz.core.lesson import Example, Lesson
from llmviz.core.settings import TrainSpec, check, setting
from llmviz.experiments.in_context.question import Expect, Unmoved

OPENING = ("France :", "Italy : Rome , France :")  # what the page reads first: its prompt, and the same without the example
SHOTS = (0, 1, 2, 4)  # examples in a prompt


@dataclass(frozen=True)
class ListsSpec:
    """The objective of next-token training on a mixture in which there are lists."""

    lists: float = setting(
        0.15,
        "Lists",
        "Share of the texts that are lists of pairs; of the others 70 % tell the same facts in sentences, 10 % are sheets of questions, "
        "20 % Tinyland's own.",
        low=0.0,
        high=0.9,
    )

    def __post_init__(self) -> None:
        check(self)


def _shots(count: int) -> Metric:
    examples = {0: "no example", 1: "one example"}.get(count, f"{count} examples")
    return Metric(
        f"shots_{count}",
        f"right with {examples}",
        "%",
        f"A fact that no list tells, and sentences do, is asked for in the form of a list, after {examples} of its relation. "
        "Share of prompts whose likeliest next word is right.",
    )


EXPERIMENT = Experiment(
    name="icl",
    title="Prompting",
    lesson=Lesson(
        "prompting",
        "A prompt with examples: the weights stay, the task changes",
        (7,),
        ("D2",),
        terms=("token", "pretraining", "zero-shot", "few-shot", "in-context learning", "head", "induction head", *RUN, "seed"),
    ),
    short="ICL",
    family="GPT-3",
    exercise="names the next token, also of lists",
    phase=PRETRAINING,
    module=f"{__name__}.stage",
    recipe=1,
    inputs=MappingProxyType({START: ("clm", None)}),
    architectures=GPTS,
    texts=("tinyland",),
    objective=ListsSpec(),
    metrics=(
        Metric(
            "loss",
            "loss on held-out lists",
            "nats",
            "Mean of −ln p over the tokens of held-out lists. Which subjects stand in a list is left to chance, so it stays high. "
            "Lower is better.",
        ),
        _shots(1),
        _shots(0),
        _shots(2),
        _shots(4),
        Metric("almanac_loss", "loss on held-out facts", "nats", "The same over sentences that tell the facts."),
        Metric(
            "old_loss",
            "loss on Tinyland's text",
            "nats",
            "The same over held-out texts of *Next token*. What it rises by is forgotten; lower is better.",
            bound="old_floor",
        ),
    ),
    recipes=MappingProxyType({"tinyland": TrainSpec(steps=2_400, batch_size=48, learning_rate=3e-3, muon_learning_rate=3e-2)}),
    first_step=FirstStep(
        "Shift",
        "The text is its own answer, moved by one place, as in all pretraining of a GPT. Some of the texts are lists.",
        targets="next",
    ),
    notes=notes(__file__),
    examples=MappingProxyType(
        {
            "tinyland": (
                Example("one example", "Italy : Rome , France :"),
                Example("no example", "France :"),
                Example("another task", "Germany : German , France :"),
                Example("false examples", "Italy : Madrid , Spain : Rome , France :"),
                Example("four examples", "cat : kitten , dog : puppy , lion : cub , pig : piglet , cow :"),
            ),
        }
    ),
    openings=lambda text: (Expect(OPENING, "Paris"), Unmoved(OPENING)),
    loss_per="a token",
)
