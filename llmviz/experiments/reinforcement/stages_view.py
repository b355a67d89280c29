"""Which stage wrote this? Replies of three stages of one model to one request, in an order that tells nothing. Pure."""

from collections.abc import Mapping, Sequence
from random import Random

from llmviz.text.tinyland import dialogues
from llmviz.text.tinyland.dialogues import Request

STAGES = {"base": "pretrained: goes on with a text", "tuned": "has learnt to reply", "aligned": "has learnt what is preferred"}


def request(turn: int) -> Request:
    """The request of this turn."""
    return dialogues.drawn(dialogues.OPEN, "test", Random(f"which stage {turn}"))


def order(about: str, turn: int) -> list[str]:
    """In which order the stages stand in this turn: shuffled, alike at each visit."""
    shuffled = list(STAGES)
    Random(f"{about} {turn}").shuffle(shuffled)
    return shuffled


def right(replies: Mapping[str, str], shown: Sequence[str], guesses: Sequence[str | None]) -> int:
    """How many guesses are right. Where two stages say the same, either is."""
    return sum(guess is not None and replies[guess] == replies[stage] for stage, guess in zip(shown, guesses, strict=True))
