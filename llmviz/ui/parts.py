"""Mounts our own parts: token strip, probability bars, live curve. Each is a folder of `llmviz/parts`, whose script says which data it
takes.

Here alone data leaves Python: what is no finite number ends here (`finite`).

All parts with the same `group` share one step: moving the slider of the curve moves the others in the browser, without a server call.
"""

from collections.abc import Callable
from typing import Any

import streamlit as st

from llmviz.parts import bundle
from llmviz.parts.accuracy_bars.payload import AccuracyBars
from llmviz.parts.attention.payload import Attention
from llmviz.parts.attention_diff.payload import AttentionDiff
from llmviz.parts.bars.payload import Bars
from llmviz.parts.cards.payload import Cards
from llmviz.parts.choices.payload import Choices
from llmviz.parts.confusion.payload import Confusion
from llmviz.parts.continuation.payload import Continuation
from llmviz.parts.costs.payload import Costs
from llmviz.parts.curve.payload import LiveCurve
from llmviz.parts.curves.payload import Curves
from llmviz.parts.labeller.payload import Labeller
from llmviz.parts.lane.payload import Lane
from llmviz.parts.layers.payload import Layers
from llmviz.parts.lecture.payload import Beat
from llmviz.parts.lineage.payload import Lineage
from llmviz.parts.log_bars.payload import LogBars
from llmviz.parts.menu.payload import Menu
from llmviz.parts.network.payload import Network
from llmviz.parts.onestep.payload import OneStep
from llmviz.parts.outcomes.payload import Outcomes
from llmviz.parts.pair.payload import Pair
from llmviz.parts.pieces.payload import Pieces
from llmviz.parts.replies.payload import Replies
from llmviz.parts.rewards.payload import Rewards
from llmviz.parts.samples.payload import Samples
from llmviz.parts.shared.payload import Shared
from llmviz.parts.signed_bars.payload import SignedBars
from llmviz.parts.small_multiples.payload import SmallMultiples
from llmviz.parts.story.payload import Story
from llmviz.parts.table.payload import Table
from llmviz.parts.tagged.payload import Tagged
from llmviz.parts.token_strip.payload import TokenStrip
from llmviz.parts.trained.payload import Trained
from llmviz.parts.tree.payload import Tree
from llmviz.parts.walk.payload import Walk
from llmviz.parts.weighed.payload import Weighed
from llmviz.parts.word_list.payload import WordList
from llmviz.parts.written.payload import ReadAndWritten
from llmviz.views.finite import finite

_Part = Callable[..., None]


def _part(name: str) -> _Part:
    """The component in the folder `name`."""
    mounted = st.components.v2.component(f"llmviz_{name}", html=bundle.frame(name), css=bundle.style(name), js=bundle.script(name))

    def part(data: Any, **more: Any) -> None:
        # In a list: each value of a dictionary Streamlit would ask whether it is a table, and load pandas for that while a page waits.
        mounted(data=[finite(data)], **more)

    return part


_mounted = {name: _part(name) for name in bundle.parts()}


def token_strip(payload: TokenStrip, shared: Shared, key: str, on_hidden: Callable[[list[int]], None]) -> None:
    """The sentence. `on_hidden` gets the hidden places, before the rerun that a click causes."""
    _mounted["token_strip"](key=key, data={**shared, **payload}, on_hidden_change=lambda: _told(key, "hidden", on_hidden))


def bars(payload: Bars, shared: Shared, key: str) -> None:
    """The candidates for each hidden word."""
    _mounted["bars"](key=key, data={**shared, **payload})


def curve(payload: LiveCurve, shared: Shared, key: str, on_step: Callable[[int], None]) -> None:
    """Loss, probes and the slider. `on_step` gets the step on which the slider was let go, -1 for the newest."""
    _mounted["curve"](key=key, data={**shared, **payload}, on_step_change=lambda: _told(key, "step", on_step))


def pair(payload: Pair, shared: Shared, key: str) -> None:
    """Two parts of a text, where each looks in the other, and whether the second goes on with the first."""
    _mounted["pair"](key=key, data={**shared, **payload})


def continuation(payload: Continuation, shared: Shared, key: str, on_at: Callable[[int], None], on_forget: Callable[[bool], None]) -> None:
    """A beginning and what was written after it. `on_at` gets the place of the token that was clicked; `on_forget` is called where
    nothing is to be chosen by hand any more.
    """
    _mounted["continuation"](
        key=key,
        data={**shared, **payload},
        on_at_change=lambda: _told(key, "at", on_at),
        on_forget_change=lambda: _told(key, "forget", on_forget),
    )


def choices(payload: Choices, shared: Shared, key: str, on_branch: Callable[[list[int]], None]) -> None:
    """The candidates for one token. `on_branch` gets the ids of the way to the one that was clicked."""
    _mounted["choices"](key=key, data={**shared, **payload}, on_branch_change=lambda: _told(key, "branch", on_branch))


def written(payload: ReadAndWritten, shared: Shared, key: str) -> None:
    """What a T5 reads and what it writes, and where it looks for each token."""
    _mounted["written"](key=key, data={**shared, **payload})


def tree(payload: Tree, shared: Shared, key: str) -> None:
    """Beam search as a tree."""
    _mounted["tree"](key=key, data={**shared, **payload})


def lineage(payload: Lineage, key: str, on_ticked: Callable[[list[str]], None]) -> None:
    """All runs as a tree. `on_ticked` gets the keys of those that are ticked, two at most."""
    _mounted["lineage"](key=key, data=payload, on_ticked_change=lambda: _told(key, "ticked", on_ticked))


def curves(payload: Curves, key: str) -> None:
    """Curves in one chart."""
    _mounted["curves"](key=key, data=payload)


def weighed(payload: Weighed, shared: Shared, key: str, on_out: Callable[[list[int]], None]) -> None:
    """The sentence with the push of every word. `on_out` gets the words left out."""
    _mounted["weighed"](key=key, data={**shared, **payload}, on_out_change=lambda: _told(key, "out", on_out))


def cards(payload: Cards, shared: Shared, key: str, on_action: Callable[[int], None]) -> None:
    """Before and after: one input through several models. `on_action` gets the place of the card whose button was pressed."""
    _mounted["cards"](key=key, data={**shared, **payload}, on_action_change=lambda: _told(key, "action", on_action))


def tagged(payload: Tagged, shared: Shared, key: str, on_action: Callable[[int], None]) -> None:
    """One text as several models tag it. `on_action` gets the place of the row whose button was pressed."""
    _mounted["tagged"](key=key, data={**shared, **payload}, on_action_change=lambda: _told(key, "action", on_action))


def confusion(payload: Confusion, shared: Shared, key: str) -> None:
    """What is true against what it was called, with examples."""
    _mounted["confusion"](key=key, data={**shared, **payload})


def replies(payload: Replies, shared: Shared, key: str, on_action: Callable[[int], None]) -> None:
    """Texts as several models go on with them. `on_action` gets the place of the row whose button was pressed."""
    _mounted["replies"](key=key, data={**shared, **payload}, on_action_change=lambda: _told(key, "action", on_action))


def outcomes(payload: Outcomes, shared: Shared, key: str) -> None:
    """How often something came out as wanted, with examples."""
    _mounted["outcomes"](key=key, data={**shared, **payload})


def samples(payload: Samples, shared: Shared, key: str) -> None:
    """Requests with the replies of two models."""
    _mounted["samples"](key=key, data={**shared, **payload})


def table(payload: Table, key: str, on_open: Callable[[list[str]], None], on_sorted: Callable[[list[int]], None] | None = None) -> None:
    """A table. `on_open` gets the page and the run of a link that was clicked, `on_sorted` the column it is sorted by, -1 for none, and
    whether from the highest, 1 or 0.
    """
    _mounted["table"](
        key=key,
        data=payload,
        on_open_change=lambda: _told(key, "open", on_open),
        on_sorted_change=lambda: _told(key, "sorted", on_sorted or (lambda _: None)),
    )


def labeller(payload: Labeller, key: str, on_said: Callable[[list[int]], None]) -> None:
    """Two replies to choose from. `on_said` gets all choices so far: 1 and 2 for the preferred reply, 0 for a tie."""
    _mounted["labeller"](key=key, data=payload, on_said_change=lambda: _told(key, "said", on_said))


def signed_bars(payload: SignedBars, shared: Shared, key: str) -> None:
    """Figures above and below zero."""
    _mounted["signed_bars"](key=key, data={**shared, **payload})


def rewards(payload: Rewards, shared: Shared, key: str) -> None:
    """Replies with the reward of each, and of each of their beginnings."""
    _mounted["rewards"](key=key, data={**shared, **payload})


def walk(payload: Walk, shared: Shared, key: str, on_stage: Callable[[int], None], on_at: Callable[[list[int]], None]) -> None:
    """A model box by box. `on_stage` gets the place of a stage that is to be opened, `on_at` the box, head, row and column chosen."""
    _mounted["walk"](
        key=key,
        data={**shared, **payload},
        on_stage_change=lambda: _told(key, "stage", on_stage),
        on_at_change=lambda: _told(key, "at", on_at),
    )


def word_list(payload: WordList, key: str, on_word: Callable[[str], None]) -> None:
    """Words to choose from. `on_word` gets the one that was clicked."""
    _mounted["word_list"](key=key, data=payload, on_word_change=lambda: _told(key, "word", on_word))


def accuracy_bars(payload: AccuracyBars, shared: Shared, key: str) -> None:
    """Shares of right predictions, from the best possible down to chance."""
    _mounted["accuracy_bars"](key=key, data={**shared, **payload})


def network(payload: Network, shared: Shared, key: str) -> None:
    """The layers of a model: what each has from its parent, and how far it moves."""
    _mounted["network"](key=key, data={**shared, **payload})


def layers(payload: Layers, shared: Shared, key: str) -> None:
    """A figure of each layer of a model."""
    _mounted["layers"](key=key, data={**shared, **payload})


def onestep(payload: OneStep, key: str) -> None:
    """One training step, from what is hidden to what is guessed after it."""
    _mounted["onestep"](key=key, data=payload)


def attention(payload: Attention, shared: Shared, key: str, on_head: Callable[[list[int]], None]) -> None:
    """All heads of a model and one of them large. `on_head` gets the layer and the head that were chosen, counted from 0."""
    _mounted["attention"](key=key, data={**shared, **payload}, on_head_change=lambda: _told(key, "head", on_head))


def story(payload: Story, shared: Shared, key: str, on_step: Callable[[int], None]) -> None:
    """One model from random to fine-tuned. `on_step` gets the step on which the slider was let go, -1 for the end."""
    _mounted["story"](key=key, data={**shared, **payload}, on_step_change=lambda: _told(key, "step", on_step))


def pieces(payload: Pieces, shared: Shared, key: str, on_step: Callable[[int], None]) -> None:
    """A sentence in the pieces of three vocabularies. `on_step` gets how many merges the slider was let go on, -1 for all."""
    _mounted["pieces"](key=key, data={**shared, **payload}, on_step_change=lambda: _told(key, "step", on_step))


def costs(payload: Costs, key: str) -> None:
    """Tokens per word of texts of every kind."""
    _mounted["costs"](key=key, data=payload)


def lane(payload: Lane, shared: Shared, key: str, on_set: Callable[[dict[str, Any]], None]) -> None:
    """One of the four exercises. `on_set` gets the name and the value of what was set."""
    _mounted["lane"](key=key, data={**shared, **payload}, on_set_change=lambda: _told(key, "set", on_set))


def log_bars(payload: LogBars, key: str) -> None:
    """Figures of very different size on one logarithmic scale."""
    _mounted["log_bars"](key=key, data=payload)


def trained(payload: Trained, shared: Shared, key: str, on_step: Callable[[int], None]) -> None:
    """How far models are trained. `on_step` gets the percent on which the slider was let go, -1 for the end."""
    _mounted["trained"](key=key, data={**shared, **payload}, on_step_change=lambda: _told(key, "step", on_step))


def small_multiples(payload: SmallMultiples, key: str, on_point: Callable[[list[int]], None]) -> None:
    """How several runs go, side by side. `on_point` gets the panel, from 0, and the step that were clicked."""
    _mounted["small_multiples"](key=key, data=payload, on_point_change=lambda: _told(key, "point", on_point))


def lecture(payload: Beat, key: str, on_unit: Callable[[object], None]) -> None:
    """The keys of a lecture and the size of its beat; shows nothing itself. `on_unit` gets the pixels of type that suit the screen."""
    _mounted["lecture"](key=key, data=payload, on_unit_change=lambda: _told(key, "unit", on_unit))


def menu(payload: Menu, key: str) -> None:
    """Close the menu after a choice where it lies over the page; shows nothing."""
    _mounted["menu"](key=key, data=payload)


def attention_diff(payload: AttentionDiff, shared: Shared, key: str) -> None:
    """Attention before and after, head by head, and the difference."""
    _mounted["attention_diff"](key=key, data={**shared, **payload})


def _told(key: str, event: str, listener: Callable[[Any], None]) -> None:
    if key not in st.session_state:  # what it told came after its page had been left
        return
    value = st.session_state[key].get(event)
    if value is not None:
        listener(value)
