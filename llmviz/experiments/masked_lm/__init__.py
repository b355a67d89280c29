"""Masked language modelling (BERT, Devlin et al. 2019): the facts of the experiment."""

from types import MappingProxyType

from llmviz.core.experiment import BERTS, PRETRAINING, START, Experiment, FirstStep, Metric, OneSentence, default, notes
from llmviz.core.glossary import RUN
from llmviz.core.lesson import Example, Lesson
from llmviz.core.questions.base import Openings
from llmviz.core.questions.cloze import Cloze
from llmviz.core.settings import MaskingSpec, TrainSpec
from llmviz.core.texts import TEXTS
from llmviz.evaluation.knowledge import hidden_words

EXAMPLES = MappingProxyType(
    {
        "tinyland": (
            default("tinyland", "a capital"),
            Example("a sound", "listen , this owl hoots again .", (4,)),
            Example("a person", "Anna is a baker and lives in Paris .", (3, 7)),
            Example("a mood", "the film was dull . we hated it .", (3, 6)),
        ),
        "sotu": (
            default("sotu", "a country"),
            Example("a verb", "we must do more for our country .", (2,)),
            Example("two gaps", "the congress of the united states .", (1, 4)),
        ),
        "wiki": (
            default("wiki", "a place"),
            Example("a person", "he was an american film director .", (3,)),
            Example("two gaps", "the river flows through germany .", (1, 4)),
        ),
        "reviews": (
            default("reviews", "an opinion"),
            Example("a noun", "this is the best film i have seen .", (5,)),
            Example("two gaps", "the story is thin and the end is silly .", (3, 8)),
        ),
        "requests": (
            default("requests", "a room"),
            Example("on or off?", "turn off the lights in the kitchen", (1,)),
            Example("a unit", "set a timer for 20 minutes", (5,)),
            Example("two gaps", "is the bedroom window open", (2, 4)),
        ),
    }
)


def openings(text: str) -> Openings:
    """The question that its page asks of such a run first."""
    return (Cloze(TEXTS[text].sentence, TEXTS[text].hidden),)


EXPERIMENT = Experiment(
    name="mlm",
    title="Masked tokens",
    lesson=Lesson(
        "masked-tokens",
        "BERT learns to fill in hidden words",
        (3, 6),
        ("B2",),
        terms=("token", "label", "pretraining", *RUN, "seed", "probe", "[MASK]"),
    ),
    short="MLM",
    family="BERT",
    exercise="names hidden words from both sides",
    phase=PRETRAINING,
    module=f"{__name__}.stage",
    recipe=3,
    inputs=MappingProxyType({START: (None, "mlm")}),
    architectures=BERTS,
    texts=("tinyland", "sotu", "wiki", "reviews", "requests"),
    objective=MaskingSpec(mask_rate=0.3),
    metrics=(
        Metric(
            "loss",
            "loss on held-out text",
            "nats",
            "Mean of −ln p, where p is the probability of the word that was hidden. In nats a word; lower is better.",
            bound="floor",
        ),
        Metric(
            "accuracy",
            "hidden words named",
            "%",
            "Share of the hidden words of held-out texts that are the model's first guess.",
            bound="accuracy_ceiling",
        ),
        *hidden_words(),
    ),
    recipes=MappingProxyType(
        {
            "tinyland": TrainSpec(steps=1_800, batch_size=64, learning_rate=5e-3, muon_learning_rate=4e-2),
            **dict.fromkeys(("sotu", "wiki"), TrainSpec(steps=2_000, context=64)),
            "reviews": TrainSpec(steps=8_000, context=64),  # there is more to read, and what it learns of opinions shows late
            "requests": TrainSpec(steps=1_200, batch_size=64, learning_rate=5e-3, muon_learning_rate=4e-2),
        }
    ),
    first_step=FirstStep(
        "Hide",
        "Some words are asked for: most behind [MASK], some with another word in their place (struck through), some left as they are. "
        "The model must name what stood there.",
    ),
    notes=notes(__file__),
    examples=EXAMPLES,
    openings=openings,
    one_sentence=OneSentence(
        "in the place of “{word}” it expects",
        Cloze,
        lambda trace, hidden: list(zip(trace.words[hidden[0]], trace.candidate_probability[hidden[0]].tolist(), strict=True)),
        hides=True,
    ),
)
