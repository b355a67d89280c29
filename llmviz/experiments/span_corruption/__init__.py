"""Span corruption (T5, Raffel et al. 2020): the facts of the experiment."""

from types import MappingProxyType

from llmviz.core.experiment import PRETRAINING, START, T5S, Experiment, FirstStep, Metric, OneSentence, notes
from llmviz.core.glossary import RUN
from llmviz.core.lesson import Example, Lesson
from llmviz.core.questions.base import Openings
from llmviz.core.settings import SpanSpec, TrainSpec
from llmviz.core.texts import TEXTS
from llmviz.evaluation.knowledge import knowledge
from llmviz.experiments.span_corruption.question import Fill

EXAMPLES = MappingProxyType(
    {
        "tinyland": (
            Example("two gaps", TEXTS["tinyland"].spanned, TEXTS["tinyland"].spans),
            Example("a fact", "people of Italy call Rome the capital .", (4, 5)),
            Example("a mood", "the play was dull . everybody left sad .", (3, 7)),
            Example("two phrases", "Anna has a cow . the cow moos . that made Anna happy .", (5, 6, 9, 10)),
            Example("a city", "in Italy , Rome is the capital .", (3, 4)),
        ),
    }
)


def openings(text: str) -> Openings:
    """The question that its page asks of such a run first."""
    return (Fill(TEXTS[text].spanned, TEXTS[text].spans),)


EXPERIMENT = Experiment(
    name="span",
    title="Spans",
    lesson=Lesson(
        "spans", "T5 learns to say what was cut out", (9,), ("B4",), terms=("token", "pretraining", *RUN, "seed", "probe", "sentinel")
    ),
    short="Spans",
    family="T5",
    exercise="says what was cut out, gap by gap",
    phase=PRETRAINING,
    module=f"{__name__}.stage",
    recipe=6,
    inputs=MappingProxyType({START: (None, "span")}),
    architectures=T5S,
    texts=("tinyland",),
    objective=SpanSpec(),
    metrics=(
        Metric(
            "loss",
            "loss on held-out text",
            "nats",
            "Mean of −ln p, where p is the probability of each token of the answer: the words cut out, their sentinels, the end. In nats "
            "a token; lower is better.",
            bound="floor",
        ),
        Metric(
            "exact_span",
            "spans filled exactly",
            "%",
            "Share of the spans cut out of held-out texts that the model says word for word, when it takes the likeliest token each time.",
            bound="exact_span_ceiling",
        ),
        *knowledge(
            facts="A capital is cut out of the one form of sentence in which that fact is never told; the text tells it in others. "
            "Share of right answers.",
            sounds="What an animal does is cut out of the one form of sentence in which that is never told; the text tells it in others. "
            "Share of right answers.",
            reversed="The same sentence turned round: the capital is told, and its country cut out. Share of right answers.",
            grammar="The words in which the two differ are cut out",
            meaning="The feeling is cut out",
        ),
    ),
    recipes=MappingProxyType(
        # With 1,000 steps of 64 texts at 2e-2, the rates before, 82 % of the ceiling (validation, seed 0).
        {"tinyland": TrainSpec(steps=1_000, batch_size=96, learning_rate=3e-2, muon_learning_rate=2.5e-2, warmup=0.06)}
    ),
    first_step=FirstStep(
        "Cut",
        "Spans are cut out, and each leaves a sentinel. Behind the text stands what is to be said of it: the model must name each token "
        "from the cut text and what was said before.",
        targets="next",
    ),
    notes=notes(__file__),
    examples=EXAMPLES,
    openings=openings,
    one_sentence=OneSentence(
        "in the place of “{word}” it would write",
        Fill,
        lambda filled, _: list(zip(filled.candidates[0], filled.candidate_chances[0].tolist(), strict=False)),
        hides=True,
    ),
    loss_per="a token",
    best="A guesser who knows the grammar, and how spans are chosen, says no more of these spans word for word: often several fit. "
    "It bounds no other figure.",
)
