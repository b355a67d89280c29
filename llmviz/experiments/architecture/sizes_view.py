"""The same boxes at the shapes of BERT-base, GPT-2 and GPT-3: parameters and multiply-adds of each, counted from the shape. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from llmviz.experiments.architecture.question import Walked
from llmviz.parts.table.payload import Cell, Table
from llmviz.views.tables import cell, row, table

ORDER = ("embeddings", "queries, keys, values", "scores and mixing", "attention output", "feed-forward", "norms", "head")


@dataclass(frozen=True)
class Shape:
    """A published model: layers, width, words of its vocabulary, tokens it reads at once, and where that stands."""

    name: str
    bert: bool
    layers: int
    width: int
    vocabulary: int
    context: int
    source: str


PUBLISHED = (
    Shape("BERT-base", True, 12, 768, 30_522, 512, "Devlin et al. 2019, section 3"),
    Shape("GPT-2", False, 12, 768, 50_257, 1_024, "Radford et al. 2019, table 2: the smallest"),
    Shape("GPT-3", False, 96, 12_288, 50_257, 2_048, "Brown et al. 2020, table 2.1: the largest"),
)


@dataclass(frozen=True)
class Count:
    """Parameters, and multiply-adds a token."""

    parameters: int
    multiplications: float


def counts(shape: Shape) -> dict[str, Count]:
    """Of each group of boxes, at the full context. A GPT as GPT-2 is built; a BERT with its head for hidden words, without the pooler."""
    d, n, words = shape.width, shape.context, shape.vocabulary
    blocks = shape.layers
    final = 0 if shape.bert else 2 * d
    return {
        "embeddings": Count((words + n + 2 * shape.bert) * d, 0),
        "queries, keys, values": Count(blocks * 3 * (d * d + d), blocks * 3 * d * d),
        "scores and mixing": Count(0, blocks * 2 * n * d),
        "attention output": Count(blocks * (d * d + d), blocks * d * d),
        "feed-forward": Count(blocks * (8 * d * d + 5 * d), blocks * 8 * d * d),
        "norms": Count(blocks * 4 * d + final + 2 * d * shape.bert, 0),
        "head": Count((d * d + 3 * d + words) * shape.bert, words * d + d * d * shape.bert),
    }


def own(model: Walked) -> dict[str, Count]:
    """The same of a model that was walked through, with the multiply-adds of its sentence."""
    tokens = max(1, len(model.ids[-1]))
    sums = {group: Count(0, 0) for group in ORDER}
    for place, name in enumerate(model.names):
        group = group_of(name, model.stages[int(model.stage[place])])
        before = sums[group]
        sums[group] = Count(
            before.parameters + int(model.parameters[place]), before.multiplications + model.multiplications[place] / tokens
        )
    return sums


def group_of(name: str, stage: str) -> str:
    """The group of a box."""
    if "embedding" in stage and "norm" not in name:
        return "embeddings"
    if stage == "head" and name != "final norm":
        return "head"
    return _GROUPS.get(name.replace(" at the text", "").split(",")[0], "norms")


_GROUPS = {
    **dict.fromkeys(("query", "key", "value"), "queries, keys, values"),
    **dict.fromkeys(("scores", "attention", "values"), "scores and mixing"),
    "output": "attention output",
    **dict.fromkeys(("wider", "gate", "gated", "narrower"), "feed-forward"),
}


def sizes(model: Walked, name: str, visit: int, shapes: Sequence[Shape] = PUBLISHED) -> Table:
    """This model and published ones in columns, groups of boxes in rows."""
    columns = [(name, model.model), *((shape.name, shape.source) for shape in shapes)]
    found = [own(model), *map(counts, shapes)]
    sums = [sum(count.parameters for count in each.values()) for each in found]
    rows = [row(group, [_cell(each[group], total) for each, total in zip(found, sums, strict=True)]) for group in ORDER]
    whole = [cell(large(total), more=[f"{large(_products(each))} multiply-adds a token"]) for each, total in zip(found, sums, strict=True)]
    return table("Groups of boxes in rows, models in columns", "parameters", columns, [*rows, row("all", whole)], visit)


def _products(count: Mapping[str, Count]) -> float:
    return sum(each.multiplications for each in count.values())


def _cell(count: Count, total: int) -> Cell:
    share = count.parameters / total
    said = f"{large(count.parameters)} · {'<1' if 0 < share < 0.005 else round(100 * share)}%" if count.parameters else "none"
    more = [f"{large(count.multiplications)} multiply-adds"] if count.multiplications else []
    return cell(said, more=more, tint=share, faint=not count.parameters)


def large(value: float) -> str:
    """`120 k`, `124 M`, `175 B`."""
    for size, letter in ((1e9, "B"), (1e6, "M"), (1e3, "k")):
        if value >= size:
            return f"{value / size:.3g} {letter}"
    return f"{value:.0f}"
