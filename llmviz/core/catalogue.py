"""The list of training stages, as data. Adding a stage adds one entry here, one file in `stages/` and one page."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from llmviz.core.settings import LabelsSpec, MaskingSpec, ModelSpec, NextTokenSpec, PairsSpec, SpanSpec, TrainSpec


@dataclass(frozen=True)
class Metric:
    """A figure a stage reports: how to name it, its unit ("nats" or "%"), which other bounds it, and which one a simpler reader reaches."""

    name: str
    title: str
    unit: str
    bound: str = ""
    baseline: str = ""


@dataclass(frozen=True)
class Stage:
    """One way to train: where its code lives, what it may read and start from, what it measures, and its default recipe per text.

    Of parents, architectures and texts the first is the default; parents are names of stages, and None is a random start.
    """

    name: str
    title: str
    module: str
    recipe: int  # raised whenever the same spec would give other results
    parents: tuple[str | None, ...]
    architectures: tuple[str, ...]
    texts: tuple[str, ...]
    objective: Any  # the default of RunSpec.objective
    metrics: tuple[Metric, ...]
    recipes: Mapping[str, TrainSpec] = field(default_factory=lambda: MappingProxyType({}))

    def train_defaults(self, text: str) -> TrainSpec:
        """The training settings this stage takes on a text where nothing else is said."""
        return self.recipes.get(text, TrainSpec())

    @property
    def model(self) -> ModelSpec:
        """The model this stage trains where nothing else is said."""
        return ModelSpec(architecture=self.architectures[0])


KNOWLEDGE = (  # what every pretrained model is asked at each evaluation
    Metric("facts", "capitals known", "%"),
    Metric("sounds", "animal sounds known", "%"),
    Metric("reversed", "countries known by their capitals", "%"),
    Metric("grammar", "right grammar preferred", "%"),
    Metric("meaning", "fitting feelings preferred", "%"),
    Metric("frames", "right grammar in misleading sentences", "%"),
)

BERTS, GPTS, T5S = ("roformer", "bert"), ("neox", "gpt2"), ("t5",)

MLM = Stage(
    name="mlm",
    title="Masked tokens",
    module="llmviz.stages.mlm",
    recipe=3,
    parents=(None, "mlm"),
    architectures=BERTS,
    texts=("tinyland", "sotu", "wiki", "reviews"),
    objective=MaskingSpec(mask_rate=0.3),
    metrics=(
        Metric("loss", "loss on held-out text", "nats", bound="floor"),
        Metric("accuracy", "hidden words named", "%", bound="accuracy_ceiling"),
        *KNOWLEDGE,
    ),
    recipes=MappingProxyType(
        {
            "tinyland": TrainSpec(steps=1_800, batch_size=64, learning_rate=5e-3, muon_learning_rate=4e-2),
            **dict.fromkeys(("sotu", "wiki", "reviews"), TrainSpec(steps=2_000, context=64)),
        }
    ),
)

CLM = Stage(
    name="clm",
    title="Next token",
    module="llmviz.stages.clm",
    recipe=4,
    parents=(None, "clm"),
    architectures=GPTS,
    texts=("tinyland", "sotu", "wiki"),
    objective=NextTokenSpec(),
    metrics=(
        Metric("loss", "loss on held-out text", "nats", bound="floor"),
        Metric("accuracy", "next words named", "%", bound="accuracy_ceiling"),
        *KNOWLEDGE,
    ),
    recipes=MappingProxyType(
        {
            # Muon makes good use of large batches: of Tinyland's stories, 500 steps of 48 came as near to the floor as 1,200 of 24.
            "tinyland": TrainSpec(steps=900, batch_size=96, learning_rate=3e-2, muon_learning_rate=6e-2),
            **dict.fromkeys(("sotu", "wiki"), TrainSpec(steps=2_000, learning_rate=1e-2, muon_learning_rate=2e-2)),
        }
    ),
)

NSP = Stage(
    name="nsp",
    title="Next sentence",
    module="llmviz.stages.nsp",
    recipe=4,
    parents=(None,),
    architectures=("bert",),
    texts=("tinyland",),
    objective=PairsSpec(),
    metrics=(
        Metric("loss", "loss on held-out pairs", "nats", bound="floor"),
        Metric("word_loss", "loss on hidden words alone", "nats", bound="word_floor"),
        Metric("pair_loss", "loss on pairs alone", "nats"),
        Metric("nsp_accuracy", "pairs told apart", "%", bound="nsp_ceiling", baseline="nsp_order"),
        *KNOWLEDGE,
    ),
    # Two parts of stories are longer than one story. Twice the steps tell no more pairs apart (pair loss 0.36 and 0.37; by the order of
    # stories alone it is 0.37), nor do other rates, mask rates or the size 0.3M.
    recipes=MappingProxyType(
        {"tinyland": TrainSpec(steps=1_350, batch_size=48, context=96, learning_rate=1e-2, muon_learning_rate=2e-2)},
    ),
)

SENTIMENT = Stage(
    name="sentiment",
    title="Before and after",
    module="llmviz.stages.sentiment",
    recipe=3,
    parents=("mlm", "clm", None),
    architectures=BERTS + GPTS,
    texts=("tinyland", "reviews"),
    objective=LabelsSpec(),
    metrics=(
        Metric("loss", "loss on held-out examples", "nats"),
        Metric("accuracy", "right predictions", "%", bound="accuracy_ceiling"),
    ),
    recipes=MappingProxyType(
        dict.fromkeys(("tinyland", "reviews"), TrainSpec(steps=100, batch_size=16, optimizer="adamw", learning_rate=1e-3))
    ),
)

SPAN = Stage(
    name="span",
    title="Spans",
    module="llmviz.stages.span",
    recipe=6,
    parents=(None, "span"),
    architectures=T5S,
    texts=("tinyland",),
    objective=SpanSpec(),
    metrics=(
        Metric("loss", "loss on held-out text", "nats", bound="floor"),
        Metric("exact_span", "spans filled exactly", "%", bound="exact_span_ceiling"),
        *KNOWLEDGE,
    ),
    recipes=MappingProxyType(
        # With 1,000 steps of 64 texts at 2e-2, the rates before, 82 % of the ceiling (validation, seed 0).
        {"tinyland": TrainSpec(steps=1_000, batch_size=96, learning_rate=3e-2, muon_learning_rate=2.5e-2, warmup=0.06)}
    ),
)

STAGES: Mapping[str, Stage] = MappingProxyType({stage.name: stage for stage in (MLM, CLM, NSP, SPAN, SENTIMENT)})


def stage(name: str) -> Stage:
    """The entry of this name. Raises ValueError, naming what there is, for any other."""
    if name not in STAGES:
        raise ValueError(f"there is no stage {name!r}; there is {', '.join(STAGES)}")
    return STAGES[name]


def origins(stage: Stage, text: str) -> tuple[str | None, ...]:
    """What a run of the stage may start from on this text: the parents that read it, and None for a random start where it may."""
    return tuple(name for name in stage.parents if name is None or text in STAGES[name].texts)
