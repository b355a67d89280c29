"""What the pages of models that tag words share: one text as three models tag it, and which kind of name is taken for which."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import streamlit as st

from llmviz.core.questions.base import Question
from llmviz.core.questions.tagging import HeldOut, Tagging
from llmviz.core.run import RunRef
from llmviz.runs.engine import Engine
from llmviz.ui import ask, lesson, live, parts, visit
from llmviz.ui.beside import train
from llmviz.ui.closer import step_of
from llmviz.ui.live import Seen
from llmviz.views import tag_confusion, tagged, words
from llmviz.views.sides import Side
from llmviz.views.tagged import Row
from llmviz.views.tokens import Token

NOTE = "The stronger the colour, the surer the model. A frame is what it calls a {noun}."
MARKS = " ✓ and ✗ stand where the truth is known."


@dataclass(frozen=True)
class Asked:
    """A text that models are to tag.

    Attributes:
        question: how it is put to them.
        words: its words, as long as no model has told them.
        tags: all there are.
        truth: from its words to their true tags; () where nobody knows them.
        strange: a sentence on words that no model here knows, or "".
        note: what stands below the rows where there is no such sentence and no refusal.
        groups: the kinds that share a colour, by what the legend calls them; none where each has its own.
        tokens: of the text, where a run is there to read it.
    """

    question: Question[Tagging]
    words: Sequence[str]
    tags: Sequence[str]
    truth: Callable[[Sequence[str]], Sequence[str]]
    strange: str
    note: str
    groups: Mapping[str, Sequence[str]] = field(default_factory=dict)
    tokens: Sequence[Token] = ()


def rows(engine: Engine, seen: Seen, other: Seen, sides: tuple[Side, Side, Side], asked: Asked) -> None:
    """Draw the text as the run tags it before and after its training, and as its rival does."""
    spec = visit.current().spec
    first, second, third = sides
    after, refusal = _tagged(engine, seen, asked.question, second, "after")
    beside, _ = _tagged(engine, other, asked.question, third, "third")
    before = replace(after, side=replace(first, empty=after.side.empty))
    shown = next((tagging.words for row in (after, beside) for tagging in row.taggings.values()), tuple(asked.words))
    note = " ".join(filter(None, (refusal, asked.strange))) or ("" if visit.current().lecture else asked.note)
    sources = [token.source for token in asked.tokens]
    drawn = tagged.rows(shown, asked.tags, asked.groups, [before, after, beside], asked.truth(shown), note, sources)
    parts.tagged(drawn, live.shared(seen), key="tagged", on_action=lambda _: train(engine, spec))


def _tagged(engine: Engine, seen: Seen, question: Question[Tagging], side: Side, slot: str) -> tuple[Row, str]:
    """One model's row, and why it has nothing to say."""
    if seen.run is None or not seen.history.snapshots:
        return Row(side), ""
    found = ask.answers(engine, seen.run, seen.history.snapshots, question, seen.patience, f"{slot} tags")
    if found.refusal:
        return Row(replace(side, empty="There are no tags for this text; the line below says why.")), words.sentence(found.refusal)
    return Row(replace(side, empty="The tags are on their way."), found.known), ""


def mistakes(
    engine: Engine,
    seen: Seen,
    run: RunRef,
    question: Question[HeldOut],
    kinds: Sequence[str],
    noun: str,
    told: Callable[[HeldOut], str] = lambda _: "",
) -> None:
    """Draw which kind of entity, a `noun` each, is taken for which in held-out texts, at the slider's step; `told` says more of them."""
    step = step_of(seen)
    asked = ask.answers(engine, run, [step], question, None, "mistakes")
    if step not in asked.known:
        st.markdown(lesson.sentence(asked.refusal) or "The test texts are being read.")
        return
    st.markdown(
        f"What the model of {words.counted(step, 'step')} calls the words of texts that no training has seen. {told(asked.known[step])}"
    )
    parts.confusion(tag_confusion.confusion(asked.known[step], kinds, noun), live.shared(seen), key="confusion")
