"""What *Attention maps* says of the heads of a run: which to open on, which kind formed first, how the maps are read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from llmviz.core.questions.heads import HeadScores
from llmviz.core.settings import ModelSpec
from llmviz.views.heads import NAMED, SHORT, name
from llmviz.views.reveal import Quiz, Reveal

DISTANCES = tuple(target for target in SHORT if "token" in target)
FOUND = ("rest of a fact", "subject of the verb", "same word")  # what no fixed distance finds: the heads worth opening on


def favourite(scores: HeadScores | None) -> tuple[int, int]:
    """The (layer, head) to open on: of those that find what no distance finds, or of all where none does, the furthest above chance."""
    if scores is None:
        return 0, 0

    def interest(place: tuple[int, ...]) -> tuple[bool, float]:
        found = name(scores, *place)
        return found.named and scores.targets[found.target] in FOUND, found.mass - float(scores.chance[found.target])

    layer, head = max(np.ndindex(*scores.mass.shape[:2]), key=interest)
    return int(layer), int(head)


_READ = """\
**How to read a map.** A row for each token that looks, a column for each token it may look at; a row sums to 100 %. Colour grows with the
square root of the weight, so that small weights show. Weights are kept to 0.4 %."""
_NAMED = """\
**How a head gets its name.** On {texts} texts the model has not trained on, we measure which share of a token's attention lies on the word
before it, on the subject of its verb, on the rest of a fact, and so on: the mean over all tokens that have such a target. Chance is what a
head would score that spread its attention evenly over all it may see. The target furthest above chance names the head, if that is at least
{named:.0%} of its attention; else the head is mixed. Subjects count only where they are not the word just before their verb."""
_CODE = """\
**The same in code.** `model = {kind}.from_pretrained(folder, attn_implementation="eager")`, then
`model(**inputs, output_attentions=True).attentions`: for each layer an array of batch × head × query × key."""
_CLASSES = {
    "roformer": "RoFormerForMaskedLM",
    "bert": "BertForMaskedLM",
    "neox": "GPTNeoXForCausalLM",
    "gpt2": "GPT2LMHeadModel",
}


def paragraphs(scores: Mapping[int, HeadScores], model: ModelSpec) -> list[str]:
    """How the maps are read, how the heads of this run are named, and how a script gets the same; each a paragraph of Markdown."""
    named = [_NAMED.format(texts=next(iter(scores.values())).texts, named=NAMED)] if scores else []
    return [_READ, *named, _CODE.format(kind=_CLASSES[model.architecture])]


FIRST = Quiz("which kind of head forms first?", ("one at a fixed distance", "one that looks for a word", "both at once"))


@dataclass(frozen=True)
class _Birth:
    """The first head of a kind: when, which, and what it is called."""

    step: int
    head: str
    target: str
    mass: float

    def __str__(self) -> str:
        return f"By step {self.step:,} {self.head} had become a “{self.target}” head ({self.mass:.0%} of its attention)."


def first_kind(scores: Sequence[HeadScores]) -> Reveal | None:
    """Which came first: a head named for a fixed distance, or one named for the words it finds; None where neither ever came."""
    ordered = sorted(scores, key=lambda each: each.step)
    distance, word = (_first(ordered, kind) for kind in (DISTANCES, FOUND))
    if distance is None and word is None:
        return None
    last = ordered[-1]
    heads = list(np.ndindex(*last.mass.shape[:2]))
    end = f"Heads with a name at the end: {sum(name(last, *head).named for head in heads)} of {len(heads)}."
    if word is None:
        return Reveal(0, f"{distance} No head came to find a fact, a subject or the same word. {end}")
    if distance is None:
        return Reveal(1, f"{word} No head came to look at a fixed distance. {end}")
    right = 2 if distance.step == word.step else 0 if distance.step < word.step else 1
    return Reveal(right, " ".join(str(each) for each in sorted((distance, word), key=lambda each: each.step)) + f" {end}")


def _first(ordered: Sequence[HeadScores], kind: Sequence[str]) -> _Birth | None:
    """The first head named for one of these targets; of several at one step the one with most attention on it."""
    for scores in ordered:
        born = []
        for layer, head in np.ndindex(*scores.mass.shape[:2]):
            found = name(scores, layer, head)
            if found.named and scores.targets[found.target] in kind:
                born.append(_Birth(scores.step, f"head {head + 1} of layer {layer + 1}", scores.targets[found.target], found.mass))
        if born:
            return max(born, key=lambda each: each.mass)
    return None
