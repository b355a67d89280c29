"""The picture of *Architecture*: the walk through one model, its logit lens, what each piece of it is worth, and other models beside it."""

from dataclasses import dataclass

import streamlit as st

from llmviz.core import catalogue
from llmviz.core.experiment import FINE_TUNING, notes
from llmviz.core.questions.base import AnyAnswer, Question
from llmviz.core.questions.tensors import Inventory, Tensors
from llmviz.core.settings import TextSpec, check, setting
from llmviz.core.spec import RunSpec, preset, restarted
from llmviz.experiments.architecture import EXAMPLES, LESSON, lens_view, sides_view, silence_view, sizes_view, view, weights_view
from llmviz.experiments.architecture.question import Ablation, LensRead, LogitLens, Measured, Silence, Walk, Walked
from llmviz.experiments.architecture.weights_view import Stage
from llmviz.runs.engine import Engine
from llmviz.ui import ask, live, parts, path, question, real, sentence, visit
from llmviz.ui.live import Seen
from llmviz.views import words
from llmviz.views.reveal import Reveal

MODELS = {"clm": "GPT", "mlm": "BERT", "span": "T5", "sentiment": "BERT, fine-tuned"}
BESIDE = ("clm", "mlm", "span")
TABS = {
    "walk": "Box by box",
    "lens": "Logit lens",
    "pieces": "Switch off",
    "weights": "Its weights",
    "sides": "GPT, BERT, T5",
    "sizes": "Real sizes",
}
TAB, MODEL = "architecture_tab", "architecture_model"
PIECES = "quiz_pieces"
NOTES = notes(__file__)
NOTHING_YET = "No model yet. Press Train live and walk through it as it learns."
ON_ITS_WAY = "On its way."
ABOUT = {
    "lens": "The model's own head, put on the stream before it has gone all the way: what it would say there already. The more coloured, "
    "the likelier the word is there that is said at the end.",
    "pieces": "Each head, and each layer's attention and feed-forward part, adds to the stream. Here one at a time adds nothing: what the "
    "model says of your sentence then{asked}, and what it measures on held-out texts.",
    "weights": "One model through its stages. A length is that of all numbers of a part as one long vector; what has moved is told as a "
    "share of the length it set out from, and the further it has, the more coloured. The slider moves the stage that this page shows.",
    "sides": "Read off the boxes of the three models. What differs from the GPT is coloured.",
    "sizes": "The same boxes at published shapes, counted from the shape: parameters, and multiply-adds a token.",
}


@dataclass(frozen=True)
class Looking:
    """What the page's visitor has chosen to see; -1 leaves it to the page."""

    tab: str = setting("walk", "View", "The walk, or what it is held against.", choices=tuple(TABS))
    real: str = setting("", "Real model", "The model that was trained elsewhere, in place of a run.", letters=64)
    opened: int = setting(1, "Stage", "The part of the model whose boxes are open, counted from 0.", low=0, high=99)
    box: int = setting(-1, "Box", "Counted from 0.", low=-1, high=9_999)
    head: int = setting(-1, "Head", "Counted from 0.", low=-1, high=99)
    row: int = setting(-1, "Row", "Counted from 0.", low=-1, high=999)
    column: int = setting(-1, "Column", "Counted from 0.", low=-1, high=9_999)

    def __post_init__(self) -> None:
        check(self)


def choose() -> None:
    """Draw the choice of view and of model."""
    real.choose(TABS, MODELS, TAB, MODEL, _turn, _switch)


def picture(engine: Engine, seen: Seen) -> None:
    """Draw what the address asks for, and below it the curve that moves it."""
    tab = visit.current().view.tab
    with st.container(key="walk_area"):
        {"walk": _walk, "lens": _lens, "pieces": _pieces, "weights": _weights, "sides": _sides, "sizes": _sizes}[tab](engine, seen)
    live.curve(seen, small=True)


def predict(engine: Engine, seen: Seen) -> None:
    """Draw the question: how many heads can go. The run tells it on the first sentence of its text."""
    first = EXAMPLES[visit.current().spec.text.name][0]

    def reveal() -> Reveal | None:
        found = _asked(engine, seen, Silence(first.sentence, first.hidden), "heads", last=True).answer
        return silence_view.told(found) if found else None

    lead, never = "Switch off one head at a time:", "There is no answer now."
    question.draw(lead, silence_view.QUIZ, PIECES, reveal if seen.ended else None, never=never)


def _walk(engine: Engine, seen: Seen) -> None:
    chosen = visit.current().view
    text, hidden = _said(engine, seen)
    found = _asked(engine, seen, Walk(text, hidden, chosen.opened), "walk")
    moved = _asked(engine, seen, Tensors(0), "moved").answer
    _, strange = ask.read(engine, seen.run, text)
    at = (chosen.box, chosen.head, chosen.row if chosen.row >= 0 else _row(hidden), chosen.column)
    drawn = view.walk(found.answer, moved, at, strange, _nothing(seen, text, found.refusal))
    parts.walk(drawn, live.shared(seen), key="walk", on_stage=open_stage, on_at=look_at)


def _lens(engine: Engine, seen: Seen) -> None:
    text, hidden = _said(engine, seen)
    found = _asked(engine, seen, LogitLens(text, hidden), "lens")
    lens(found.answer, _nothing(seen, text, found.refusal))


def _pieces(engine: Engine, seen: Seen) -> None:
    if question.withheld(PIECES):
        st.caption(question.withheld(PIECES))
        return
    text, hidden = _said(engine, seen)
    found = _asked(engine, seen, Silence(text, hidden), "pieces")
    if found.answer is None:
        st.caption(_nothing(seen, text, found.refusal))
        return
    said, experiment = found.answer, catalogue.experiment(visit.current().spec.stage)
    st.caption(ABOUT["pieces"].format(asked=f" at “{said.asked}”" if said.asked else ""))

    def draw(measured: Measured | None, key: str) -> None:
        parts.table(silence_view.silence(said, measured, experiment, visit.number()), key=key, on_open=path.lead)

    ablation = Ablation(start=said.step)
    measured = _asked(engine, seen, ablation, "ablation", patience=0.0)
    table = st.empty()
    if measured.answer is None and not seen.under_way:  # it takes seconds: what the sentence says stands there meanwhile
        with table.container():
            draw(None, "pieces_said")
        with st.spinner(f"Measuring on held-out texts without each of {words.counted(len(said.pieces) - 1, 'piece')}."):
            measured = _asked(engine, seen, ablation, "ablation")
    with table.container():
        draw(measured.answer, "pieces")
    if measured.refusal:
        st.caption(words.sentence(measured.refusal))


def _weights(engine: Engine, seen: Seen) -> None:
    stages = _stages(engine, seen)
    st.caption(ABOUT["weights"] if stages else _nothing(seen, " ", ""))
    if stages:
        parts.table(weights_view.weights(stages, visit.number()), key="weights", on_open=path.lead)


def _stages(engine: Engine, seen: Seen) -> list[Stage]:
    """The model as it began, as it was pretrained, and as one task has tuned it, as far as there are runs of these."""
    spec = visit.current().spec
    root = spec.lineage[0]
    its = seen if spec == root else live.latest(engine, root)
    begun, ended = _first(engine, its), _asked(engine, its, Tensors(0), "weights", last=spec != root).answer
    if begun is None or ended is None:
        return []
    where = catalogue.experiment(root.stage).title
    found = [Stage("Random start", f"step 0 of {where}", begun), Stage("Pretrained", f"step {ended.step:,} of {where}", ended, begun)]
    task, tuned = (spec, seen) if spec != root else _task(engine, root)
    if task is not None:
        first, last = _first(engine, tuned), _asked(engine, tuned, Tensors(0), "weights of the task", last=spec == root).answer
        if first and last:
            found.append(Stage("Fine-tuned", f"step {last.step:,} of {catalogue.experiment(task.stage).title}", last, first))
    return found


def _first(engine: Engine, seen: Seen) -> Inventory | None:
    """The tensors of a run at its first step."""
    return ask.answers(engine, seen.run, seen.history.snapshots[:1], Tensors(0), seen.patience, slot=f"begun {seen.run}").known.get(0)


def _task(engine: Engine, root: RunSpec) -> tuple[RunSpec | None, Seen]:
    """The first task that starts from this model and has a run here."""
    for each in catalogue.BY_NAME.values():
        if each.phase == FINE_TUNING and root.stage in each.starts and root.text.name in each.texts:
            spec = restarted(preset(each.name, root.text, root.stage), root)
            if (found := live.latest(engine, spec)).history.snapshots:
                return spec, found
    return None, live.look(engine, None)


def _sides(engine: Engine, seen: Seen) -> None:
    text = visit.current().spec.text.name
    found: dict[str, Walked] = {}
    for stage in BESIDE:
        name = text if text in catalogue.experiment(stage).texts else "tinyland"
        first = EXAMPLES[name][0]
        its = live.latest(engine, preset(stage, TextSpec(name)))
        answer = _asked(engine, its, Walk(first.sentence, first.hidden), f"side {stage}", last=True).answer
        if answer is not None:
            found[MODELS[stage]] = answer
    st.caption(ABOUT["sides"] if found else ON_ITS_WAY)
    if found:
        parts.table(sides_view.sides(found, visit.number()), key="sides", on_open=path.lead)


def _sizes(engine: Engine, seen: Seen) -> None:
    text, hidden = _said(engine, seen)
    found = _asked(engine, seen, Walk(text, hidden), "walk")
    sizes(found.answer, f"this {MODELS[visit.current().spec.stage]}", _nothing(seen, text, found.refusal))


def lens(found: LensRead | None, nothing: str) -> None:
    """Draw what the head would say at every place of the stream, or why there is `nothing`."""
    if found is None:
        st.caption(nothing)
        return
    st.caption(f"{ABOUT['lens']} {lens_view.left_out(found)}")
    parts.table(lens_view.lens(found, visit.number()), key="lens", on_open=path.lead)


def sizes(found: Walked | None, name: str, nothing: str) -> None:
    """Draw the sizes of a model of this name beside published ones, or why there is `nothing`."""
    if found is None:
        st.caption(nothing)
        return
    st.caption(ABOUT["sizes"])
    parts.table(sizes_view.sizes(found, name, visit.number()), key="sizes", on_open=path.lead)


def _said(engine: Engine, seen: Seen) -> tuple[str, tuple[int, ...]]:
    """The sentence, and those of its hidden places that it has: a GPT is asked what stands there. A classifier is asked nothing of them."""
    text, hidden = sentence.shown(visit.current(), LESSON)
    count = len(ask.read(engine, seen.run, text)[0])
    return text, tuple(place for place in hidden if place < count) if visit.current().spec.stage != "sentiment" else ()


def _row(hidden: tuple[int, ...]) -> int:
    """The row to look at first: the gap, or where a GPT says what stands in it; -1 leaves it to the picture, as of a T5, which writes."""
    stage = visit.current().spec.stage
    return hidden[0] + (stage == "mlm") if hidden and stage in ("clm", "mlm") else -1


def _asked(
    engine: Engine, seen: Seen, asked: Question[AnyAnswer], slot: str, *, last: bool = False, patience: float | None = None
) -> ask.Found[AnyAnswer]:
    """The answer of the snapshot on which the slider was let go, or the last one; while that is on its way, of one before it."""
    wanted = None if last else visit.current().step
    steps = [step for step in seen.history.snapshots if wanted is None or step <= wanted]
    found = ask.answers(engine, seen.run, steps[-1:], asked, seen.patience if patience is None else patience, slot=slot)
    known = [step for step in steps if step in found.known]
    return ask.Found(found.known[known[-1]] if known else None, found.refusal)


def _nothing(seen: Seen, text: str, refusal: str) -> str:
    """Why there is nothing to see."""
    if not text.strip():
        return sentence.EMPTY
    if seen.status is None:
        return NOTHING_YET
    if not seen.history.snapshots:
        return "The walk begins with the first snapshot."
    return words.sentence(refusal) or ON_ITS_WAY


def open_stage(stage: int) -> None:
    """Remember the stage whose boxes are open."""
    visit.set(opened=int(stage), box=-1, head=-1, row=-1, column=-1)


def look_at(at: list[int]) -> None:
    """Remember what is chosen: box, head, row, column."""
    box, head, row, column = (int(each) for each in at)
    visit.set(box=box, head=head, row=row, column=column)


def _turn() -> None:
    visit.set(tab=st.session_state[TAB])


def _switch() -> None:
    """Walk through another model on the same sentence: its default run, on Tinyland where it has none on this text."""
    stage, text = st.session_state[MODEL], visit.current().spec.text
    visit.set(real="" if stage in MODELS else stage, opened=1, box=-1, head=-1, row=-1, column=-1)
    if stage not in MODELS:
        return
    there = text if text.name in catalogue.experiment(stage).texts else TextSpec("tinyland")
    visit.change(spec=preset(stage, there), run=None, parent=None, step=None)
