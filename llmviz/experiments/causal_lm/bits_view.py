"""What a byte of held-out text takes in bits: of a GPT, of a trigram, and of programs that compress. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from llmviz.views import words
from llmviz.views.study import COLOURS, NEUTRAL

MODEL = "this GPT"
# By the name a run tells it under, from the simplest: what a chart calls it, and what it is.
OTHERS = {
    "zlib_bits": ("zlib", "the compressor of zip files. It looks 32 KB back, and has seen nothing but these texts."),
    "xz_bits": ("xz", "a stronger compressor, which looks back as far as there is text. It too has seen nothing but these texts."),
    "xz_after_bits": (
        "primed xz",
        "the same after it has read up to 16 MB of the text that the GPT learnt from: the bits that these texts add.",
    ),
    "trigram_bits": ("trigram", "counts in all of that text which token follows which two, and makes probabilities of the counts."),
}
OF_MODEL = "the loss on these texts, with the logarithm to base 2, over their bytes instead of their tokens."
NOT_BYTES = "Bits are told of text that is read as bytes: choose a real text. Tinyland is read word by word, and has its own, exact floor."
NOT_TOLD = "This run is from before runs measured bits; train it live, and it tells them."
NOT_YET = "Bits are measured at the end of the training, on a thousand texts that nothing was chosen by."


@dataclass(frozen=True)
class Bar:
    """What needs so many bits a byte; `about` says what it is. The model's own is `ours`."""

    name: str
    about: str
    bits: float
    ours: bool = False


def bars(metrics: Mapping[str, float]) -> list[Bar]:
    """The bars of a run that has ended so, the most bits first; none where it tells of none."""
    if "bits_per_byte" not in metrics:
        return []
    found = [Bar(name, about, metrics[key]) for key, (name, about) in OTHERS.items() if key in metrics]
    return sorted([*found, Bar(MODEL, OF_MODEL, metrics["bits_per_byte"], ours=True)], key=lambda bar: -bar.bits)


def nothing(text: str, ended: bool) -> str:
    """Why there are no bars for a run on this text."""
    if text == "tinyland":
        return NOT_BYTES
    return NOT_TOLD if ended else NOT_YET


def told(found: Sequence[Bar]) -> str:
    """What came of it, in a sentence."""
    ours = next(bar for bar in found if bar.ours)
    better = [bar.name for bar in found if bar.bits < ours.bits]
    rest = f"fewer than {words.listed([bar.name for bar in found if bar.bits > ours.bits])}" if len(better) < len(found) - 1 else ""
    but = f"more than {words.listed(better)}" if better else ""
    return f"The GPT needs {ours.bits:.2f} bits a byte, {', and '.join(filter(None, (rest, but)))}."


def figure(found: Sequence[Bar], size: int = 15) -> dict[str, Any]:
    """The bars as plotly takes them, from the top down."""
    type = {"size": size, "color": NEUTRAL}
    return {
        "data": [
            {
                "type": "bar",
                "orientation": "h",
                "y": [bar.name for bar in found],
                "x": [bar.bits for bar in found],
                "text": [f"{bar.bits:.2f}" for bar in found],
                "textposition": "outside",
                "textfont": type,
                "cliponaxis": False,
                "hovertext": [bar.about for bar in found],
                "hoverinfo": "text",
                "marker": {"color": [COLOURS["pretrained"] if bar.ours else COLOURS["random"] for bar in found]},
            }
        ],
        "layout": {
            "font": type,
            "showlegend": False,
            "hoverlabel": {"font": type, "align": "left"},
            "margin": {"l": 8 * size, "r": 3 * size, "t": size, "b": 3.6 * size},
            "yaxis": {"tickfont": type, "type": "category", "autorange": "reversed"},
            "xaxis": {"tickfont": type, "zeroline": False, "rangemode": "tozero", "title": {"text": "bits a byte", "font": type}},
        },
    }
