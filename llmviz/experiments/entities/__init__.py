"""Fine-tuning for named entities (BERT, section 5.3): the facts of the experiment."""

from types import MappingProxyType

from llmviz.core.experiment import BERTS, FINE_TUNING, START, Experiment, FirstStep, Metric, OneSentence, notes
from llmviz.core.lesson import Example, Lesson
from llmviz.core.questions.base import Openings
from llmviz.core.settings import LabelsSpec, TrainSpec
from llmviz.core.tagging import NAMES
from llmviz.experiments.entities.question import Tag, Tagging

EXAMPLES = MappingProxyType(
    {
        "tinyland": (
            Example("in no label", "Nordbank pays Greta well ."),
            Example("two words", "Anna Maria works for Nordbank Lisbon ."),
            Example("a castle", "the Rome castle was lovely . the castle of Rome was dull ."),
            Example("person or place?", "Paris lives in Vienna with Omar ."),
        ),
        "wiki": (
            Example("in no label", "Algiers is the largest city in Algeria ."),
            Example("three words", "Ludwig van Beethoven was a German composer and pianist ."),
            Example("an organisation", "The University of Oxford is the oldest university in England ."),
            Example("no capitals", "Turkey is a country , and the turkey is a bird ."),
        ),
    }
)

# What its page says of the tags of each text, below its title.
ABOUT = MappingProxyType(
    {
        "tinyland": "Every word gets a tag. A third of the names was in no label: whoever finds them has read of them before, or reads the "
        "sentence.",
        "wiki": "Distant supervision: tags come from a list of article titles, not from a person; what the list lacks counts as a mistake. "
        "A third of these titles was in no label, and the model sees no capitals.",
    }
)


def openings(text: str) -> Openings:
    """The questions that its page asks of such a run first."""
    return (Tag(EXAMPLES[text][0].sentence),)


def outcomes(tagging: Tagging, _: tuple[int, ...]) -> list[tuple[str, float]]:
    """The names found in a sentence, each with how sure the model is of its least certain word, the surest first."""
    found = [(f"{' '.join(tagging.words[one.begin : one.end])}: {NAMES.get(one.kind, one.kind)}", sure) for one, sure in tagging.found()]
    return sorted(found, key=lambda each: -each[1])


EXPERIMENT = Experiment(
    name="entities",
    title="Names in a text",
    lesson=Lesson(
        "entities",
        "Which words name a person, a place, an organisation",
        (4, 6),
        ("C2", "C4", "C6", "C7", "E5"),
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
    texts=("tinyland", "wiki"),
    recorded=("tinyland",),
    objective=LabelsSpec(labels=256),
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
    recipes=MappingProxyType(
        {
            "tinyland": TrainSpec(steps=300, batch_size=16, optimizer="adamw", learning_rate=3e-3),
            "wiki": TrainSpec(steps=600, batch_size=16, optimizer="adamw", learning_rate=1.5e-3),
        }
    ),
    first_step=FirstStep("Read", "The model reads the whole text. Asked for is one tag a word.", targets="label"),
    notes=notes(__file__),
    examples=EXAMPLES,
    openings=openings,
    one_sentence=OneSentence("it finds", lambda sentence, _: Tag(sentence), outcomes),
    loss_per="a word",
    guess="The loss of finding every tag equally likely: ln of their number.",
    baselines=MappingProxyType(
        {
            "f1_ceiling": ("best possible", "A reader who knows the grammar: each of these texts can be tagged in one way only."),
            "f1_lookup": (
                "a list of names",
                "Each word gets the tag it had most often in the very same labels, and none if it was in none of them.",
            ),
        }
    ),
    best="A reader who knows the grammar: each of these texts can be tagged in one way only.",
)
