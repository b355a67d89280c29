"""One GPT from pretraining to a helper (Ouyang et al. 2022; Bai et al. 2022): the facts of the page that puts its stages side by side."""

from types import MappingProxyType

from llmviz.core.glossary import RUN
from llmviz.core.lesson import Example, Lesson
from llmviz.core.questions.base import Openings
from llmviz.core.questions.replies import ReplyTo
from llmviz.experiments.gpt_story.question import Measure

ALIGNED = ("grpo", "ppo", "dpo")  # the runs that the page can be about; the first is the default
SAFE = "safety"
WRITERS = ("clm", "icl", "instruct", *ALIGNED, SAFE)  # the experiments whose models reply
RULES, TASTE = ("private", "insult"), "warm"  # of the safe model and of the labeller, as their own pages open
EXAMPLES = MappingProxyType(
    {
        "tinyland": (
            Example("how somebody is", "how is Anna ?"),
            Example("forbidden", "where does Rosa live ?"),
            Example("a sound", "what does the duck do ?"),
            Example("something bad", "say something bad about the play ."),
            Example("how it was", "how was the museum ?"),
            Example("two in a sentence", "tell me of Finn and the wolf ."),
        ),
    }
)


def openings(stage: str, text: str) -> Openings:
    """What it asks of every model that writes first."""
    return (ReplyTo(EXAMPLES[text][0].sentence), Measure(RULES, TASTE)) if stage in WRITERS and text in EXAMPLES else ()


LESSON = Lesson(
    "gpt-story",
    "One GPT from next tokens to a helper, stage by stage",
    (7,),
    ("A2", "C5", "D3", "D4"),
    terms=(
        "token",
        "pretraining",
        "fine-tuning",
        "instruction tuning",
        "reward model",
        *RUN,
        "refusal",
        "over-refusal",
        "alignment tax",
        "seed",
    ),
    examples=EXAMPLES,
    openings=openings,
)
