"""An experiment as data: all that is known of it without training anything. Each folder in `llmviz/experiments/` gives one."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from llmviz.core.lesson import Example, Lesson
from llmviz.core.questions.base import Answer, Openings, Question
from llmviz.core.settings import TRAINABLE, ModelSpec, TrainSpec
from llmviz.core.texts import TEXTS

PRETRAINING, FINE_TUNING = "pretraining", "fine-tuning"
START = "start"  # the role of the input whose weights a run sets out from
LOSS = "loss"  # the metric that is also measured on each batch, as `Step.loss`
BERTS, GPTS, T5S = ("roformer", "bert"), ("neox", "gpt2"), ("t5",)
LLAMAS = ("llama",)  # no run begins as one: it comes as a checkpoint, and the run reads in the words of that
ADAPTED_BY = ("lora", "head")  # the methods of fine-tuning that keep a large checkpoint as it is


@dataclass(frozen=True)
class Metric:
    """A figure an experiment reports: label, unit, help, which figure bounds it, and which one a simpler reader reaches.

    The unit is "%" for shares, which are 0 … 1; or any word that can stand behind the number: "nats", "points".
    A `probe` asks the same of models of every kind, and is trained on by none. `chance` is the share that guessing gets where the way of
    asking decides it, as between two texts; of other figures a run tells it, if anything does.
    """

    name: str
    title: str
    unit: str
    help: str
    bound: str = ""
    baseline: str = ""
    probe: bool = False
    chance: float | None = None

    @property
    def called(self) -> str:
        """What charts and states call it: its name where that is a word, otherwise its title."""
        return self.title if "_" in self.name else self.name


def default(text: str, label: str) -> Example:
    """The text's own default sentence, with the words it hides."""
    return Example(label, TEXTS[text].sentence, TEXTS[text].hidden)


def truth(examples: Sequence[Example], sentence: str) -> str:
    """The true label of a sentence that is one of these examples; empty where nobody has said it."""
    return next((each.truth for each in examples if each.sentence == sentence), "")


@dataclass(frozen=True)
class FirstStep:
    """What the microscope says of the beginning of a step: its name, what is done with a text there, and, where all targets of the
    experiment are alike, what they are ("next" or "label").
    """

    name: str
    text: str
    targets: str = ""


@dataclass(frozen=True)
class OneSentence:
    """How one sentence is put to a run, wherever runs of several experiments stand beside one another.

    Attributes:
        lead: what the outcomes are; {word} stands for the hidden word.
        ask: from the sentence and its hidden places to the question.
        outcomes: from the answer and the hidden places to the likeliest outcomes with their probabilities, best first.
        hides: whether a word of the sentence is to be hidden.
    """

    lead: str
    ask: Callable[[str, tuple[int, ...]], Question[Answer]]
    outcomes: Callable[[Any, tuple[int, ...]], Sequence[tuple[str, float]]]
    hides: bool = False


@dataclass(frozen=True)
class Experiment:
    """One way to train: where its code lives, what it may read and start from, what it measures, how pages speak of it.

    Of what may play a role, of architectures and texts the first is the default. Of metrics the first is the headline: the figure that
    stands for a run in its curve, its state and the lists.

    Attributes:
        name: as runs, addresses and the command line spell it.
        title: of its page.
        lesson: what its page says of itself: its place in the address, its slides and terms.
        short, family: what the field calls the objective, and the family of models known for it.
        exercise: what a model does in it, in a few words.
        phase: PRETRAINING or FINE_TUNING.
        module: gives `build(spec, parent)`, the stage that trains; the folder of every other input is an argument of its role's name.
        recipe: raised whenever the same spec would give other results.
        inputs: by role, the names of the experiments whose runs may play it; None where it may stay empty, which for START is a random
            start. A checkpoint may stand wherever a run may.
        objective: the default of RunSpec.objective; `objectives` are those of texts that have another.
        recipes: the training settings by text, where nothing else is said.
        one_sentence: see OneSentence; None where a sentence alone says nothing to it.
        loss_per: what a loss is a mean over, as in "nats a word".
        guess: what the line "random guess" of its loss is.
        best: what the line "best possible" of its shares is.
        head: what stands on the body of its models: "words" names those of the vocabulary, and "pairs" also whether a second part goes on
            with a first; "classes" are its labels, "ends" those of an answer, "reward" is one number.
        outputs: numbers that its head gives for each token, where these are not classes of which random guess is one in so many.
        tasks: how many tasks a run learns at once, with the labels of its objective for each.
        written: of a T5 that learns from labels, by text, which share of the tokens of its examples it writes; the others it reads.
        label_kind: what somebody gives who labels one example: a "class", "tags" for its words, or an "answer".
        distant: texts whose labels nobody gave: a list or a rule did (distant supervision).
        recorded: whether the program comes with a run of it on each of its texts, for its page to open on; or on which of them.
        first_step: see FirstStep.
        adapting: the training settings of a run that starts from a checkpoint of LLAMAS, and by LoRA if nothing else is said; None where
            none may.
        notes: Markdown on what is asked in training, with the objective's settings as {placeholders}.
        examples: by text, what its page suggests; it opens with the first.
        openings: by text, the questions that its page asks of such a run first; a recording keeps their answers.
        baselines: the shares that those of a model lie between or beside, by the name its runs tell them under, from the top down: what a
            chart calls each, and what it is.
    """

    name: str
    title: str
    lesson: Lesson
    short: str
    family: str
    exercise: str
    phase: str
    module: str
    recipe: int
    inputs: Mapping[str, tuple[str | None, ...]]
    architectures: tuple[str, ...]
    texts: tuple[str, ...]
    objective: Any
    metrics: tuple[Metric, ...]
    recipes: Mapping[str, TrainSpec]
    first_step: FirstStep
    notes: str
    examples: Mapping[str, tuple[Example, ...]] = field(default_factory=lambda: MappingProxyType({}))
    openings: Callable[[str], Openings] = lambda text: ()
    one_sentence: OneSentence | None = None
    loss_per: str = "a word"
    guess: str = "The loss of a model that finds every entry of its vocabulary equally likely: ln of their number."
    baselines: Mapping[str, tuple[str, str]] = field(default_factory=lambda: MappingProxyType({}))
    best: str = "A guesser who knows the grammar names no more of these words: often several fit. It bounds no other figure."
    head: str = "words"
    outputs: int = 0
    tasks: int = 1
    written: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    label_kind: str = "class"
    objectives: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    distant: tuple[str, ...] = ()
    recorded: bool | tuple[str, ...] = True
    adapting: TrainSpec | None = None

    def train_defaults(self, text: str) -> TrainSpec:
        """The training settings this experiment takes on a text where nothing else is said."""
        return self.recipes.get(text, TrainSpec())

    def objective_defaults(self, text: str) -> Any:
        """The settings of its own that this experiment takes on a text where nothing else is said."""
        return self.objectives.get(text, self.objective)

    @property
    def recorded_texts(self) -> tuple[str, ...]:
        """The texts on which the program comes with a run of it."""
        if isinstance(self.recorded, bool):
            return self.texts if self.recorded else ()
        return self.recorded

    @property
    def usual_text(self) -> str:
        """What it reads where nothing else is said: Tinyland, if it reads that."""
        usual = next(iter(TEXTS))
        return usual if usual in self.texts else self.texts[0]

    @property
    def starts(self) -> tuple[str | None, ...]:
        """What its weights may be at first, the default first: those of a run of these experiments; None is a random start."""
        return self.inputs[START]

    @property
    def headline(self) -> Metric:
        """The figure that stands for a run of it."""
        return self.metrics[0]

    @property
    def telling(self) -> tuple[Metric, ...]:
        """Its figures, first the one that says most where it stands alone: in place of a loss a share, for a share has a scale."""
        shares_first = self.headline.name == LOSS
        return tuple(sorted(self.metrics, key=lambda metric: shares_first and metric.unit != "%"))

    def model_defaults(self, text: str) -> ModelSpec:
        """The model it trains on a text where nothing else is said."""
        return ModelSpec(self.architectures[0], TEXTS[text].size)

    def check_model(self, model: ModelSpec, objective: Any, checkpoint: bool) -> None:
        """Raise ValueError, in a sentence, for a model that it does not train, or not by this method; or whose weights come from no
        `checkpoint`, where they have to.
        """
        if model.architecture not in LLAMAS:
            for label, wanted, there in (("Architecture", model.architecture, self.architectures), ("Size", model.size, TRAINABLE)):
                if wanted not in there:
                    raise ValueError(f"{label}: {self.title} takes {' or '.join(there)}, not {wanted}")
        elif self.adapting is None or not checkpoint:
            raise ValueError(f"Architecture: {self.title} begins with no {model.architecture}; such a model comes as a checkpoint")
        elif objective.method not in ADAPTED_BY or objective.replay:
            raise ValueError(f"Method: of a checkpoint from elsewhere {' or '.join(ADAPTED_BY)} is trained here, without replay")

    @property
    def colour(self) -> str:
        """The name of the colour of the models it makes: "pretrained" or "finetuned"."""
        return "finetuned" if self.phase == FINE_TUNING else "pretrained"

    def metric(self, name: str) -> Metric:
        """The figure of this name. Raises KeyError for one it does not report."""
        return {each.name: each for each in self.metrics}[name]

    def help(self, metric: str) -> str:
        """What a figure of this name is. Raises KeyError for one it does not report."""
        return self.metric(metric).help


def notes(beside: str) -> str:
    """The Markdown that stands as about.md beside this file."""
    return Path(beside).with_name("about.md").read_text(encoding="utf-8").strip()
