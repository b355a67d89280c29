"""The reward model: what somebody prefers of two replies becomes a number for any reply (Ouyang et al. 2022, step 2). The facts of it."""

from types import MappingProxyType

from llmviz.core.experiment import FINE_TUNING, GPTS, START, Experiment, FirstStep, Metric, notes
from llmviz.core.feedback import FEEDBACK, ChoicesSpec
from llmviz.core.settings import TrainSpec

EXPERIMENT = Experiment(
    name="reward",
    title="Reward model",
    lesson=FEEDBACK,
    short="Reward model",
    family="InstructGPT",
    exercise="tells which of two replies is preferred",
    phase=FINE_TUNING,
    module=f"{__name__}.stage",
    head="reward",
    recipe=1,
    inputs=MappingProxyType({START: ("instruct",)}),
    architectures=GPTS,
    texts=("tinyland",),
    objective=ChoicesSpec(),
    metrics=(
        Metric(
            "pair_accuracy",
            "preferences told",
            "%",
            "Pairs of replies to requests about other subjects, one of them more to the labeller's taste. Share in which that one has "
            "the higher reward; chance is 50 %. Of a visitor's own choices, every fifth, which is never learnt from.",
            baseline="chance",
            chance=0.5,
        ),
        Metric(
            "loss",
            "loss on held-out pairs",
            "nats",
            "Mean of −ln σ(reward of the preferred − reward of the other): Bradley and Terry's model of choices. Lower is better.",
        ),
    ),
    recipes=MappingProxyType(
        {"tinyland": TrainSpec(steps=40, batch_size=32, learning_rate=1e-3, optimizer="adamw", muon_learning_rate=1e-3)}
    ),
    first_step=FirstStep("Compare", "Two replies to one request; the first is the one that was preferred.", targets="label"),
    notes=notes(__file__),
    loss_per="a pair",
    guess="The loss of a model that finds both replies of each pair equally good: ln 2.",
    baselines=MappingProxyType({"chance": ("chance", "Telling a preference by the toss of a coin.")}),
    label_kind="choice",
    outputs=1,
)
