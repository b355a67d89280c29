"""Fine-tuning for classification (BERT, section 4.1): the facts of the experiment."""

from types import MappingProxyType

from llmviz.core.experiment import BERTS, FINE_TUNING, GPTS, START, Experiment, FirstStep, Metric, OneSentence, notes
from llmviz.core.lesson import Example, Lesson
from llmviz.core.questions.base import Openings
from llmviz.core.questions.classification import Classify
from llmviz.core.settings import LabelsSpec, TrainSpec
from llmviz.core.texts import TEXTS
from llmviz.experiments.classification.question import Attribute

EXAMPLES = MappingProxyType(
    {
        "tinyland": (
            Example("contrast", TEXTS["tinyland"].opinion, truth="positive"),
            Example("negation", "the play was not dull .", truth="positive"),
            Example("a verb", "nobody liked the concert .", truth="negative"),
            Example("positive", "what a superb show ! we loved it .", truth="positive"),
        ),
        "reviews": (
            Example("negative", TEXTS["reviews"].opinion, truth="negative"),
            Example("positive", "a warm and funny film with a great cast .", truth="positive"),
            Example("negation", "not a bad film at all .", truth="positive"),
        ),
    }
)


def openings(text: str) -> Openings:
    """The questions that its page asks of such a run first."""
    return (Classify(TEXTS[text].opinion), Attribute(TEXTS[text].opinion))


EXPERIMENT = Experiment(
    name="sentiment",
    title="Before and after",
    lesson=Lesson(
        "before-after",
        "What a few labels teach, with pretraining and without",
        (4, 6),
        ("C1", "C4", "A2", "C6", "C7", "E5"),
        terms=("label", "pretraining", "fine-tuning", "head", "loss", "nats", "held-out", "ceiling", "chance", "seed"),
    ),
    short="Sentiment",
    family="BERT",
    exercise="says which class a text is of",
    phase=FINE_TUNING,
    module=f"{__name__}.stage",
    head="classes",
    recipe=3,
    inputs=MappingProxyType({START: ("mlm", "clm", None)}),
    architectures=BERTS + GPTS,
    texts=("tinyland", "reviews"),
    objective=LabelsSpec(),
    objectives=MappingProxyType({"reviews": LabelsSpec(500)}),  # from 16 labels of real text a model of these sizes learns nothing
    metrics=(
        Metric(
            "loss",
            "loss on held-out examples",
            "nats",
            "Mean of −ln p, where p is the probability of the true label. In nats an example; lower is better.",
        ),
        Metric(
            "accuracy",
            "right predictions",
            "%",
            "Share of held-out examples whose likeliest label is the true one.",
            bound="accuracy_ceiling",
        ),
    ),
    recipes=MappingProxyType(
        dict.fromkeys(("tinyland", "reviews"), TrainSpec(steps=100, batch_size=16, optimizer="adamw", learning_rate=1e-3))
    ),
    first_step=FirstStep("Read", "The model reads the whole text. The one thing asked for is its label.", targets="label"),
    notes=notes(__file__),
    examples=EXAMPLES,
    openings=openings,
    one_sentence=OneSentence(
        "it predicts",
        lambda sentence, _: Classify(sentence),
        lambda prediction, _: list(zip(prediction.labels, prediction.probability.tolist(), strict=True)),
    ),
    loss_per="an example",
    guess="The loss of finding every label equally likely: ln of their number.",
    baselines=MappingProxyType(
        {
            "accuracy_ceiling": (
                "best possible",
                "A reader who knows the grammar this text is made with, worked out exactly for the same examples. On average no model "
                "is right more often.",
            ),
            "ngram": (
                "counting words",
                "Logistic regression on the words and pairs of words of the very same labels. It has read nothing else.",
            ),
            "chance": ("chance", "Naming the larger class every time."),
        }
    ),
    best="A reader who knows the grammar this text is made with, worked out exactly for the same examples. On average no model is right "
    "more often.",
)
