"""The heads that look back from the end of a prompt, named by what they measurably look at. Pure."""

from collections.abc import Mapping

import numpy as np

from llmviz.experiments.in_context.question import ASKED, TARGETS, VALUES, LookedBack
from llmviz.parts.attention.payload import Named, Names, Target
from llmviz.views.heads import NAMED

SHORT = dict(zip(TARGETS, ("values", "subjects", "asked", "marks", "CLS"), strict=True))


def names(found: Mapping[int, LookedBack]) -> Names:
    """What each head is named for at every step: the target furthest above chance, if that is much of its attention."""
    if not found:
        return {"targets": [], "named": []}
    chance = next(iter(found.values())).chance
    targets: list[Target] = [
        {"name": name, "short": SHORT[name], "chance": round(float(share), 4)} for name, share in zip(TARGETS, chance, strict=True)
    ]
    named: list[Named] = []
    for step in sorted(found):
        mass = found[step].mass
        above = mass - chance
        best = above.argmax(-1)
        heads = [
            (int(best[head]), round(float(mass[(*head, best[head])]), 4), bool(above[(*head, best[head])] >= NAMED))
            for head in np.ndindex(*best.shape)
        ]
        named.append({"step": step, "heads": heads})
    return {"targets": targets, "named": named}


def furthest(found: LookedBack, target: str) -> tuple[int, int]:
    """The (layer, head) with most attention on this target."""
    mass = found.mass[..., TARGETS.index(target)]
    layer, head = np.unravel_index(int(mass.argmax()), mass.shape)
    return int(layer), int(head)


def called(head: tuple[int, int]) -> str:
    """`head 3 of layer 2`."""
    return f"head {head[1] + 1} of layer {head[0] + 1}"


def told(found: LookedBack) -> list[str]:
    """Which heads look back, what is lost without them, and whether any is an induction head, in Markdown."""
    said = [_looks(found, VALUES, "at the values of the examples"), _looks(found, ASKED, "at the subject that is asked for")]
    worst = np.unravel_index(int(found.without.argmin()), found.without.shape)
    most = (int(worst[0]), int(worst[1]))
    lost = (
        f"**Left out.** With all heads {found.whole:.0%} of {found.prompts} prompts with {found.examples} examples are right. Most is "
        f"lost without {called(most)}: {found.without[most]:.0%} are left."
    )
    return [*said, lost, _induction(found)]


def _looks(found: LookedBack, target: str, where: str) -> str:
    head, place = furthest(found, target), TARGETS.index(target)
    share, chance = float(found.mass[(*head, place)]), float(found.chance[place])
    without = f"Without it {found.without[head]:.0%} are right."
    return f"**{called(head).capitalize()}** looks most {where}: {share:.0%} of its attention, by chance {chance:.0%}. {without}"


def _induction(found: LookedBack) -> str:
    best = np.unravel_index(int(found.prefix.argmax()), found.prefix.shape)
    head = (int(best[0]), int(best[1]))
    score = float(found.prefix[head])
    measured = f"the highest score is {score:.0%}, of {called(head)}; by chance it is {found.prefix_chance:.0%}"
    verdict = f"That is one by the definition: {measured}." if score - found.prefix_chance >= NAMED else f"None is one here: {measured}."
    return (
        "**Induction heads** look from a word to what came after the same word before; the test says random words twice (Olsson et "
        f"al. 2022). {verdict}"
    )
