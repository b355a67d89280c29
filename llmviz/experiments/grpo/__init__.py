"""Group relative policy optimisation (Shao et al. 2024, section 4.1): reinforcement learning without a critic. The facts of it."""

from types import MappingProxyType

from llmviz.core.experiment import FINE_TUNING, GPTS, START, Experiment, FirstStep, notes
from llmviz.core.feedback import KL, REINFORCEMENT, REPLIES, REWARD, REWARD_ROLE, SPREAD, TASTE, WIN_RATE, LeashSpec
from llmviz.core.settings import TrainSpec

EXPERIMENT = Experiment(
    name="grpo",
    title="GRPO",
    lesson=REINFORCEMENT,
    short="GRPO",
    family="InstructGPT",
    exercise="writes replies that earn a high reward",
    phase=FINE_TUNING,
    module=f"{__name__}.stage",
    recipe=1,
    inputs=MappingProxyType({START: ("instruct",), REWARD_ROLE: ("reward",)}),
    architectures=GPTS,
    texts=("tinyland",),
    objective=LeashSpec(),
    metrics=(WIN_RATE, REWARD, TASTE, KL, *REPLIES, SPREAD),
    recipes=MappingProxyType(
        {"tinyland": TrainSpec(steps=60, batch_size=128, optimizer="adamw", learning_rate=1e-3, muon_learning_rate=1e-3)}
    ),
    first_step=FirstStep("Write", "It has written several replies to each request, and each was given a reward.", targets="next"),
    notes=notes(__file__),
    label_kind="choice",
)
