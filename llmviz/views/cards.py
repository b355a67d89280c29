"""One text classified by several models: the payload of the cards beside each other."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from llmviz.core.questions.classification import Classification
from llmviz.parts.cards import payload as parts
from llmviz.parts.cards.payload import Cards
from llmviz.views.sides import Side

Note = Sequence[tuple[str, bool]]  # bits of a sentence; those that are words of the text are marked


@dataclass(frozen=True)
class Card:
    """One model before a text: who it is, by step what it says, and what there is to say of that; `notes` is None where nothing ever is."""

    side: Side
    predictions: Mapping[int, Classification] = field(default_factory=dict)
    notes: Mapping[int, Note] | None = None


def cards(shown: Sequence[Card], truth: str = "") -> Cards:
    """The payload of the cards. `truth` is the true label, where it is known: each card says whether its prediction is that."""
    return {"cards": [_card(card) for card in shown], "truth": truth}


def _card(card: Card) -> parts.Card:
    side = card.side.written(card.predictions)
    steps = side["steps"]
    return {
        **side,
        "labels": list(card.predictions[steps[0]].labels) if steps else [],
        "shares": [[round(float(share), 4) for share in card.predictions[step].probability] for step in steps],
        "notes": [list(card.notes.get(step, [])) for step in steps] if card.notes is not None else [],
    }
