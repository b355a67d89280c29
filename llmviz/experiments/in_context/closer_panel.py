"""Closer looks at *Prompting*: the heads that look back, a prompt against a gradient, three ways to use one GPT."""

import streamlit as st

from llmviz.core.questions.attention import Attend
from llmviz.core.run import RunRef
from llmviz.core.spec import preset
from llmviz.core.update import Done
from llmviz.experiments.in_context import heads_view, panel, real_panel, ways_view, worth_view
from llmviz.experiments.in_context.question import VALUES, LookBack, Moods, PromptOrTune, TellMoods
from llmviz.experiments.in_context.ways_view import Headed
from llmviz.parts.attention.payload import Attention
from llmviz.runs.engine import Engine
from llmviz.ui import ask, live, parts, visit
from llmviz.ui.closer import Tab, network, step_of
from llmviz.ui.live import Seen
from llmviz.views import attention as maps


def heads(engine: Engine, seen: Seen, run: RunRef) -> None:
    """Draw where each head looks in the prompt, opened on the one that looks back most; and what is measured over many prompts."""
    if panel.withheld():
        st.markdown(panel.withheld())
        return
    text, _ = panel.present()
    spec = visit.current().spec
    tokens, _ = ask.read(engine, run, text)
    steps = maps.affordable(seen.history.snapshots, spec.model, len(tokens))
    attended = ask.answers(engine, run, steps, Attend(text), None, "attention")
    measured = ask.answers(engine, run, steps, LookBack(), None, "heads")
    if not attended.known or not measured.known:
        panel.nothing(attended.refusal or measured.refusal)
        return
    step = max(each for each in measured.known if each <= step_of(seen))
    found = measured.known[step]
    layer, head = heads_view.furthest(found, VALUES)
    drawn: Attention = {
        **maps.maps(tokens, spec.model, attended.known, {}, ""),
        **heads_view.names(measured.known),
        "title": "",
        "compact": False,
        "layer": layer,
        "head": head,
        "withheld": "",
    }
    parts.attention(drawn, live.shared(seen), key="heads", on_head=lambda _: None)
    panel.say(heads_view.told(found))


def worth(engine: Engine, seen: Seen, run: RunRef) -> None:
    """Draw what the same pairs bring in a prompt and in a gradient."""
    if panel.withheld():
        st.markdown(panel.withheld())
        return
    step = step_of(seen)
    with st.spinner("Copies are being fine-tuned: some seconds."):
        asked = ask.answers(engine, run, [step], PromptOrTune(), None, "worth")
    if step not in asked.known:
        panel.nothing(asked.refusal)
        return
    left, right = st.columns([0.55, 0.45], gap="large")
    with left:
        parts.curves(worth_view.curves(asked.known[step]), key="worth")
    with right:
        panel.say(worth_view.told(asked.known[step]))


def ways(engine: Engine, seen: Seen, run: RunRef) -> None:
    """Draw how well a head and prompts tell the mood of opinions."""
    headed = _headed(engine)
    with st.spinner("A thousand opinions are being read: some seconds."):
        plain = _moods(engine, panel.parent(engine), None)
        listed = _moods(engine, run, step_of(seen))
    left, right = st.columns([0.5, 0.5], gap="large")
    with left:
        parts.accuracy_bars(ways_view.bars(headed, plain), live.shared(seen), key="ways")
    with right:
        panel.say(ways_view.told(headed, plain, listed))


def _headed(engine: Engine) -> Headed | None:
    """The GPT with a head for moods that came with the program, or was trained on this machine."""
    spec = preset("sentiment", parent="clm")
    run = engine.recorded(spec) or engine.find(spec)
    end = engine.history(run).end if run else None
    return Headed(spec.objective.labels, end.metrics) if isinstance(end, Done) else None


def _moods(engine: Engine, run: RunRef | None, step: int | None) -> Moods | None:
    """What a run makes of the moods at a step, or at its last snapshot."""
    if run is None:
        return None
    wanted = [step] if step is not None else list(engine.history(run).snapshots[-1:])
    known = ask.answers(engine, run, wanted, TellMoods(), None, f"moods of {run.key}").known
    return known.get(wanted[0]) if wanted else None


TABS = {
    "heads": Tab("The head that looks back", heads),
    "worth": Tab("Prompt or gradient?", worth),
    "ways": Tab("Three ways to use a GPT", ways),
    "real": Tab("A real model", real_panel.draw),
    "network": Tab("The network", network),
}
