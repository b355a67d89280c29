"""Three ways to use one GPT on one task: a head, a prompt without examples, a prompt with some. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from llmviz.experiments.in_context.question import Moods
from llmviz.parts.accuracy_bars.payload import AccuracyBars, Band, Rung
from llmviz.views import words

CEILING, NGRAM, CHANCE = "accuracy_ceiling", "ngram", "chance"


@dataclass(frozen=True)
class Headed:
    """The run with a head: the labels it learnt from, and its figures on test opinions, lines among them."""

    labels: int
    metrics: Mapping[str, float]


def bars(headed: Headed | None, plain: Moods | None) -> AccuracyBars:
    """A row for each way, between the best possible and chance."""
    rows = [
        *_line(headed, CEILING, "best possible", "Whoever knows the grammar of opinions."),
        *_prompted(plain),
        *_head(headed),
        *_line(headed, NGRAM, "counting words", "Logistic regression on words and pairs of words of the same labelled opinions."),
        *_line(headed, CHANCE, "chance", "Naming the commoner mood every time."),
    ]
    below = f"The same {plain.opinions:,} test opinions for each." if plain else ""
    return {"title": "The mood of opinions, named right", "below": below, "rungs": rows}


def _row(name: str, about: str, share: float, phase: str = "", band: Band | None = None) -> Rung:
    return {"name": name, "about": about, "phase": phase, "steps": [0], "values": [round(share, 4)], "band": band, "withheld": ""}


def _line(headed: Headed | None, key: str, name: str, about: str) -> list[Rung]:
    return [_row(name, about, headed.metrics[key])] if headed and key in headed.metrics else []


def _head(headed: Headed | None) -> list[Rung]:
    if headed is None:
        return []
    labels = words.counted(headed.labels, "label")
    about = f"A new head on the GPT of Next token; all weights fine-tuned on {labels}."
    return [_row(f"head, {labels}", about, headed.metrics["accuracy"], "finetuned")]


def _prompted(found: Moods | None) -> list[Rung]:
    if found is None:
        return []
    rows = []
    for place, shots in enumerate(found.shots):
        shares = found.right[:, place]
        low, high = round(float(shares.min()), 4), round(float(shares.max()), 4)
        band: Band | None = {"low": low, "high": high, "source": "lowest to highest draw of examples"} if shots else None
        name = words.counted(shots, "example") if shots else "zero-shot"
        rows.append(_row(name, "The GPT of Next token, no weight moved.", float(shares.mean()), "pretrained", band))
    return rows


def told(headed: Headed | None, plain: Moods | None, listed: Moods | None) -> list[str]:
    """How each way asks, and how they compare, in Markdown."""
    said = []
    if plain:
        best = plain.endings[int(plain.validated.argmax())]
        tried = ", ".join(f"“… {ending}” {share:.0%}" for ending, share in zip(plain.endings, plain.validated, strict=True))
        said.append(
            f"**Zero-shot** puts “{best}” behind an opinion and asks which words are likelier then, good ones or bad ones. Chosen on "
            f"validation opinions: {tried}. No label, no new weight."
        )
        own = f" The run of this page, which read lists: {_at(listed, -1):.0%}." if listed else ""
        said.append(
            f"**Few-shot** puts labelled opinions before it, ended in the same way. {_compared(plain)}{own} More than {plain.shots[-1]} do "
            "not fit before the longest opinion."
        )
    if headed and plain:
        zero, head = _at(plain, 0), headed.metrics["accuracy"]
        other = "more" if zero > head else "less" if zero < head else "as much"
        said.append(
            f"**The head** reads the last token and learnt from {words.counted(headed.labels, 'label')}: {head:.0%}. Zero-shot: {other} "
            f"({zero:.0%}). Tinyland's opinions often tell their mood twice, so the task lies in the text that the GPT was pretrained on "
            "(Radford et al. 2019)."
        )
    return said


def _at(found: Moods, place: int) -> float:
    """The mean share with so many examples."""
    return float(found.right[:, place].mean())


def _compared(found: Moods) -> str:
    zero, last = _at(found, 0), _at(found, -1)
    if last > zero:
        return f"With {found.shots[-1]} it names {last:.0%}, without {zero:.0%}."
    return f"Here that does not help: {last:.0%} with {found.shots[-1]}, {zero:.0%} without."
