"""Pretraining goes on with a visitor's own text (domain-adaptive pretraining, Gururangan et al. 2020): the facts of the experiment."""

from dataclasses import dataclass
from types import MappingProxyType

from llmviz.core.experiment import GPTS, PRETRAINING, START, Experiment, FirstStep, Metric, OneSentence, notes
from llmviz.core.glossary import RUN
from llmviz.core.lesson import Example, Lesson
from llmviz.core.questions.generation import Generate
from llmviz.core.settings import DIGEST, TrainSpec, check, setting
from llmviz.core.texts import TEXTS

READ = ("library", "wiki", "sotu")
EXAMPLES = (
    Example("a light", "turn off the"),
    Example("a timer", "set a timer for"),
    Example("a question", "is the bathroom"),
)


@dataclass(frozen=True)
class OwnTextSpec:
    """The objective of naming next tokens of a visitor's own text.

    The text of such a run names what its parent read, and so its vocabulary; what it learns from is the text of this digest.
    """

    passages: int = setting(20_000, "Passages", "The most passages of the text it learns from.", low=4, high=20_000)
    text_digest: str = setting("", "Your text", "The digest of a text kept on this machine.", letters=64)

    def __post_init__(self) -> None:
        check(self)
        if self.text_digest and not DIGEST.fullmatch(self.text_digest):  # it names a folder
            raise ValueError(f"Your text: the digest {self.text_digest!r} is not 64 hexadecimal digits")


EXPERIMENT = Experiment(
    name="own_text",
    title="Your own text",
    lesson=Lesson(
        "own-text",
        "A pretrained model reads your own text, and writes like it",
        (10,),
        ("E8",),
        terms=("token", "pretraining", *RUN, "temperature"),
    ),
    short="CLM, own text",
    family="GPT",
    exercise="names the next token of your own text",
    phase=PRETRAINING,
    module=f"{__name__}.stage",
    recipe=1,
    inputs=MappingProxyType({START: ("clm", None)}),
    architectures=GPTS,
    texts=READ,
    objective=OwnTextSpec(),
    metrics=(
        Metric(
            "loss",
            "loss on your held-out text",
            "nats",
            "Mean of −ln p, where p is the probability of the token that comes next, on passages of your text that no training has seen. "
            "In nats a token; lower is better.",
        ),
        Metric(
            "accuracy",
            "next words named",
            "%",
            "Share of the tokens of held-out passages that are the model's first guess from what stands before them.",
        ),
        Metric(
            "bits_per_byte",
            "bits a byte",
            "bits",
            "The same loss with the logarithm to base 2, over the bytes of the text instead of its tokens: what the model needs to tell "
            "your text to its like.",
        ),
        Metric(
            "old_loss",
            "loss on what it read before",
            "nats",
            "Mean of −ln p on texts of the kind the model was pretrained on. A model of the small library is asked about openings of "
            "Wikipedia's articles, of which it has read most; so the rise counts, not the figure.",
        ),
    ),
    recipes=MappingProxyType(dict.fromkeys(READ, TrainSpec(steps=150, batch_size=16, optimizer="adamw", learning_rate=1e-3))),
    first_step=FirstStep(
        "Shift",
        "The text is its own answer, moved by one place: from all that stands before it, the model must name each token.",
        targets="next",
    ),
    notes=notes(__file__),
    examples=MappingProxyType({text: (*EXAMPLES, Example("as before", TEXTS[text].beginning)) for text in READ}),
    openings=lambda text: (Generate(EXAMPLES[0].sentence),),
    one_sentence=OneSentence(
        "it would go on with",
        lambda sentence, _: Generate(sentence, tokens=1),
        lambda written, _: list(zip(written.candidate_words[0][:-1], written.chances[0][0].tolist(), strict=False)),
    ),
    loss_per="a token",
    recorded=False,
)
