"""All runs as a tree, each below the one whose weights it starts from: the rows of the lab book, and which of them a filter leaves."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from llmviz.core import catalogue
from llmviz.core.experiment import Metric
from llmviz.core.kept import Kept
from llmviz.core.run import RunRef
from llmviz.core.settings import LabelsSpec
from llmviz.core.spec import RunSpec
from llmviz.parts.lineage.payload import Lineage, Run
from llmviz.views import words

RECORDED, HERE, IMPORTED = "recorded", "trained here", "imported"
KINDS = (RECORDED, HERE, IMPORTED)
TONES = {
    "done": "good",
    "recorded": "good",
    "failed": "bad",
    "interrupted": "bad",
    "stopped": "still",
    "paused": "still",
    "queued": "still",
}
GONE = "no longer here"


@dataclass(frozen=True)
class Filter:
    """What is to be seen: names of stages, texts and kinds, "" for all; and words, each of which must occur."""

    stage: str = ""
    text: str = ""
    kind: str = ""
    words: str = ""


@dataclass(frozen=True)
class Node:
    """One row of the tree, `depth` generations below its root. `kept` is None for a parent that is no longer here."""

    spec: RunSpec | None
    kept: Kept | None
    depth: int = 0


def kind(kept: Kept) -> str:
    """How the run came to be here."""
    return RECORDED if kept.recorded else IMPORTED if kept.imported else HERE


def phase(spec: RunSpec) -> str:
    """The colour of the phase that made a model: "pretrained" or "finetuned"."""
    return catalogue.experiment(spec.stage).colour


def named(spec: RunSpec) -> str:
    """What a run is called: pretraining by its page, fine-tuning by its task."""
    return catalogue.experiment(spec.stage).title if phase(spec) == "pretrained" else spec.stage.capitalize()


def tree(shelf: Sequence[Kept]) -> list[Node]:
    """Every run below its parent, in the order of the shelf; runs that cannot be read last, and a place for each parent that is missing.

    A child stands under one row only: that of the newest attempt at its parent that is done, or the recording's.
    """
    readable = [kept for kept in shelf if kept.spec]
    places: dict[str, Kept] = {}
    for kept in sorted(readable, key=_worth):
        places[kept.run.id] = kept
    children: dict[object, list[Node]] = {}
    missing: dict[str, Node] = {}

    def hang(node: Node) -> None:
        parent = node.spec.parent if node.spec else None
        if parent is None:
            children.setdefault(None, []).append(node)
        elif parent.id in places:
            children.setdefault(places[parent.id].run, []).append(node)
        else:
            children.setdefault(parent.id, []).append(node)
            if parent.id not in missing:
                missing[parent.id] = Node(parent, None)
                hang(missing[parent.id])

    for kept in readable:
        hang(Node(kept.spec, kept))
    return [*_walk(None, children, 0), *(Node(None, kept) for kept in shelf if not kept.spec)]


def _worth(kept: Kept) -> tuple[bool, bool, int]:
    """The higher, the sooner children are drawn under this run."""
    return (kept.state in ("done", "recorded"), not kept.recorded, kept.run.attempt)


def _walk(of: object, children: Mapping[object, list[Node]], depth: int) -> Iterator[Node]:
    for node in children.get(of, []):
        yield replace(node, depth=depth)
        yield from _walk(node.kept.run if node.kept else node.spec and node.spec.id, children, depth + 1)


def matches(kept: Kept, wanted: Filter) -> bool:
    """Whether the filter leaves this run."""
    spec = kept.spec
    if wanted.kind and kind(kept) != wanted.kind:
        return False
    if (wanted.stage and (not spec or spec.stage != wanted.stage)) or (wanted.text and (not spec or spec.text.name != wanted.text)):
        return False
    said = [kept.run.key, kept.state, kept.reason, kind(kept)]
    if spec:
        said += [catalogue.experiment(spec.stage).title, named(spec), spec.model.architecture, spec.train.optimizer, words.recipe(spec)]
    return all(word in " ".join(said).lower() for word in wanted.words.lower().split())


def rows(shelf: Sequence[Kept], wanted: Filter, ticked: Sequence[RunRef], now: datetime) -> Lineage:
    """The payload of the tree: runs the filter leaves, with their ancestors, faint, to show where they come from."""
    nodes = tree(shelf)
    found = [bool(node.kept and matches(node.kept, wanted)) for node in nodes]
    shown = [place for place in range(len(nodes)) if any(found[place : _end(nodes, place)])]
    left = [nodes[place] for place in shown]
    return {
        "rows": [_row(node, not found[place], _rails(left, row), now) for row, (place, node) in enumerate(zip(shown, left, strict=True))],
        "ticked": [run.key for run in ticked],
        "count": sum(found),
        "of": len(shelf),
    }


def _end(nodes: Sequence[Node], place: int) -> int:
    """The place after the last descendant of a node."""
    below = (other for other in range(place + 1, len(nodes)) if nodes[other].depth <= nodes[place].depth)
    return next(below, len(nodes))


def _rails(nodes: Sequence[Node], place: int) -> list[bool]:
    """For each generation above a node, whether the line of that generation goes on below it."""
    later = [node.depth for node in nodes[place + 1 :]]
    return [next((depth for depth in later if depth <= column), 0) == column for column in range(1, nodes[place].depth + 1)]


def _row(node: Node, faint: bool, rails: list[bool], now: datetime) -> Run:
    kept, spec = node.kept, node.spec
    gone: Run = {
        "rails": rails,
        "faint": faint,
        "phase": phase(spec) if spec else "",
        "scratch": bool(spec and not spec.start),
        "title": named(spec) if spec else "cannot be read",
        "settings": settings(spec) if spec else "",
        "key": "",
        "state": GONE,
        "tone": "still",
        "kind": "",
        "figures": "",
        "time": "",
        "size": "",
        "when": "",
        "about": GONE,
    }
    if kept is None:
        return gone
    return {
        **gone,
        "key": kept.run.key,
        "state": kept.state if kept.state not in ("done", "recorded") else "",
        "tone": TONES.get(kept.state, "busy"),
        "kind": "" if kind(kept) == HERE else kind(kept),
        "figures": headline(kept),
        "time": words.duration(kept.seconds) if kept.seconds else "",
        "size": size(kept.bytes),
        "when": "" if kept.recorded else ago(kept.started, now),
        "about": kept.reason or " · ".join(figures(kept)),
    }


def settings(spec: RunSpec) -> str:
    """What is trained, and what plays its roles but that of its start, which the tree shows."""
    said = words.read(spec)
    if isinstance(spec.objective, LabelsSpec):
        said.append(words.counted(spec.objective.labels, "label"))
    return " · ".join(
        [*said, *words.roles(spec), words.size(spec.model.size), words.counted(spec.train.steps, "step"), f"seed {spec.seed}"]
    )


def figures(kept: Kept) -> list[str]:
    """What it measured, in the order of its stage: `loss on held-out text 0.87 nats`, `hidden words named 67 %`."""
    return [_figure(kept, metric) for metric in _measured(kept)]


def headline(kept: Kept) -> str:
    """Of `figures` the one that says most."""
    listed = catalogue.experiment(kept.spec.stage).telling if kept.spec else ()
    return next((_figure(kept, metric) for metric in listed if metric.name in kept.metrics), "")


def _figure(kept: Kept, metric: Metric) -> str:
    return f"{metric.title} {words.measured(kept.metrics[metric.name], metric.unit)}"


def _measured(kept: Kept) -> list[Metric]:
    listed = catalogue.experiment(kept.spec.stage).metrics if kept.spec else ()
    return [metric for metric in listed if metric.name in kept.metrics]


def weights(kept: Kept) -> tuple[str, str]:
    """Those it says it is made from, by role: the beginning of their SHA-256, and the whole."""
    said = sorted(kept.weights.items())
    whole = ", ".join(f"{role} {digest}" for role, digest in said)
    return " · ".join(f"{role} {digest[:12]}" for role, digest in said), f"SHA-256 of the weights it is made from: {whole}"


def family(shelf: Sequence[Kept]) -> str:
    """How many of these runs serve several children, in a sentence; attempts at the same settings are one child."""
    children: dict[str, set[str]] = {}
    for kept in shelf:
        if kept.spec and kept.spec.parent:
            children.setdefault(kept.spec.parent.id, set()).add(kept.spec.id)
    most = max(map(len, children.values()), default=0)
    if most < 2:
        return f"Here no run has {'more than one' if most else 'a'} child yet."
    several = sum(len(each) > 1 for each in children.values())
    return (
        f"Here one run has {most} children."
        if several == 1
        else f"Here {words.counted(several, 'run')} have several children, up to {most}."
    )


def size(count: int) -> str:
    """Bytes as one says them: `3.0 MB`, `41 kB`."""
    return f"{count / 1e6:.1f} MB" if count >= 100_000 else f"{count / 1e3:.0f} kB"


def ago(started: str, now: datetime) -> str:
    """How long since, roughly: `just now`, `5 min ago`, `3 h ago`, then the date; "" for what is no time."""
    try:
        seconds = (now - datetime.fromisoformat(started)).total_seconds()
    except (ValueError, TypeError):
        return ""
    if seconds < 60:
        return "just now"
    if seconds < 3_600:
        return f"{seconds // 60:.0f} min ago"
    return f"{seconds // 3_600:.0f} h ago" if seconds < 86_400 else started[:10]


def descendants(shelf: Sequence[Kept], run: RunRef) -> list[RunRef]:
    """The runs of this machine with this one among their inputs, and what comes from those, in an order in which they can be deleted."""
    found: list[RunRef] = []
    for kept in shelf:
        if not kept.recorded and kept.spec and any(given.id == run.id for given in kept.spec.inputs.values()):
            found += [other for other in (*descendants(shelf, kept.run), kept.run) if other not in found]
    return found
