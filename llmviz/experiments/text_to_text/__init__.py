"""Text to text (T5, Raffel et al. 2020): one model learns three tasks, each as text in and text out. The facts of the experiment."""

from dataclasses import dataclass
from types import MappingProxyType

from llmviz.core import settings
from llmviz.core.experiment import FINE_TUNING, START, T5S, Experiment, FirstStep, Metric, notes
from llmviz.core.lesson import Example, Lesson
from llmviz.core.questions.base import Openings
from llmviz.core.settings import TrainSpec, setting
from llmviz.experiments.text_to_text.question import Write


@dataclass(frozen=True)
class TextToTextSpec:
    """The objective of fine-tuning on several tasks at once, each as text in and text out."""

    labels: int = setting(2_000, "Labels", "Labelled examples of each task that it learns from.", low=2, high=4_000)

    def __post_init__(self) -> None:
        """Refuse what is out of range."""
        settings.check(self)


PASSAGE = "context : Anna lives in Lima . last summer she went to Kenya ."
EXAMPLES = MappingProxyType(
    {
        "tinyland": (
            Example("entities", "entities : Nordbank pays Leo well .", truth="[ Nordbank : organisation ] pays [ Leo : person ] well ."),
            Example("sentiment", "sentiment : the play was not dull .", truth="positive"),
            Example("question", f"question : where did she go ? {PASSAGE}", truth="Kenya"),
            Example("no answer", f"question : what did she eat ? {PASSAGE}", truth="none"),
        ),
    }
)


def openings(text: str) -> Openings:
    """The questions that its page asks of such a run first."""
    return tuple(Write(example.sentence) for example in EXAMPLES[text][:1])


EXPERIMENT = Experiment(
    name="text2text",
    title="Text to text",
    lesson=Lesson(
        "text-to-text",
        "One T5, three tasks: text in, text out",
        (9,),
        ("D5",),
        terms=("token", "label", "pretraining", "fine-tuning", "loss", "nats", "held-out", "seed"),
    ),
    short="Text to text",
    family="T5",
    exercise="writes the answer to a task that is named before the text",
    phase=FINE_TUNING,
    module=f"{__name__}.stage",
    recipe=2,
    inputs=MappingProxyType({START: ("span", None)}),
    architectures=T5S,
    texts=("tinyland",),
    objective=TextToTextSpec(),
    metrics=(
        Metric(
            "loss",
            "loss on held-out examples",
            "nats",
            "Mean of −ln p, where p is the probability of each token of the answers to all three tasks. Lower is better.",
        ),
        Metric("accuracy", "opinions right", "%", "Share of held-out opinions for which it writes the true label."),
        Metric(
            "f1",
            "F1 of entities",
            "%",
            "Harmonic mean of precision and recall over whole names in held-out texts: right only with all words marked, and the right "
            "kind. What it wrote is aligned with the text; a name with no place there counts as found where there is none.",
        ),
        Metric(
            "exact_match",
            "answers right",
            "%",
            "Share of held-out questions for which it writes the words of the answer, all of them and no others; without an answer, none.",
        ),
        Metric("no_answer", "unanswerable found", "%", "Share of the held-out questions without an answer for which it writes none."),
    ),
    recipes=MappingProxyType({"tinyland": TrainSpec(steps=900, batch_size=48, learning_rate=5e-4, muon_learning_rate=1.5e-2)}),
    first_step=FirstStep(
        "Read",
        "The encoder reads the text behind its task's name. The decoder must name each token of the answer from the text and what was "
        "written before.",
        targets="next",
    ),
    notes=notes(__file__),
    examples=EXAMPLES,
    openings=openings,
    loss_per="a token",
    tasks=3,
    # Of sentiment a tenth, of entities three fifths, of answers a twentieth: 8 of 33 tokens where the tasks take turns.
    written=MappingProxyType({"tinyland": 0.245}),
)
