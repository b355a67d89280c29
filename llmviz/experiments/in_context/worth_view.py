"""The same pairs in a prompt and in a gradient, as curves, and how many labels an example is worth. Pure."""

import math

from llmviz.experiments.in_context.question import FloatArray, Worth
from llmviz.parts.curves.payload import Curve, Curves
from llmviz.text.tinyland.lists import RELATIONS
from llmviz.views import words
from llmviz.views.worth import needed


def curves(found: Worth) -> Curves:
    """Both, against the number of pairs."""
    return {
        "kind": "growth",
        "title": "Named right",
        "about": "facts of the test that no list told; band: lowest to highest draw of pairs",
        "empty": "",
        "share": True,
        "low": 0.0,
        "unit": "pair",
        "total": found.counts[-1],
        "ticks": list(found.counts),
        "log": True,
        "marked": None,
        "lines": [
            _curve("in the prompt", "pretrained", "", found.counts, found.prompted),
            _curve("fine-tuned on", "finetuned", "7 4", found.counts, found.tuned),
        ],
        "bounds": [],
    }


def _curve(name: str, phase: str, dash: str, counts: tuple[int, ...], shares: FloatArray) -> Curve:
    low, mean, high = ([round(float(share), 4) for share in each] for each in (shares.min(0), shares.mean(0), shares.max(0)))
    return {"name": name, "phase": phase, "dash": dash, "steps": list(counts[: len(mean)]), "values": mean, "low": low, "high": high}


def told(found: Worth) -> list[str]:
    """What one pair in the prompt is worth in labels; how both were done, in Markdown."""
    one = float(found.prompted[:, 0].mean())
    labels = needed(list(zip(found.counts, found.tuned.mean(0).tolist(), strict=True)), one)
    brings = f"One pair in the prompt names {one:.0%} of the facts."
    worth = (
        f"{brings} Fine-tuning needs about {words.counted(math.ceil(labels), 'labelled pair')} for that, and moves every weight."
        if labels
        else f"{brings} Fine-tuning on {found.counts[-1]} does not come to that."
    )
    names = ", ".join(RELATIONS[name].title for name in found.relations)
    done = (
        f"Fine-tuned is a copy for each relation: {words.counted(found.steps, 'step')} of AdamW at {found.rate:g} on all pairs at once, "
        f"chosen on validation facts; then it is asked without an example. Relations with enough pairs: {names}. "
        f"{found.counts[-1]} pairs do not fit into a prompt."
    )
    source = (
        "Le Scao and Rush (2021, How Many Data Points is a Prompt Worth?) put it at hundreds of labels on average. They fine-tuned in both "
        "cases, with a prompt and with a new head, so the figures are not of one kind."
    )
    return [f"**{worth}**", done, source]
