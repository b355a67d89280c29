"""Causal language modelling (GPT, Radford et al. 2018): the facts of the experiment."""

from types import MappingProxyType

from llmviz.core.experiment import GPTS, PRETRAINING, START, Experiment, FirstStep, Metric, OneSentence, notes
from llmviz.core.glossary import RUN
from llmviz.core.lesson import Example, Lesson
from llmviz.core.questions.base import Openings
from llmviz.core.questions.generation import Generate
from llmviz.core.settings import NextTokenSpec, TrainSpec
from llmviz.core.texts import TEXTS
from llmviz.evaluation.knowledge import knowledge

EXAMPLES = MappingProxyType(
    {
        "tinyland": (
            Example("a capital", TEXTS["tinyland"].beginning),
            Example("a trip", "last summer"),
            Example("a person", "Anna is a"),
            Example("a film", "the film was"),
            Example("nothing", ""),
        ),
        "sotu": (
            Example("the people", TEXTS["sotu"].beginning),
            Example("a duty", "We must"),
            Example("nothing", ""),
        ),
        "wiki": (
            Example("a city", TEXTS["wiki"].beginning),
            Example("a person", "He was an American"),
            Example("nothing", ""),
        ),
        "library": (
            Example("a film", TEXTS["library"].beginning),
            Example("a speech", "My fellow citizens, the state of our Union is"),
            Example("a city", "It is a city in the south of"),
            Example("a country", "Iceland, climate:"),
            Example("nothing", ""),
        ),
    }
)


def openings(text: str) -> Openings:
    """The question that its page asks of such a run first."""
    return (Generate(TEXTS[text].beginning),)


EXPERIMENT = Experiment(
    name="clm",
    title="Next token",
    lesson=Lesson(
        "next-token",
        "GPT learns to say the next word",
        (3, 7),
        ("B3",),
        terms=("token", "pretraining", *RUN, "seed", "probe", "logits", "temperature"),
    ),
    short="CLM",
    family="GPT",
    exercise="names the next token from those before",
    phase=PRETRAINING,
    module=f"{__name__}.stage",
    recipe=4,
    inputs=MappingProxyType({START: (None, "clm")}),
    architectures=GPTS,
    texts=("tinyland", "library", "sotu", "wiki"),
    objective=NextTokenSpec(),
    metrics=(
        Metric(
            "loss",
            "loss on held-out text",
            "nats",
            "Mean of −ln p, where p is the probability of the token that comes next; the end of a text is one too. In nats a token; "
            "lower is better.",
            bound="floor",
        ),
        Metric(
            "accuracy",
            "next words named",
            "%",
            "Share of the tokens of held-out texts that are the model's first guess from what stands before them.",
            bound="accuracy_ceiling",
        ),
        Metric(
            "bits_per_byte",
            "bits a byte",
            "bits",
            "The loss of text that is read as bytes, with the logarithm to base 2, over the bytes of the text instead of its tokens: what "
            "the model needs to tell the text to its like. Models with other tokens can be held against it, and programs that compress.",
        ),
        *knowledge(
            facts="A capital is asked for as the next word, in the one form of sentence in which that fact is never told; the text tells "
            "it in others. Share of right first guesses.",
            sounds="What an animal does is asked for as the next word, in the one form of sentence in which that is never told; the text "
            "tells it in others. Share of right first guesses.",
            reversed="A country is asked for as the next word after its capital, in the one sentence that says the capital first. The text "
            "tells that sentence of every country. Share of right first guesses.",
            grammar="Each of these words is compared after what stands before it",
            meaning="The feelings are compared after what stands before them",
        ),
    ),
    recipes=MappingProxyType(
        {
            # Muon makes good use of large batches: of Tinyland's stories, 500 steps of 48 came as near to the floor as 1,200 of 24.
            "tinyland": TrainSpec(steps=900, batch_size=96, learning_rate=3e-2, muon_learning_rate=6e-2),
            **dict.fromkeys(("sotu", "wiki"), TrainSpec(steps=2_000, learning_rate=1e-2, muon_learning_rate=2e-2)),
            "library": TrainSpec(steps=4_500, batch_size=32, context=128, learning_rate=1e-2, muon_learning_rate=2e-2),
        }
    ),
    first_step=FirstStep(
        "Shift",
        "The text is its own answer, moved by one place: from all that stands before it, the model must name each token.",
        targets="next",
    ),
    notes=notes(__file__),
    examples=EXAMPLES,
    openings=openings,
    one_sentence=OneSentence(
        "it would go on with",
        lambda sentence, _: Generate(sentence, tokens=1),
        lambda written, _: list(zip(written.candidate_words[0][:-1], written.chances[0][0].tolist(), strict=False)),
    ),
    loss_per="a token",
)
