"""Fine-tuning for named entities (BERT, section 5.3): the facts of the experiment."""

from types import MappingProxyType

from llmviz.core.experiment import BERTS, FINE_TUNING, START, Experiment, FirstStep, Metric, notes
from llmviz.core.lesson import Example, Lesson
from llmviz.core.settings import LabelsSpec, TrainSpec

EXPERIMENT = Experiment(
    name="entities",
    title="Names in a text",
    lesson=Lesson(
        "entities",
        "Which words name a person, a place, an organisation",
        (4, 6),
        ("C2", "C4"),
        terms=("label", "pretraining", "fine-tuning", "head", "loss", "nats", "held-out", "ceiling", "seed"),
    ),
    short="Entities",
    family="BERT",
    exercise="tags each word that names somebody or something",
    phase=FINE_TUNING,
    module=f"{__name__}.stage",
    recipe=1,
    inputs=MappingProxyType({START: ("mlm", None)}),
    architectures=BERTS,
    texts=("tinyland",),
    objective=LabelsSpec(labels=64),
    metrics=(
        Metric(
            "loss", "loss on held-out texts", "nats", "Mean of −ln p, where p is the probability of a word's true tag. Lower is better."
        ),
        Metric(
            "f1",
            "F1 of names",
            "%",
            "The harmonic mean of precision and recall over whole names: a name is right with its kind, its beginning and its end.",
            bound="f1_ceiling",
            baseline="f1_lookup",
        ),
        Metric("precision", "precision", "%", "Of the names it found, the share that is right."),
        Metric("recall", "recall", "%", "Of the names there are, the share it found."),
    ),
    recipes=MappingProxyType({"tinyland": TrainSpec(steps=150, batch_size=16, optimizer="adamw", learning_rate=1e-3)}),
    first_step=FirstStep("Read", "The model reads the whole text. Asked for is one tag a word.", targets="label"),
    notes=notes(__file__),
    examples=MappingProxyType(
        {
            "tinyland": (
                Example("person or place?", "Paris lives in Vienna with Omar ."),
                Example("two words", "Anna Maria works for Nordbank Lisbon ."),
                Example("a castle", "the Rome castle was lovely . the castle of Rome was dull ."),
                Example("unseen names", "Starmilk pays Noah well ."),
            )
        }
    ),
    loss_per="a word",
    guess="The loss of finding every tag equally likely: ln of their number.",
    best="A reader who knows the grammar: each of these texts can be tagged in one way only.",
)
