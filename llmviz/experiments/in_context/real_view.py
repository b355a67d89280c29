"""Few-shot prompts to a model that never read Tinyland's lists, beside the run of the page: what both name. Pure."""

from collections.abc import Mapping, Sequence

from llmviz.experiments.in_context.prompt_view import NUMBERS, Prompt
from llmviz.experiments.in_context.view import examples
from llmviz.parts.curves.payload import Curves
from llmviz.parts.table.payload import Cell, Table
from llmviz.text.tinyland.lists import RELATIONS
from llmviz.views import tables
from llmviz.views.tables import cell

SUBJECTS = 12  # that a model is asked for, with each number of examples
OURS = "This page's run"
Said = Mapping[str, Sequence[str]]  # by model, what it names after each of some prompts


def prompts(relation: str) -> tuple[Prompt, ...]:
    """Prompts of a relation, by their number of examples: always the same subjects, first those that no list tells, and examples."""
    found = RELATIONS[relation]
    asked = [*found.held_out, *reversed(found.in_lists)][:SUBJECTS]
    given = [(subject, found.table[subject]) for subject in found.in_lists if subject not in asked][: NUMBERS[-1]]
    counts = [count for count in NUMBERS if count <= len(given)]
    return tuple(Prompt(relation, tuple(given[:count]), subject) for count in counts for subject in asked)


def right(said: str, prompt: Prompt) -> bool:
    """Whether this is the value, whatever the letters' case."""
    return said.lower() == prompt.truth.lower()


def shares(asked: Sequence[Prompt], said: Sequence[str]) -> dict[int, float]:
    """The share named right, by number of examples."""
    hits: dict[int, list[bool]] = {}
    for prompt, named in zip(asked, said, strict=True):
        hits.setdefault(len(prompt.pairs), []).append(right(named, prompt))
    return {count: sum(found) / len(found) for count, found in hits.items()}


def curves(asked: Sequence[Prompt], said: Said) -> Curves:
    """The share named right against the number of examples, a line for each model."""
    named = {name: shares(asked, each) for name, each in said.items()}
    counts = sorted({len(prompt.pairs) for prompt in asked})
    return {
        "kind": "growth",
        "title": "Named right",
        "about": f"{len({prompt.subject for prompt in asked})} subjects, the same examples",
        "empty": "",
        "share": True,
        "low": 0.0,
        "unit": "example",
        "total": counts[-1],
        "ticks": counts,
        "log": False,
        "marked": None,
        "lines": [
            {
                "name": name,
                "phase": "pretrained",
                "dash": "" if name == OURS else "6 4",
                "steps": counts,
                "values": [round(found[count], 4) for count in counts],
            }
            for name, found in named.items()
        ],
        "bounds": [],
    }


def table(here: Sequence[Prompt], said: Said, visit: int = 0) -> Table:
    """What each model names after the prompt in the address, with fewer examples and with all."""
    columns = [(examples(len(prompt.pairs)), "") for prompt in here]
    rows = [tables.row(name, [_cell(each, prompt) for each, prompt in zip(named, here, strict=False)]) for name, named in said.items()]
    return tables.table(asked_for(here), "model", columns, rows, visit)


def asked_for(here: Sequence[Prompt]) -> str:
    """What the prompt in the address asks for."""
    return f"What comes after “{here[0].subject} :”. Right is {here[0].truth}."


def _cell(said: str, prompt: Prompt) -> Cell:
    return cell(f"{said or '(nothing)'}{' ✓' if right(said, prompt) else ''}")


def told(asked: Sequence[Prompt], said: Said) -> str:
    """What examples bring each model, in a sentence."""
    found = {name: shares(asked, each) for name, each in said.items()}
    last = max(len(prompt.pairs) for prompt in asked)
    each = [f"{name} names {share[0]:.0%} with no example, {share[last]:.0%} with {last}" for name, share in found.items()]
    return f"{RELATIONS[asked[0].relation].title.capitalize()}: {'; '.join(each)}."
