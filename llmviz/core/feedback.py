"""What the experiments on human feedback have in common: the settings of the choices they learn from, and the page they share."""

from dataclasses import dataclass

from llmviz.core.glossary import RUN
from llmviz.core.lesson import Lesson
from llmviz.core.settings import check, setting

TASTES = ("warm", "brief", "frank")
FEEDBACK = Lesson(
    "human-feedback",
    "From choices to a reward, and from a reward to another model",
    (7,),
    ("D3",),
    terms=("token", "fine-tuning", *RUN, "seed"),
)


@dataclass(frozen=True)
class ChoicesSpec:
    """The objective of learning from choices between two replies."""

    clicks: int = setting(200, "Choices", "Pairs of replies of which one was chosen.", low=1, high=5_000)
    taste: str = setting(
        "warm",
        "Taste",
        "What the simulated labeller likes: warm words of praise, few words, or frank words of blame. No model is told.",
        choices=TASTES,
    )
    noise: float = setting(0.1, "Mistakes", "Share of the choices that are made the other way.", low=0.0, high=0.5)

    def __post_init__(self) -> None:
        check(self)
