"""The picture of *Scale*: the loss along one of three axes, over seeds, and the law through it."""

from dataclasses import dataclass, replace
from functools import lru_cache

import streamlit as st

from llmviz.core import catalogue
from llmviz.core.recorded import seeds
from llmviz.core.settings import check, setting
from llmviz.core.spec import RunSpec, preset
from llmviz.core.study import Axis, Study, Value, along
from llmviz.core.texts import TEXTS
from llmviz.experiments.scale import law_view
from llmviz.experiments.scale.law_view import PARAMETERS, TOKENS
from llmviz.ui import lesson, live, question, study, visit
from llmviz.ui.study import Series
from llmviz.views import study as view
from llmviz.views import words

STAGE = "clm"
READ = ("tinyland", "wiki", "sotu")  # of the small library a run takes an hour and more
SHARES = (1 / 16, 1 / 8, 1 / 4, 1 / 2, 1)  # of the steps of the recipe
SIZES = ("0.02M", "0.04M", "0.1M", "0.3M")
SIZED = 1 / 2  # of the steps of the recipe: more would leave little above the floor to tell sizes apart by
DOCUMENTS = (100, 1_000, 10_000)
SEEDS = 3
GROWS = {"tokens": "Tokens read", "parameters": "Parameters", "variety": "Different texts"}
AXIS, TEXT, QUIZ = "scale_axis", "scale_text", "quiz_scale"
LINES = ("trigram", "unigram")
NEVER = "The runs of this question have not been trained yet: train them below."
ABOUT = {
    "tokens": "The same model and the same text; the steps differ, and with them the tokens read. Each run has a schedule of its own, "
    "whose learning rate falls to zero at its end: a point on the curve of a longer run would be worse (Hoffmann et al. 2022).",
    "parameters": "The same text, half the steps of the recipe; the number of parameters differs. The vocabulary's embeddings "
    "count among them.",
    "variety": "The same model, as many tokens; only how many different texts they come from differs. Fewer come again the more often.",
}
WHY = """\
**A law of scale.** Over many orders of magnitude the loss of language models falls as a power of tokens, of parameters and of compute
(Kaplan et al. 2020). With both growing, Hoffmann et al. (2022) fit L = 1.69 + 406.4 / N^0.34 + 410.7 / D^0.28, N the parameters and D the
tokens; refitted, 1.82 + 482 / N^0.35 + 2085 / D^0.37 (Besiroglu et al. 2024). Their floor, the first number, is fitted; that of Tinyland is
known exactly, so here it is not.

**As far as these runs show.** A small world has few facts: a model of 0.1 M parameters soon knows nearly all, and what is left above the
floor is small. The exponents are those of this world and these sizes, and of no other. The rates of learning are those of the recipe for
0.1 M parameters; other sizes may want others."""


@dataclass(frozen=True)
class Looking:
    """What grows."""

    grows: str = setting("tokens", "What grows", "The axis of the chart.", choices=tuple(GROWS))

    def __post_init__(self) -> None:
        """Refuse an axis that the page has not."""
        check(self)


@lru_cache(maxsize=16)  # its runs are asked for at every drawing
def of(base: RunSpec, grows: str) -> Study:
    """The study of one axis: the same run with more and more of it, first with the seed of the base."""
    own = seeds(base.seed)[:SEEDS]
    if grows == "tokens":
        steps = sorted({max(1, round(share * base.train.steps)) for share in SHARES})
        return Study(base, Axis("steps", ("steps",), "log"), along("steps", steps), own)
    if grows == "parameters":
        fewer = replace(base, train=replace(base.train, steps=round(SIZED * base.train.steps)))
        return Study(fewer, Axis("parameters, about", ("size",)), tuple(Value(words.size(name), (name,)) for name in SIZES), own)
    values = (*along("documents", DOCUMENTS), Value("all", (0,)))
    return Study(base, Axis("different texts", ("documents",)), values, own)


def claim() -> str:
    """The title of the page; a question while its answer is withheld."""
    found = _laws(_base(), "tokens")
    if question.withheld(QUIZ) or not found.laws:
        return "What do more text, more parameters and more variety buy?"
    return f"Twice the tokens leave {2.0 ** -found.exponent[0]:.0%} of the loss above {'the' if _known() else 'a fitted'} floor"


def predict() -> None:
    """Draw the question: what twice the tokens leave. Tinyland's runs tell."""
    found = _laws(preset(STAGE), "tokens")
    question.draw(question.GUESS, law_view.HALF, QUIZ, (lambda: law_view.outcome(found)) if found.laws else None, NEVER)


def choose() -> None:
    """Draw the choice of what grows, and of the text."""
    st.session_state[AXIS], st.session_state[TEXT] = visit.current().view.grows, visit.current().spec.text.name
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center", key="scale_row"):
        for label, options, names, key, turn in (
            ("What grows", list(GROWS), GROWS, AXIS, lambda: visit.set(grows=st.session_state[AXIS])),
            ("Text", list(READ), {name: TEXTS[name].title for name in READ}, TEXT, lambda: visit.turn_to(st.session_state[TEXT])),
        ):
            st.segmented_control(
                label, options, format_func=names.__getitem__, key=key, required=True, label_visibility="collapsed", on_change=turn
            )


def picture() -> None:
    """Draw what trains the runs of the axis, the law through them, and the losses."""
    grows, base = visit.current().view.grows, _base()
    series = [Series("GPT", "pretrained", of(base, grows))]
    key = f"scale_{grows}"
    with st.container(key="about_area"):
        st.markdown(ABOUT[grows])
    with st.container(key="studies_area"):
        study.row(key, series)
    busy = study.moving(key, series)
    if withheld := question.withheld(QUIZ):
        st.caption(withheld)
        return

    def law() -> None:
        with st.container(key="law_area"):
            st.fragment(lambda: _law(base, grows), run_every=live.EVERY if busy else None, key=f"{key}_law")()

    if visit.current().lecture:  # whose screen one chart fills
        law()
        return
    left, right = st.columns([0.56, 0.44], gap="large")
    with left:
        study.chart(key, series, catalogue.experiment(STAGE).headline, LINES)
    with right:
        law()


def _base() -> RunSpec:
    return visit.current().spec


def _known() -> bool:
    """Whether the floor of the text is, and not fitted."""
    return _base().text.name == READ[0]


def _drawn(base: RunSpec, grows: str) -> view.Series:
    (shown,) = study.look(f"scale_{grows}", [Series("GPT", "pretrained", of(base, grows))])
    return study.as_drawn(shown)


def _laws(base: RunSpec, grows: str) -> law_view.Laws:
    return law_view.laws(_drawn(base, grows), TOKENS if grows == "tokens" else PARAMETERS)


def _facts(drawn: view.Series) -> None:
    """Draw what is known of the world, where there is a world to be asked about."""
    facts = catalogue.experiment(STAGE).metric("facts")
    if any(drawn.band(value, facts.name) for value in drawn.study.values):
        size, height = _pixels()
        st.plotly_chart(view.figure([drawn], facts, size=size), width="stretch", height=height, key="scale_facts", config=study.CONFIG)


def _pixels() -> tuple[int, int]:
    """Of the type and the height of a chart below a sentence or two, in a lecture below the question as well."""
    size, height = study.pixels()
    return size, round((0.66 if visit.current().lecture else 0.85) * height)


def _law(base: RunSpec, grows: str) -> None:
    if grows == "variety":
        drawn = _drawn(base, grows)
        st.markdown(f"**{lesson.plain(law_view.variety(drawn))}**")
        _facts(drawn)
        return
    found = _laws(base, grows)
    st.markdown(f"**{lesson.plain(law_view.told(found, _known()))}**")
    if found.laws:
        size, height = _pixels()
        st.plotly_chart(law_view.chart(found, size), width="stretch", height=height, key=f"law_{grows}", config=study.CONFIG)
        if not visit.current().lecture:
            st.caption("Both axes are logarithmic: a power law is a straight line. A dot is a run; the line, the law of the median seed.")
