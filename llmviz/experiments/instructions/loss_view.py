"""One dialogue with its mask: which tokens are asked for, the loss of each, and what would change if all were. Pure."""

from collections.abc import Mapping

import numpy as np

from llmviz.core.spec import RunSpec
from llmviz.experiments.instructions.question import Losses
from llmviz.parts.replies.payload import Replies, Text
from llmviz.parts.shared.payload import Origin
from llmviz.views import words
from llmviz.views.sides import Side

MASKED, ALL = "The reply alone", "All of it"
NOTE = "Below a word: its loss, −ln p, in nats; the bar is p. Grey: read, but not asked for. What is asked for includes the end."


def rows(spec: RunSpec, found: Mapping[int, Losses]) -> Replies:
    """The payload: the dialogue as it is asked for here, and as all text is in pretraining."""
    phase, steps = "finetuned" if spec.start else "random", sorted(found)
    start: Origin = {"phase": "pretrained" if spec.start else "random", "word": "before it learns"}
    sides = (Side(MASKED, "the loss of this run", phase), Side(ALL, "as in pretraining; not trained here", phase))
    return {
        "rows": [
            {**side.written(steps), "start": start, "texts": [_text(found[step], begins) for step in steps]}
            for side, begins in zip(sides, (None, 0), strict=True)
        ],
        "note": NOTE,
    }


def _text(found: Losses, begins: int | None) -> Text:
    """The dialogue; asked for is what stands at `begins` and behind, where nothing is said of it the reply."""
    first = found.begins if begins is None else begins
    losses = found.losses[first:]
    return {
        "words": list(found.words),
        "given": first,
        "shares": [round(float(chance), 4) for chance in np.exp(-losses)],
        "figures": [f"{loss:.2f}" for loss in losses],
        "told": [f"{word}: −ln p is {loss:.2f}" for word, loss in zip(found.words[first:], losses, strict=True)],
        "verdict": f"mean {losses.mean():.2f} nats over {words.counted(len(losses), 'token')}",
        "good": None,
    }


def told(first: Losses, now: Losses) -> str:
    """What the mask leaves out, with its figures at a step; and what became of it since the first."""
    request, reply = now.losses[: now.begins], now.losses[now.begins :]
    share = float(request.sum() / now.losses.sum())
    said = (
        f"At step {now.step:,} the loss of this text is {reply.mean():.2f} nats a token: those of the reply and its end. Asked for all of "
        f"it, the model would have {now.losses.mean():.2f}, and {words.figure(share, '%')} of the sum would be the request's. Training "
        "would then lower those too: it would become better at writing requests, which nobody wants of it."
    )
    if now.step == first.step:
        return said
    before, after = first.losses[: first.begins].mean(), request.mean()
    way = "rose" if after > before else "fell"
    return f"{said} Left out, the request's loss {way} from {before:.2f} to {after:.2f} nats a token since step {first.step:,}."
