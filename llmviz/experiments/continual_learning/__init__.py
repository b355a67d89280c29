"""Continual learning: a pretrained model goes on with a newer text, in which one fact has changed, and comes back. The facts of it."""

from dataclasses import dataclass
from types import MappingProxyType

from llmviz.core.experiment import BERTS, PRETRAINING, START, Experiment, FirstStep, Metric, OneSentence, default, notes
from llmviz.core.glossary import RUN
from llmviz.core.lesson import Example, Lesson
from llmviz.core.questions.cloze import Cloze
from llmviz.core.settings import MaskingSpec, TrainSpec, setting
from llmviz.core.texts import TEXTS
from llmviz.evaluation.knowledge import CITIES, COUNTRIES, hidden_words
from llmviz.experiments.continual_learning.question import Capitals

NEW, OLD = "new", "old"


@dataclass(frozen=True)
class ContinualSpec(MaskingSpec):
    """The objective of masked language modelling on one of two texts: that of its text's own time, or the newer one."""

    mask_rate: float = setting(
        0.3, "Mask rate", "Share of the tokens to guess: of these 80 % are hidden, 10 % swapped, 10 % left.", low=0.01, high=0.9
    )
    reads: str = setting(
        NEW, "Reads", "The new text, in which one capital has changed; or the old one again, which knows nothing of it.", choices=(NEW, OLD)
    )
    country: str = setting("France", "Country", "Whose capital changes.", choices=COUNTRIES)
    city: str = setting(
        "Lima", "New capital", "What the new text calls its capital. Where it is the old one, no fact changes.", choices=CITIES
    )
    replay: float = setting(
        0.0,
        "Replay",
        "Weight of the loss on the old text, learnt in every step beside the new one against forgetting; 0: none.",
        low=0.0,
        high=10.0,
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.reads == OLD:  # equal runs are described alike: it reads nothing else
            object.__setattr__(self, "replay", 0.0)


_LEFT = tuple(metric for metric in hidden_words() if metric.name != "facts")

EXPERIMENT = Experiment(
    name="continual",
    title="Current data",
    lesson=Lesson(
        "continual-learning",
        "A pretrained model goes on with today's text",
        (10,),
        ("E6",),
        terms=("token", "pretraining", *RUN, "seed", "probe", "[MASK]"),
    ),
    short="Continual MLM",
    family="BERT",
    exercise="names hidden words of a newer text",
    phase=PRETRAINING,
    module=f"{__name__}.stage",
    recipe=1,
    inputs=MappingProxyType({START: ("mlm", "continual", None)}),
    architectures=BERTS,
    texts=("tinyland",),
    objective=ContinualSpec(),
    metrics=(
        Metric(
            "loss",
            "loss on the new text",
            "nats",
            "Mean of −ln p over hidden words of held-out bulletins, the text in which a capital has changed. Lower is better.",
            bound="floor",
        ),
        Metric(
            "changed",
            "new capital named",
            "%",
            "The capital that changed is asked for in the one form of sentence in which neither text tells it, with held-out stories "
            "around. Share of first guesses that are the new one.",
        ),
        Metric(
            "kept",
            "other capitals kept",
            "%",
            "The capitals of the other countries, of which the new text tells nothing, are asked for in the same way; all but the one that "
            "is the new capital here. Share of first guesses that are still right.",
        ),
        Metric(
            "old_loss",
            "loss on the old text",
            "nats",
            "Mean of −ln p over hidden words of held-out texts of the old text, the very ones of *Masked tokens*. Lower is better.",
            bound="old_floor",
        ),
        *_LEFT,
    ),
    recipes=MappingProxyType({"tinyland": TrainSpec(steps=300, batch_size=32, learning_rate=2e-3, muon_learning_rate=1e-2)}),
    first_step=FirstStep(
        "Hide",
        "Some words are asked for: most behind [MASK], some with another word in their place (struck through), some left as they are. "
        "The exercise is that of pretraining; the text is another.",
    ),
    notes=notes(__file__),
    examples=MappingProxyType(
        {
            "tinyland": (
                default("tinyland", "the changed one"),
                Example("another capital", "the main city of Norway is Oslo .", (5,)),
                Example("turned round", "Lima is the capital of Peru .", (5,)),
                Example("a sound", "listen , this owl hoots again .", (4,)),
                Example("a mood", "the film was dull . we hated it .", (3, 6)),
            ),
        }
    ),
    openings=lambda text: (Cloze(TEXTS[text].sentence, TEXTS[text].hidden), Capitals()),
    one_sentence=OneSentence(
        "in the place of “{word}” it expects",
        Cloze,
        lambda trace, hidden: list(zip(trace.words[hidden[0]], trace.candidate_probability[hidden[0]].tolist(), strict=True)),
        hides=True,
    ),
)
