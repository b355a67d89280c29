"""What choices between replies teach of a policy, to a copy that never refused and to one that has learnt some refusals. Pure."""

from llmviz.experiments.safety.question import CHOICES, STARTS, Chosen
from llmviz.parts.curves.payload import Curves
from llmviz.views import words

EMPTY = "Copies are learning from choices."
NAMES = {0: ("never refused", "pretrained", "6 4")}


def curves(found: Chosen | None, title: str, figure: str) -> Curves:
    """One figure of the copies against the choices they learnt from, a line for each start."""
    steps = [0, *CHOICES]
    lines = [] if found is None else list(zip(STARTS, getattr(found, figure), strict=True))
    return {
        "kind": "chosen",
        "title": title,
        "about": "by the number of choices",
        "empty": EMPTY,
        "unit": "choice",
        "total": CHOICES[-1],
        "ticks": steps,
        "log": False,
        "marked": None,
        "low": 0.0,
        "share": True,
        "lines": [
            {"name": name, "phase": phase, "dash": dash, "steps": steps, "values": [round(float(share), 4) for share in shares]}
            for examples, shares in lines
            for name, phase, dash in [NAMES.get(examples, (words.counted(examples, "example"), "finetuned", ""))]
        ],
        "bounds": [],
    }


def told(found: Chosen) -> str:
    """What the choices came to, from each start."""
    never, taught = ([float(share) for share in shares] for shares in found.refused)
    over, followed = ([float(share) for share in shares[-1]] for shares in (found.over, found.followed))
    count = words.counted(CHOICES[-1], "choice")
    return (
        f"A copy that never refused refuses {never[-1]:.0%} of what is forbidden after {count}: a choice makes one reply likelier than "
        f"another. One that has learnt {words.counted(STARTS[-1], 'example')} refuses "
        f"{taught[0]:.0%} of what is forbidden and {over[0]:.0%} of what is allowed; after {count} {taught[-1]:.0%} and {over[-1]:.0%}, "
        f"and it follows {followed[-1]:.0%} of what is allowed ({followed[0]:.0%} before). Training and trying all copies took "
        f"{words.duration(found.seconds)}."
    )
