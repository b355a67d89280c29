"""Small and aligned against big and not (Ouyang et al. 2022, section 4.1): whose replies the labeller would rather have. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from random import Random

from llmviz.core.experiment import START
from llmviz.core.questions.replies import Sample, Sampled
from llmviz.core.spec import RunSpec
from llmviz.experiments.gpt_story.view import points
from llmviz.parts.table.payload import Row, Table
from llmviz.text.tinyland import dialogues
from llmviz.text.tinyland.dialogues import Request
from llmviz.text.tinyland.tastes import taste
from llmviz.views import tables, words
from llmviz.views.tables import cell

ASKED = 120  # requests
SHOWN = 3  # of them
BIG = "1M"
BEGINS = {"impression": "the {subject} was", "day": "{subject} is"}  # a reply to each open kind, as a text to go on with
PREFERRED = "How often the small model's reply is preferred to the big base's"
ALONE, PROMPTED = "the request alone", "a reply begun for it"
ABOUT = (
    "Both reply to the same open requests about subjects that no training was about; the hidden taste of the labeller decides each pair, "
    "and a tie counts half. The big base gets the request alone; and once more, as whoever prompts a base would put it, the "
    "beginning of a reply to go on with, as “the film was”: its reply is then that sentence, for a base does not know where to end."
)
TITLES = {"base": "Base", "tuned": "Tuned", "aligned": "Aligned"}


def bigger(spec: RunSpec) -> RunSpec:
    """The same pretraining of a bigger model, all through its lineage."""
    inputs = {**spec.inputs, **({START: bigger(spec.start)} if isinstance(spec.start, RunSpec) else {})}
    return replace(spec, model=replace(spec.model, size=BIG), inputs=inputs)


# What both are asked


@cache
def requests() -> tuple[Request, ...]:
    """Open requests about subjects of the test split."""
    random = Random("bigger")
    return tuple(dialogues.drawn(dialogues.OPEN, "test", random) for _ in range(ASKED))


@cache
def asked(prompted: bool = False) -> Sample:
    """All of them, or in their place the beginnings of replies to them."""
    return Sample(tuple(begun(request) if prompted else request.text for request in requests()))


def begun(request: Request) -> str:
    """The beginning of a reply."""
    return BEGINS[request.kind].format(**request.slots)


def first_sentence(reply: str) -> str:
    """A reply up to its first full stop, and it."""
    said, stop, _ = reply.partition(".")
    return said + stop


@dataclass(frozen=True)
class Big:
    """What the big base replied: to each request alone, and how it went on with the beginning of a reply, to the end of that sentence."""

    alone: tuple[str, ...]
    prompted: tuple[str, ...]

    @classmethod
    def of(cls, alone: Sampled, prompted: Sampled) -> "Big":
        """From its two answers."""
        whole = (f"{begun(request)} {first_sentence(said)}" for request, said in zip(requests(), prompted.replies, strict=True))
        return cls(alone.replies, tuple(whole))


def preferred(style: str, own: Sequence[str], others: Sequence[str]) -> float:
    """The share of the pairs in which the labeller prefers the first; a tie counts half."""
    wins = [_wins(taste(style, request, one), taste(style, request, other)) for request, one, other in _pairs(own, others)]
    return sum(wins) / len(wins)


def _pairs(own: Sequence[str], others: Sequence[str]) -> list[tuple[Request, str, str]]:
    return list(zip(requests(), own, others, strict=True))


def _wins(one: float, other: float) -> float:
    return (one > other) + 0.5 * (one == other)


# What is drawn


def table(
    style: str, small: Mapping[str, Sampled], big: Big | None, parameters: Mapping[str, int], visit: int, large: bool = False
) -> Table:
    """How often each stage of the small model is preferred to the big base; `large` type needs the room of a table of sentences."""
    columns = (
        (f"big base: {ALONE}", "The big base reads the request alone, as the small models do."),
        (f"big base: {PROMPTED}", "The big base goes on with the beginning of a reply."),
    )
    rows = [_row(name, style, small.get(name), big, parameters) for name in TITLES]
    return tables.table(PREFERRED, "small model", columns, rows, visit, prose=large)


def _row(name: str, style: str, found: Sampled | None, big: Big | None, parameters: Mapping[str, int]) -> Row:
    cells = [cell("not yet", faint=True)] * 2
    if found is not None and big is not None:
        shares = [preferred(style, found.replies, others) for others in (big.alone, big.prompted)]
        cells = [cell(words.figure(share, "%"), value=share) for share in shares]
    size = f"{words.parameters(parameters[name])} parameters" if name in parameters else ""
    return tables.row(TITLES[name], cells, size, "pretrained" if name == "base" else "finetuned")


def pairs(style: str, aligned: Sampled, big: Big, visit: int) -> Table:
    """Some requests with what both replied, as they are."""
    rows = []
    for request, *replies in list(zip(requests(), aligned.replies, big.alone, big.prompted, strict=True))[:SHOWN]:
        said = [cell(reply or "(nothing)", more=[f"true taste {points(taste(style, request, reply))}"]) for reply in replies]
        rows.append(tables.row(request.text, said))
    columns = [(name, "") for name in ("small, aligned", f"big base: {ALONE}", f"big base: {PROMPTED}")]
    return tables.table("The first requests with all replies", "request", columns, rows, visit, prose=True)


def told(style: str, small: Mapping[str, Sampled], big: Big | None, parameters: Mapping[str, int]) -> str:
    """Who is preferred to whom, and how much bigger the other is; "" before all is known."""
    if big is None or not {"aligned", "base"} <= small.keys() or not {"big", "aligned"} <= parameters.keys():
        return ""
    alone, prompted = (preferred(style, small["aligned"].replies, others) for others in (big.alone, big.prompted))
    before = preferred(style, small["base"].replies, big.alone)
    return (
        f"The small aligned model is preferred to a base of {parameters['big'] / parameters['aligned']:.1f} times its parameters in "
        f"{alone:.0%} of pairs, and in {prompted:.0%} where a reply is begun for that base. The small base, which never learnt to reply, "
        f"is preferred to the big one in {before:.0%}."
    )
