"""The picture of *A GPT's story*: one request to every stage of one model, and what each stage brings."""

from dataclasses import replace
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
from llmviz.ui import ask, chain, controls, lesson, live, parts, path, question, replied, sentence, states, visit
from llmviz.ui.live import Seen
from llmviz.views import words
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
        found = _measured(engine, seen, "aligned", seen.patience).known
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
    asked = [*before, (view.aligned(spec, _nothing(seen)), seen), (last, replied.last(after))]
    rows, refusals = list[Row](), list[str]()
    for side, each in asked:
        row, refusal = replied.row(engine, each, side, ReplyTo(text), f"story {side.title}")
        rows.append(Row(replace(side, empty=question.withheld(QUIZ))) if hides and each is seen else row)
        refusals.append(refusal)
    note = " ".join(filter(None, (next(filter(None, refusals), ""), strange))) or view.standing(request, rules)
    given = [token.shown or token.text for token in tokens]
    drawn = view.replies(given, request, rules, style(spec), rows, note)
    parts.replies(drawn, live.shared(seen), key="replies", on_action=lambda _: _train(engine, safe(spec)))


def _nothing(seen: Seen) -> str:
    if seen.status is None:
        return "Not trained with these settings yet. Press Train live."
    return words.sentence(states.line(seen.status, seen.history, visit.current().spec).text)


def _train(engine: Engine, spec: RunSpec) -> None:
    try:
        engine.train(spec, visit.viewer())
    except ValueError as problem:
        st.session_state[controls.REFUSED] = str(problem)


# What each stage brings


def stages(engine: Engine, seen: Seen) -> None:
    """Draw the table; it waits for the end of a run under way."""
    with st.container(key="stages_area"):
        st.markdown("**What each stage brings, and what it costs**")
        if not visit.current().lecture:
            st.caption(ABOUT)
        waits = any(_measured(engine, each, name).pending for name, each in _family(engine, seen))

        def drawn() -> None:
            if held := question.withheld(QUIZ):
                st.caption(held)
                return
            found = {name: (each, _measured(engine, each, name)) for name, each in _family(engine, seen)}
            known = {name: next(iter(asked.known.values())) for name, (_, asked) in found.items() if asked.known}
            rows = [_stage(each, spec, known.get(name)) for (name, (each, _)), spec in zip(found.items(), _specs(), strict=True)]
            parts.table(stages_view.table(rows, visit.number(), visit.current().lecture), key="stages", on_open=path.lead)
            if told := stages_view.told(known):
                st.markdown(lesson.plain(told))
            if path.leads():
                st.rerun()

        st.fragment(drawn, run_every=live.EVERY if waits else None, key="stages_drawn")()


def _specs() -> list[RunSpec]:
    """The family in the order in which it is made: from the base to the aligned model with the reward it learns from, then the safe one."""
    spec = visit.current().spec
    *before, own = spec.lineage
    judge = spec.inputs.get(REWARD_ROLE)
    return [*before, *([judge] if isinstance(judge, RunSpec) else []), own, safe(spec)]


def _family(engine: Engine, seen: Seen) -> list[tuple[str, Seen]]:
    own = visit.current().spec
    named = {own.id: "aligned", **({own.start.id: "tuned"} if isinstance(own.start, RunSpec) else {})}
    return [(named.get(each.id, each.stage), seen if each == own else live.latest(engine, each)) for each in _specs()]


def _stage(seen: Seen, spec: RunSpec, measured: Measured | None) -> Stage:
    judge = visit.current().spec.inputs.get(REWARD_ROLE)
    return Stage(spec, seen.history, seen.run.key if seen.run else "", measured, spec != judge)


def _measured(engine: Engine, seen: Seen, name: str, patience: float | None = live.PATIENCE) -> ask.Asked[Measured]:
    """What the last snapshot of a run comes to, once it has ended; nothing of one that does not write."""
    last = seen.history.snapshots[-1:] if seen.ended and name != "reward" else ()
    asked = Measure(safe(visit.current().spec).objective.rules, style(visit.current().spec))
    return ask.answers(engine, seen.run, last, asked, patience, f"measured {name}") if last else ask.Asked()
