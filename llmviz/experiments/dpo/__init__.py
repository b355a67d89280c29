"""Direct preference optimisation (Rafailov et al. 2023): choices move the model itself, without a reward model. The facts of it."""

from types import MappingProxyType

from llmviz.core.experiment import FINE_TUNING, GPTS, START, Experiment, FirstStep, Metric, notes
from llmviz.core.feedback import KL, REINFORCEMENT, REPLIES, TASTE, WIN_RATE, PreferenceSpec
from llmviz.core.settings import TrainSpec

EXPERIMENT = Experiment(
    name="dpo",
    title="DPO",
    lesson=REINFORCEMENT,
    short="DPO",
    family="InstructGPT",
    exercise="makes the preferred reply likelier than the other",
    phase=FINE_TUNING,
    module=f"{__name__}.stage",
    recipe=1,
    inputs=MappingProxyType({START: ("instruct",)}),
    architectures=GPTS,
    texts=("tinyland",),
    objective=PreferenceSpec(),
    metrics=(
        WIN_RATE,
        TASTE,
        KL,
        Metric(
            "preferred_log_probability",
            "log-probability of the preferred",
            "nats",
            "Of the replies it learns from, those that were preferred: mean of ln p of a whole reply. Only the difference to the others is "
            "trained, so both may fall.",
        ),
        Metric("other_log_probability", "log-probability of the other", "nats", "The same for the replies that were not chosen."),
        *REPLIES,
    ),
    recipes=MappingProxyType(
        {"tinyland": TrainSpec(steps=80, batch_size=32, optimizer="adamw", learning_rate=3e-4, muon_learning_rate=1e-3)}
    ),
    first_step=FirstStep("Compare", "Two replies to one request; the first is the one that was preferred.", targets="label"),
    notes=notes(__file__),
    loss_per="a pair",
    guess="The loss of the model it began as, for which no reply has become likelier: ln 2.",
    label_kind="choice",
    recorded=False,
    outputs=1,
)
