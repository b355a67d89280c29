"""What papers report of training large models: parameters, tokens, FLOPs, labels. Each figure with the place where it stands."""

from dataclasses import dataclass

PETAFLOP_DAY = 1e15 * 86_400  # FLOPs of a petaflop/s for a day, as OpenAI's papers count
PER_PARAMETER = 6  # FLOPs a token: 2 forward, 4 backward (Kaplan et al. 2020, https://arxiv.org/abs/2001.08361, section 2.1)


@dataclass(frozen=True)
class Training:
    """One training that was published.

    Attributes:
        name: the model, and what it was trained for.
        phase: the stage of a model that it makes: "pretrained", "finetuned" or "aligned".
        parameters: all that it has.
        tokens: read in training; 0 where the paper does not say.
        counted: how the tokens follow from what the paper says; empty where it says them.
        flops: as published; None where they are not.
        labels: given by people; 0 for none.
        labelled: what a label is.
        source: where all this stands.
        note: what to know before comparing.
    """

    name: str
    phase: str
    parameters: float
    tokens: float
    counted: str
    flops: float | None
    labels: int
    labelled: str
    source: str
    note: str = ""

    @property
    def derived(self) -> float | None:
        """FLOPs by the rule of 6 for each parameter and token; None where the tokens are not known."""
        return PER_PARAMETER * self.parameters * self.tokens if self.tokens else None

    @property
    def known(self) -> float | None:
        """FLOPs as published, else by the rule."""
        return self.flops if self.flops is not None else self.derived


_BERT = "Devlin et al. 2018, arXiv 1810.04805"
_GPT3 = "Brown et al. 2020, arXiv 2005.14165"
_INSTRUCT = "Ouyang et al. 2022, arXiv 2203.02155"

TRAININGS = (
    Training(
        "BERT-base, pretraining",
        "pretrained",
        110e6,
        1_000_000 * 256 * 512,
        "1,000,000 steps of 256 sequences of 512 tokens, from 3.3 billion words",
        1.64e20,
        0,
        "",
        f"{_BERT}, section 3 and appendix A.2; FLOPs: {_GPT3}, table D.1",
        "Table D.1 counts 250 billion tokens, about twice these. Nine steps in ten read only 128 tokens a sequence (appendix A.2).",
    ),
    Training(
        "BERT-base, tuned on SQuAD 1.1",
        "finetuned",
        110e6,
        100_000 * 3 * 512,
        "100,000 questions, 3 times each, of at most 512 tokens: an upper bound",
        None,
        100_000,
        "answers marked in a passage",
        f"{_BERT}, section 4.2",
    ),
    Training(
        "GPT-3, pretraining",
        "pretrained",
        174.6e9,
        300e9,
        "",
        3.14e23,
        0,
        "",
        f"{_GPT3}, table D.1",
    ),
    Training(
        "InstructGPT, step 1: demonstrations",
        "finetuned",
        175e9,
        13_000 * 16 * 2_048,
        "13,000 demonstrations, 16 times each, of at most 2,048 tokens: an upper bound",
        4.9 * PETAFLOP_DAY,
        13_000,
        "answers written",
        f"{_INSTRUCT}, sections 3.2, 3.5 and 5.1; the context: {_GPT3}, section 2.1",
    ),
    Training(
        "InstructGPT, step 2: reward model",
        "aligned",
        6e9,
        0,
        "",
        None,
        33_000,
        "prompts whose 4 to 9 answers were ranked",
        f"{_INSTRUCT}, sections 3.2 and 3.5",
    ),
    Training(
        "InstructGPT, step 3: PPO-ptx",
        "aligned",
        175e9,
        0,
        "",
        60 * PETAFLOP_DAY,
        0,
        "",
        f"{_INSTRUCT}, sections 3.2 and 5.1",
        "31,000 prompts without a label: the reward model judges. The rule of 6 does not count the answers that are sampled.",
    ),
    Training(
        "Llama 3.1 405B, pretraining",
        "pretrained",
        405e9,
        15.6e12,
        "",
        3.8e25,
        0,
        "",
        "Dubey et al. 2024, arXiv 2407.21783, section 1",
    ),
)
