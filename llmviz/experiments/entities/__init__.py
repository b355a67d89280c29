"""Fine-tuning for named entities (BERT, section 5.3): the facts of the experiment."""

from types import MappingProxyType

from llmviz.core.experiment import BERTS, FINE_TUNING, START, Experiment, FirstStep, OneSentence, notes
from llmviz.core.lesson import Example, Lesson
from llmviz.core.questions.base import Openings
from llmviz.core.questions.tagging import Tag, outcomes
from llmviz.core.settings import LabelsSpec, TrainSpec
from llmviz.core.tag_metrics import METRICS

EXAMPLES = MappingProxyType(
    {
        "tinyland": (
            Example("in no label", "Nordbank pays Greta well ."),
            Example("two words", "Anna Maria works for Nordbank Lisbon ."),
            Example("a castle", "the Rome castle was lovely . the castle of Rome was dull ."),
            Example("person or place?", "Paris lives in Vienna with Omar ."),
        ),
        "requests": (  # held out, with the tags of their templates; what is named here is in no label
            Example("in no label", "play carmen on our projector in studio", truth="O B-search_query O O B-name O B-area"),
            Example("a number", "decrease pantry volume to 88 %", truth="O B-area O O B-volume_level O"),
            Example(
                "four slots", "play podcast carmen on my jukebox in library", truth="O B-media_class B-search_query O O B-name O B-area"
            ),
            Example("two durations", "add 24 second to 100 minute timer", truth="O B-seconds O O B-start_minutes O O"),
        ),
        "wiki": (
            Example("in no label", "Algiers is the largest city in Algeria ."),
            Example("three words", "Ludwig van Beethoven was a German composer and pianist ."),
            Example("an organisation", "The University of Oxford is the oldest university in England ."),
            Example("no capitals", "Turkey is a country , and the turkey is a bird ."),
        ),
    }
)


def openings(text: str) -> Openings:
    """The questions that its page asks of such a run first."""
    return (Tag(EXAMPLES[text][0].sentence),)


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
    head="classes",
    recipe=1,
    inputs=MappingProxyType({START: ("mlm", None)}),
    architectures=BERTS,
    texts=("tinyland", "requests", "wiki"),
    label_kind="tags",
    distant=("wiki",),
    recorded=("tinyland", "requests"),
    objective=LabelsSpec(labels=256),
    metrics=METRICS,
    recipes=MappingProxyType(
        {
            **dict.fromkeys(("tinyland", "requests"), TrainSpec(steps=300, batch_size=16, optimizer="adamw", learning_rate=3e-3)),
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
                "a list of words",
                "Each word gets the tag it had most often in the very same labels, and none if it was in none of them.",
            ),
        }
    ),
    best="A reader who knows the grammar: each of these texts can be tagged in one way only.",
)
