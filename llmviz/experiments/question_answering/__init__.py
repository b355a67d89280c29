"""Fine-tuning for extractive question answering (SQuAD 2; BERT, sections 4.2 and 4.3): the facts of the experiment."""

from dataclasses import dataclass
from types import MappingProxyType

from llmviz.core.experiment import BERTS, FINE_TUNING, START, Experiment, FirstStep, Metric, notes
from llmviz.core.lesson import Example, Lesson
from llmviz.core.questions.base import Openings
from llmviz.core.settings import LabelsSpec, TrainSpec, setting
from llmviz.experiments.question_answering.question import Ask

PASSAGE = "Anna lives in Lima . last summer she went to Kenya . she made soup and bread for Tom . she liked Vera ."


@dataclass(frozen=True)
class AnswersSpec(LabelsSpec):
    """The objective of fine-tuning on questions whose answers are marked in a passage."""

    labels: int = setting(1_000, "Labels", "Questions with their answers that it learns from; a third have none.", low=2, high=4_000)


BEST = "Every question has one answer or none by the way these passages are made: whoever reads them is right every time."
EXAMPLES = MappingProxyType(
    {
        "tinyland": (
            Example("where", PASSAGE, second="where did she go ?", truth="Kenya"),
            Example(
                "two words",
                "Max flew with Rosa . he told Anna Maria about the film . he is a baker in Rome . he reads about Cuba .",
                second="whom did he tell of it ?",
                truth="Anna Maria",
            ),
            Example(
                "in other words",
                "Ella took the train to the Oslo museum . she wanted rice . now she is at home in Peru . she ate some fish and cake .",
                second="which food did she have ?",
                truth="fish and cake",
            ),
            Example(
                "no answer",
                "Tom works for Sunair in Vienna . he liked Ida . last winter he went to China . he took the boat with Noah .",
                second="where does he live ?",
            ),
        ),
    }
)


def openings(text: str) -> Openings:
    """The questions that its page asks of such a run first."""
    return tuple(Ask(example.sentence, example.second) for example in EXAMPLES[text][:1])


EXPERIMENT = Experiment(
    name="answers",
    title="Question answering",
    lesson=Lesson(
        "answers",
        "An answer is a span of the passage, or none",
        (4, 6),
        ("C3", "C4", "C6", "C7", "E5"),
        terms=("token", "label", "pretraining", "fine-tuning", "head", "loss", "nats", "held-out", "ceiling", "chance", "seed", "logits"),
    ),
    short="Answers",
    family="BERT",
    exercise="points at the answer in a passage",
    phase=FINE_TUNING,
    module=f"{__name__}.stage",
    head="ends",
    recipe=1,
    inputs=MappingProxyType({START: ("mlm", None)}),
    architectures=BERTS,
    texts=("tinyland",),
    objective=AnswersSpec(),
    metrics=(
        Metric(
            "loss",
            "loss on held-out questions",
            "nats",
            "Mean of −ln p, where p is the probability of the place where the answer begins, and of that where it ends. Lower is better.",
        ),
        Metric(
            "exact_match",
            "exact match",
            "%",
            "Share of held-out questions whose answer has the right words, all of them and no others; without an answer, none is right.",
            bound="exact_match_ceiling",
            baseline="position",
        ),
        Metric(
            "f1",
            "F1 of the words",
            "%",
            "Mean over held-out questions of the harmonic mean of precision and recall over the words of the answer.",
        ),
        Metric("no_answer", "unanswerable found", "%", "Share of the held-out questions without an answer that are given none."),
    ),
    recipes=MappingProxyType({"tinyland": TrainSpec(steps=600, batch_size=16, learning_rate=2e-3, muon_learning_rate=3e-2)}),
    label_kind="answer",
    first_step=FirstStep("Read", "The model reads question and passage. Asked for are the places where the answer begins and ends."),
    notes=notes(__file__),
    examples=EXAMPLES,
    openings=openings,
    loss_per="an end of an answer",
    guess="The loss of finding every place of the passage equally likely, and no answer as likely as each: ln of their number.",
    baselines=MappingProxyType(
        {
            "exact_match_ceiling": ("best possible", BEST),
            "position": (
                "same place",
                "Always the first value of the kind asked for, or the second, and so on, or the last: what is right most often.",
            ),
            "chance": ("no answer", "Finding no answer every time."),
        }
    ),
    best=BEST,
    outputs=2,  # for each token: whether the answer begins there, and whether it ends there
)
