"""Proximal policy optimisation (Schulman et al. 2017), as InstructGPT uses it (Ouyang et al. 2022, step 3). The facts of it."""

from types import MappingProxyType

from llmviz.core.experiment import FINE_TUNING, GPTS, START, Experiment, FirstStep, notes
from llmviz.core.feedback import KL, REINFORCEMENT, REPLIES, REWARD, REWARD_ROLE, SPREAD, TASTE, WIN_RATE, LeashSpec
from llmviz.core.settings import TrainSpec

EXPERIMENT = Experiment(
    name="ppo",
    title="PPO",
    lesson=REINFORCEMENT,
    short="PPO",
    family="InstructGPT",
    exercise="writes replies that earn a high reward",
    phase=FINE_TUNING,
    module=f"{__name__}.stage",
    recipe=1,
    inputs=MappingProxyType({START: ("instruct",), REWARD_ROLE: ("reward",)}),
    architectures=GPTS,
    texts=("tinyland",),
    objective=LeashSpec(0.02),
    metrics=(WIN_RATE, REWARD, TASTE, KL, *REPLIES, SPREAD),
    recipes=MappingProxyType(
        {"tinyland": TrainSpec(steps=240, batch_size=128, optimizer="adamw", learning_rate=1e-3, muon_learning_rate=1e-3)}
    ),
    first_step=FirstStep("Write", "It has written a reply to each request, and each was given a reward.", targets="next"),
    notes=notes(__file__),
    label_kind="choice",
    recorded=False,
)
