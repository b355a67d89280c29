"""What the experiments on human feedback have in common: the settings of the choices they learn from, and the page they share."""

from dataclasses import dataclass, fields

from llmviz.core.experiment import Metric
from llmviz.core.glossary import RUN
from llmviz.core.lesson import Lesson
from llmviz.core.settings import DIGEST, check, setting

TASTES = ("warm", "brief", "frank")
FEEDBACK = Lesson(
    "human-feedback",
    "From choices between replies to a reward for any reply",
    (7,),
    ("D3",),
    terms=("token", "fine-tuning", "reward model", "Bradley-Terry", "preference", "loss", "nats", "held-out", "chance", "seed"),
)
REINFORCEMENT = Lesson(
    "reinforcement",
    "Towards what is preferred, on a leash",
    (7,),
    ("D3",),
    terms=("token", "fine-tuning", "policy", "KL divergence", "PPO", "GRPO", "DPO", "best-of-n", "reward hacking", *RUN, "seed"),
)


@dataclass(frozen=True)
class ChoicesSpec:
    """The objective of learning from choices between two replies."""

    clicks: int = setting(200, "Choices", "Pairs of replies of which one was chosen.", low=1, high=5_000)
    taste: str = setting(
        "warm",
        "Taste",
        "What the simulated labeller likes: warm words, few words, or frank words on what was bad. No model is told.",
        choices=TASTES,
    )
    noise: float = setting(0.1, "Mistakes", "Share of the choices that are made the other way.", low=0.0, high=0.5)
    choices_digest: str = setting(
        "", "Own choices", "The digest of a visitor's choices kept on this machine; empty: the simulated labeller's.", letters=64
    )

    def __post_init__(self) -> None:
        check(self)
        if not self.choices_digest:
            return
        if not DIGEST.fullmatch(self.choices_digest):  # it names a folder
            raise ValueError(f"Own choices: the digest {self.choices_digest!r} is not 64 hexadecimal digits")
        usual = {item.name: item.default for item in fields(self)}
        for name in ("clicks", "taste", "noise"):  # equal runs are described alike: nothing of the simulated labeller counts
            object.__setattr__(self, name, usual[name])

    @property
    def hidden_taste(self) -> str:
        """The simulated labeller's taste; "" where a visitor chose, whose taste nobody knows."""
        return "" if self.choices_digest else self.taste


REWARD_ROLE = "reward"  # of the run whose model judges
_DRAWN = "Over replies drawn to held-out requests. "
WIN_RATE = Metric(
    "win_rate",
    "preferred to its start",
    "%",
    "Its reply and that of the model it began as, to the same held-out request; the labeller's true taste decides, a tie counts "
    "half. Share in which its own is preferred; chance is 50 %.",
    chance=0.5,
)
KL = Metric(
    "kl",
    "KL from its start",
    "nats",
    f"{_DRAWN}How far it has moved from the model it began as: the Kullback-Leibler divergence of a whole reply, estimated by "
    "r − 1 − ln r. 0 at the start; never negative.",
)
TASTE = Metric(
    "taste", "true taste", "points", f"{_DRAWN}What the labeller really likes, which no model is told; a warm word is worth a point."
)
REWARD = Metric("reward", "reward", "points", f"{_DRAWN}What the reward model says: a stand-in for the taste, learnt from choices.")
SPREAD = Metric(
    "spread",
    "spread of the rewards",
    "points",
    "In the newest replies it learnt from: the largest difference of rewards that are held against one another. 0: nothing is preferred.",
)
REPLIES = (
    Metric("length", "length of a reply", "tokens", f"{_DRAWN}Tokens of a reply, its end among them."),
    Metric("entropy", "entropy", "nats", f"{_DRAWN}How undecided it is about the next token. 0: it would always say the same."),
    Metric("distinct", "different replies", "%", f"{_DRAWN}Share of different ones among them. A model that has collapsed says one thing."),
    Metric("followed", "requests followed", "%", f"{_DRAWN}Share that speaks of what was asked about, by the rule of its kind."),
)


@dataclass(frozen=True)
class LeashSpec:
    """The objective of reinforcement learning from a reward model, with a leash to the model it began as."""

    beta: float = setting(
        0.2,
        "KL leash",
        "Weight β of the divergence from the model it began as, in points of reward for a nat. 0 lets go.",
        low=0.0,
        high=10.0,
    )

    def __post_init__(self) -> None:
        check(self)


@dataclass(frozen=True)
class PreferenceSpec(ChoicesSpec):
    """The objective of direct preference optimisation: the choices themselves, with a leash in the loss."""

    clicks: int = setting(1_000, "Choices", "Pairs of replies of which one was chosen.", low=1, high=5_000)
    beta: float = setting(
        0.5, "KL leash", "β of the loss: the smaller, the further a choice may move it from the model it began as.", low=0.001, high=10.0
    )
