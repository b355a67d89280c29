"""Next sentence prediction beside masked language modelling (BERT, section 3.1): the facts of the experiment."""

from types import MappingProxyType

from llmviz.core.experiment import PRETRAINING, START, Experiment, FirstStep, Metric, notes
from llmviz.core.glossary import RUN
from llmviz.core.lesson import Example, Lesson
from llmviz.core.questions.base import Openings
from llmviz.core.settings import PairsSpec, TrainSpec
from llmviz.core.texts import TEXTS
from llmviz.evaluation.knowledge import hidden_words
from llmviz.experiments.next_sentence.question import Follows

EXAMPLES = MappingProxyType(
    {
        "tinyland": (
            Example("one story", TEXTS["tinyland"].pair[0], second=TEXTS["tinyland"].pair[1]),
            Example(
                "another animal", TEXTS["tinyland"].pair[0], second="every owl hoots . she took it to the barn . she went home happy ."
            ),
            Example("another person", TEXTS["tinyland"].pair[0], second="he took it to the barn . he went home happy ."),
            Example("another country", "Tom reads about Peru and Cuba .", second="Nairobi is the capital of Kenya . then he was sad ."),
            Example(
                "nothing tells", "last winter Leo went to Spain .", second="he visited the museum in the spring . he came home proud ."
            ),
        ),
    }
)


def openings(text: str) -> Openings:
    """The question that its page asks of such a run first."""
    return (Follows(*TEXTS[text].pair),)


EXPERIMENT = Experiment(
    name="nsp",
    title="Next sentence",
    lesson=Lesson(
        "next-sentence",
        "BERT is also asked what follows what",
        (6,),
        ("B5",),
        terms=("token", "label", "pretraining", "attention head", *RUN, "seed", "probe", "[MASK]"),
    ),
    short="NSP",
    family="BERT",
    exercise="does the second part follow?",
    phase=PRETRAINING,
    module=f"{__name__}.stage",
    head="pairs",
    recipe=4,
    inputs=MappingProxyType({START: (None,)}),
    architectures=("bert",),
    texts=("tinyland",),
    objective=PairsSpec(),
    metrics=(
        Metric(
            "loss",
            "loss on held-out pairs",
            "nats",
            "Mean of −ln p of a hidden word, and mean of −ln p of the right answer on a pair, added where both are asked. In nats; "
            "lower is better.",
            bound="floor",
        ),
        Metric(
            "word_loss",
            "loss on hidden words alone",
            "nats",
            "Mean of −ln p, where p is the probability of the word that was hidden, in pairs that follow.",
            bound="word_floor",
        ),
        Metric(
            "pair_loss",
            "loss on pairs alone",
            "nats",
            "Mean of −ln p, where p is the probability of the right answer on a pair. Always answering by a coin gives ln 2.",
        ),
        Metric(
            "nsp_accuracy",
            "pairs told apart",
            "%",
            "Share of held-out pairs on which the likelier answer is the right one. Half of the pairs follow.",
            bound="nsp_ceiling",
            baseline="nsp_order",
            chance=0.5,
        ),
        *hidden_words(" The sentence stands as a first part without a second, which training never shows."),
    ),
    # Two parts of stories are longer than one story. Twice the steps tell no more pairs apart (pair loss 0.36 and 0.37; by the order of
    # stories alone it is 0.37), nor do other rates, mask rates or the size 0.3M, nor rotary positions in the place of BERT's own (82 % told
    # apart), nor these from the weights that `mlm` ends with (82 %).
    recipes=MappingProxyType(
        {"tinyland": TrainSpec(steps=1_350, batch_size=48, context=96, learning_rate=1e-2, muon_learning_rate=2e-2)},
    ),
    first_step=FirstStep(
        "Pair",
        "Two parts of stories. Whether the second follows is asked at [CLS]; in every step some words are hidden too, and asked for.",
    ),
    notes=notes(__file__),
    examples=EXAMPLES,
    openings=openings,
    loss_per="a word and a pair",
    guess="The loss of finding every word of the vocabulary equally likely, and both answers: ln of their number, and ln 2.",
    baselines=MappingProxyType(
        {
            "nsp_order": (
                "order alone",
                "A reader who knows in what order each kind of story is told, but not whether both parts tell of the same person, "
                "animal or country: the share of these pairs it tells apart, worked out exactly.",
            )
        }
    ),
    best="A reader who knows the grammar tells no more of these pairs apart, worked out exactly: often a second part does not say whose "
    "it is.",
)
