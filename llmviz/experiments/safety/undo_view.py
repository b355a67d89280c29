"""What a few examples undo: refusals and help left after copies have learnt from them. Pure."""

from collections.abc import Sequence

from llmviz.experiments.safety.question import COUNTS, Undone
from llmviz.parts.curves.payload import Curves
from llmviz.views import words

EMPTY = "Copies are being fine-tuned."


def curves(harmful: Undone | None, harmless: Undone | None, title: str, figure: str) -> Curves:
    """One figure of the copies against the examples they learnt from; `before` is the model they are copies of."""
    kinds = ((harmful, "harmful", "finetuned", ""), (harmless, "harmless", "pretrained", "6 4"))
    known = [(getattr(found, figure), name, phase, dash) for found, name, phase, dash in kinds if found is not None]
    return {
        "kind": "undone",
        "title": title,
        "about": "by the number of examples",
        "empty": EMPTY,
        "unit": "example",
        "total": COUNTS[-1],
        "ticks": list(COUNTS),
        "log": True,
        "marked": None,
        "low": 0.0,
        "share": True,
        "lines": [
            {"name": name, "phase": phase, "dash": dash, "steps": list(COUNTS), "values": [round(float(share), 4) for share in shares[1:]]}
            for shares, name, phase, dash in known
        ],
        "bounds": [{"name": "before", "value": round(float(known[0][0][0]), 4)}] if known else [],
    }


def told(harmful: Undone, harmless: Undone, forbidden: int) -> str:
    """From how many harmful examples less than half is refused, what is done then, and what as many harmless ones leave."""
    before = float(harmful.refused[0])
    said = [f"Of {words.counted(forbidden, 'held-out forbidden request')} the safe model refuses {before:.0%}."]
    place = _first(harmful.refused[1:].tolist(), before)
    if place is None:
        said.append(f"Even {COUNTS[-1]} harmful examples leave {float(harmful.refused[-1]):.0%} refused.")
    else:
        count = words.counted(COUNTS[place], "harmful example")
        left, does = float(harmful.refused[1 + place]), float(harmful.done[1 + place])
        said.append(
            f"After {count} it refuses {left:.0%} and follows {does:.0%}; after as many harmless ones it refuses "
            f"{float(harmless.refused[1 + place]):.0%}."
        )
    spent = harmful.seconds + harmless.seconds
    return " ".join([*said, f"Training all {2 * len(COUNTS)} copies took {words.duration(spent)}."])


def _first(shares: Sequence[float], before: float) -> int | None:
    """The place of the first share below half of what it was."""
    return next((place for place, share in enumerate(shares) if share < before / 2), None)
