"""The picture of *A GPT's story*: one request to every stage of one model, and what each stage brings."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import streamlit as st

from llmviz.core.feedback import REWARD_ROLE
from llmviz.core.questions.replies import ReplyTo
from llmviz.core.spec import RunSpec, begun
from llmviz.experiments.gpt_story import LESSON, SAFE, stages_view, view
from llmviz.experiments.gpt_story.question import Measure, Measured
from llmviz.experiments.gpt_story.stages_view import Stage
from llmviz.runs.engine import Engine
from llmviz.text.tinyland import policy
from llmviz.text.tinyland.dialogue_parser import parsed
from llmviz.ui import ask, chain, controls, lesson, live, parts, path, question, replied, sentence, visit
from llmviz.ui.live import Seen
from llmviz.views.replies import Row
from llmviz.views.reveal import Reveal
from llmviz.views.taste import style

QUIZ = "gpt_story_quiz"
AWAITED = "The requests are being put to the model."
ABOUT = (
    "The same requests to every stage, about subjects that no training was about; each column is what one of the stages is trained for. "
    "The last two stages both go on from the tuned model."
)


@lru_cache(maxsize=8)
def safe(spec: RunSpec) -> RunSpec:
    """The run that learns the policy from the model that this policy of reinforcement begins as, with the same seed."""
    return replace(begun(SAFE, spec.start, spec.text), seed=spec.seed)


def predict(engine: Engine, seen: Seen) -> None:
    """Draw the question: what pleasing teaches about what is forbidden."""

    def reveal() -> Reveal | None:
        found = _measured(engine, _own(seen), seen.patience).known
        return view.outcome(next(iter(found.values()))) if found else None

    question.draw(question.GUESS, view.QUIZ, QUIZ, reveal if seen.ended else None, AWAITED)


# One request to all


def picture(engine: Engine, seen: Seen) -> None:
    """Draw it for the request in the address."""
    spec = visit.current().spec
    above = st.container(key="rows_area")
    with st.container(key="chain_area"):
        chain.draw(engine, spec, seen)
    live.curve(seen)
    with above:
        _rows(engine, seen)


def _rows(engine: Engine, seen: Seen) -> None:
    spec, rules = visit.current().spec, safe(visit.current().spec).objective.rules
    text, _ = sentence.shown(visit.current(), LESSON)
    before, after = replied.before(engine), live.latest(engine, safe(spec))
    reader = next((each for each in (seen, *(each for _, each in reversed(before))) if each.run), seen)
    tokens, strange = ask.read(engine, reader.run, text)
    request = parsed(" ".join(token.text for token in tokens))
    hides = bool(question.withheld(QUIZ)) and request is not None and request.kind in policy.forbidden(rules)
    last = view.safe(safe(spec), bool(after.history.snapshots), after.under_way)
    asked = [*before, (view.aligned(spec, live.untold(seen)), seen), (last, replied.last(after))]
    rows, refusals = list[Row](), list[str]()
    for side, each in asked:
        row, refusal = replied.row(engine, each, side, ReplyTo(text), f"story {side.title}")
        rows.append(Row(replace(side, empty=question.withheld(QUIZ))) if hides and each is seen else row)
        refusals.append(refusal)
    note = " ".join(filter(None, (next(filter(None, refusals), ""), strange))) or view.standing(request, rules)
    given = [token.shown or token.text for token in tokens]
    drawn = view.replies(given, request, rules, style(spec), rows, note)
    parts.replies(
        drawn, live.shared(seen), key="replies", on_action=lambda _: controls.attempt(lambda: engine.train(safe(spec), visit.viewer()))
    )


def _train(engine: Engine, spec: RunSpec) -> None:
    controls.attempt(lambda: engine.train(safe(spec), visit.viewer()))


# What each stage brings


@dataclass(frozen=True)
class _Member:
    """One run of the family, as it is now. `name`: what the other members are to the page's own run. The one that judges writes nothing."""

    name: str
    spec: RunSpec
    seen: Seen
    writes: bool = True


def stages(engine: Engine, seen: Seen) -> None:
    """Draw the table; it waits for the end of a run under way."""
    with st.container(key="stages_area"):
        st.markdown("**What each stage brings, and what it costs**")
        if not visit.current().lecture:
            st.caption(ABOUT)
        waits = any(_measured(engine, each, 0.0).pending for each in _family(engine, seen))

        def drawn() -> None:
            asked = [(each, _measured(engine, each)) for each in _family(engine, seen)]
            if held := question.withheld(QUIZ):
                st.caption(held)
            else:
                _table([(each, next(iter(found.known.values()), None)) for each, found in asked])
            if path.leads() or (waits and not any(found.pending for _, found in asked)):
                st.rerun()

        st.fragment(drawn, run_every=live.EVERY if waits else None, key="stages_drawn")()


def _table(found: Sequence[tuple[_Member, Measured | None]]) -> None:
    rows = [
        Stage(each.spec, each.seen.history, each.seen.run.key if each.seen.run else "", measured, each.writes) for each, measured in found
    ]
    parts.table(stages_view.table(rows, visit.number(), visit.current().lecture), key="stages", on_open=path.lead)
    if told := stages_view.told({each.name: measured for each, measured in found if measured}):
        st.markdown(lesson.plain(told))


def _family(engine: Engine, seen: Seen) -> list[_Member]:
    """In the order in which it is made: from the base to the aligned model with the reward it learns from, then the safe one."""
    spec = visit.current().spec
    *before, own = spec.lineage
    judge = spec.inputs.get(REWARD_ROLE)
    found = [_Member("tuned" if each == spec.start else each.stage, each, live.latest(engine, each)) for each in before]
    if isinstance(judge, RunSpec):
        found.append(_Member("judge", judge, live.latest(engine, judge), writes=False))
    return [*found, _own(seen), _Member("safe", safe(own), live.latest(engine, safe(own)))]


def _own(seen: Seen) -> _Member:
    return _Member("aligned", visit.current().spec, seen)


def _measured(engine: Engine, member: _Member, patience: float | None = live.PATIENCE) -> ask.Asked[Measured]:
    """What the last snapshot of a run comes to, once it has ended; nothing of one that does not write."""
    last = member.seen.history.snapshots[-1:] if member.seen.ended and member.writes else ()
    asked = Measure(safe(visit.current().spec).objective.rules, style(visit.current().spec))
    return ask.answers(engine, member.seen.run, last, asked, patience, f"measured {member.name}") if last else ask.Asked()
