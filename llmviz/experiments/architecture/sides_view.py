"""GPT, BERT and T5 beside one another: what is the same, and what differs, read off the boxes of each. Pure."""

from collections.abc import Callable, Mapping

from llmviz.experiments.architecture.question import Walked
from llmviz.parts.table.payload import Table
from llmviz.views.tables import cell, row, table

Says = Callable[[Walked], str]


def sides(models: Mapping[str, Walked], visit: int) -> Table:
    """A row for each trait; what differs from the first model is coloured."""
    first = next(iter(models.values()))
    rows = [
        row(name, [cell(says(model), tint=float(says(model) != says(first))) for model in models.values()]) for name, says in TRAITS.items()
    ]
    return table("Traits in rows, models in columns", "", [(name, model.model) for name, model in models.items()], rows, visit, prose=True)


def _kinds(model: Walked, kind: str) -> list[int]:
    return [place for place, each in enumerate(model.kinds) if each == kind]


def _stacks(model: Walked) -> str:
    readers = sum("reader" in stage and "block" in stage for stage in model.stages)
    writers = sum("writer" in stage and "block" in stage for stage in model.stages)
    if readers:
        return f"two: {readers} blocks read, {writers} write"
    return f"one: {sum('block' in stage for stage in model.stages)} blocks"


def _seen(model: Walked) -> str:
    causal = {bool(model.constants[place]) for place in _kinds(model, "softmax") if "text" not in model.names[place]}
    if causal == {True}:
        return "only what stands before it"
    if causal == {False}:
        return "all tokens, before and after it"
    return "the reader all tokens; the writer what it has written, and the whole text"


def _positions(model: Walked) -> str:
    if _kinds(model, "turn"):
        return "rotary: queries and keys are turned by their place"
    if "position embedding" in model.names:
        return "a learnt vector for each place is added"
    return "by distance: each head adds a learnt number to its scores"


def _norm(model: Walked) -> str:
    kind = "mean and deviation" if _kinds(model, "layer_norm") else "mean square alone"
    block = next(place for place, stage in enumerate(model.stages) if "block" in stage)
    first = next(place for place, stage in enumerate(model.stage) if stage == block)
    where = "before attention and feed-forward" if "norm" in model.kinds[first] else "after each sum"
    return f"{where}; {kind}"


def _scale(model: Walked) -> str:
    place = _kinds(model, "scores")[0]
    return "not divided" if model.constants[place] == 1 else "divided by the root of the head's size"


def _bias(model: Walked) -> str:
    linear = [model.tensors[place] for place in _kinds(model, "linear")]
    return "yes" if any(name.endswith(".bias") for names in linear for name in names) else "none"


def _head(model: Walked) -> str:
    head = len(model.stages) - 1
    return ", ".join(name for name, stage in zip(model.names, model.stage, strict=True) if stage == head)


def _asked(model: Walked) -> str:
    if "MaskedLM" in model.model:
        return "at hidden tokens: what stood there"
    if len(model.sequences) > 1:
        return "behind what is written: the next token of the answer"
    return "at every token: the next one"


TRAITS: Mapping[str, Says] = {
    "stacks": _stacks,
    "a token sees": _seen,
    "what is predicted": _asked,
    "positions": _positions,
    "norms": _norm,
    "scores": _scale,
    "biases": _bias,
    "head": _head,
    "parameters": lambda model: f"{int(model.parameters.sum()):,}",
}
