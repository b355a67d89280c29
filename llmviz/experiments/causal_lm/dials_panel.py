"""How the next token is drawn, and how far the text on the page goes: the page's own settings, and their widgets."""

from dataclasses import dataclass

import streamlit as st

from llmviz.core.questions.generation import Generate
from llmviz.core.settings import check, setting, settings_of
from llmviz.ui import visit

MOST = 40  # tokens written at most: as many as the page shows on three lines
WRITTEN = "written"  # session key: the beginning and the text that a branch belongs to
STEPS = {"temperature": 0.1, "top_k": 1, "top_p": 0.05, "penalty": 0.1, "draw": 1}


@dataclass(frozen=True)
class View:
    """What the visitor of *Next token* may set, all of it in the address."""

    temperature: float = setting(
        0.8,
        "Temperature",
        "Divides the logits. Below 1 likely tokens become likelier still, above 1 all become more alike; 0 always takes the likeliest.",
        low=0.0,
        high=100.0,
    )
    top_k: int = setting(0, "Top-k", "Only this many of the likeliest tokens may be drawn; 0 keeps all.", low=0, high=100_000)
    top_p: float = setting(
        1.0,
        "Top-p",
        "Only the likeliest tokens that together have this share of the probability may be drawn; 1 keeps all.",
        low=0.0,
        high=1.0,
    )
    penalty: float = setting(
        1.0,
        "Repetition",
        "Repetition penalty: tokens that have occurred, in the beginning too, grow less likely; 1 changes nothing.",
        low=0.1,
        high=10.0,
    )
    draw: int = setting(0, "Seed", "Which random numbers decide: the same seed gives the same text.", low=0, high=2**31 - 1)
    tokens: int = setting(MOST, "Tokens", "How many tokens of the continuation are shown.", low=0, high=MOST)
    at: int = setting(0, "Place", "The token whose alternatives are shown, counted from 0.", low=0, high=MOST)
    branch: str = setting("", "Branch", "The tokens chosen by hand, as their numbers in the vocabulary.", letters=400)
    more: str = setting("", "More", "What is shown below.", choices=("", "beams", "grown", "bits", "sizes", "real"))
    real: str = setting("", "Real model", "The model that was trained elsewhere; the first where nothing is said.", letters=64)
    width: int = setting(3, "Beams", "How many continuations beam search follows at once.", low=1, high=5)

    def __post_init__(self) -> None:
        check(self)
        if not all(part.isascii() and part.isdigit() and len(part) < 7 for part in self.branch.split(",") if self.branch):
            raise ValueError("Branch: chosen tokens are numbers with commas between them, such as 17,203")
        if len(self.chosen) > MOST:
            raise ValueError(f"Branch: at most {MOST} tokens can be chosen")

    @property
    def chosen(self) -> tuple[int, ...]:
        """The ids of the tokens chosen by hand, and of those before them."""
        return tuple(map(int, self.branch.split(","))) if self.branch else ()

    def question(self, text: str) -> Generate:
        """What the page asks of every snapshot about this beginning."""
        filters = {"temperature": self.temperature, "top_k": self.top_k, "top_p": self.top_p, "repetition_penalty": self.penalty}
        return Generate(text, MOST, seed=self.draw, chosen=self.chosen, **filters)  # type: ignore[arg-type] # numbers of two types


def view() -> View:
    """The present settings."""
    found = visit.current().view
    assert isinstance(found, View)
    return found


def keep_branch(text: str, beginning: str) -> None:
    """Forget the branch where it belongs to another beginning, or to a text with another vocabulary."""
    before, now = st.session_state.get(WRITTEN), (text, beginning)
    st.session_state[WRITTEN] = now
    if before not in (None, now) and (view().branch or view().at):
        visit.set(branch="", at=0)


def take(path: list[int]) -> None:
    """Go another way: these ids stand at the first places, and the model goes on after them."""
    whole = view().tokens >= MOST
    visit.set(branch=",".join(str(int(id)) for id in path), at=len(path), tokens=MOST if whole else len(path))


def select(place: int) -> None:
    """Show the alternatives to this token."""
    visit.set(at=int(place))


def forget(_: bool) -> None:
    """Let the model choose every token."""
    visit.set(branch="")


def row(length: int) -> None:
    """Draw the buttons that write and the dials that decide how. `length`: tokens of the whole continuation at the step on the page."""
    now, lecture = view(), visit.current().lecture
    shown = min(now.tokens, length)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="dials_row"):
        st.button("Next token", key="next", disabled=shown >= length, on_click=_go, args=(shown + 1,))
        st.button("To the end", key="end", disabled=shown >= length, on_click=_go, args=(MOST,))
        st.button("Start over", key="over", disabled=not shown, on_click=_over)
        for item, limits in settings_of(now):
            if item.name in STEPS and not (lecture and item.name == "draw"):  # large type leaves no room for all
                key, whole = f"dial_{item.name}", isinstance(item.default, int)
                st.session_state[key] = getattr(now, item.name)
                kind = int if whole else float
                st.number_input(
                    limits.label,
                    kind(limits.low),
                    kind(limits.high),
                    step=kind(STEPS[item.name]),
                    format="%d" if whole else "%.2f",
                    help=None if lecture else limits.help,
                    key=key,
                    width=122 if lecture else 105,
                    on_change=_turned,
                    args=(item.name, key),
                )
        st.button("Draw again", key="again", disabled=not length, on_click=_again)


def _turned(name: str, key: str) -> None:
    visit.set(**{name: st.session_state[key]})


def _go(tokens: int) -> None:
    visit.set(tokens=min(tokens, MOST), at=min(tokens, MOST) if tokens < MOST else view().at)


def _again() -> None:
    visit.set(draw=(view().draw + 1) % 2**31)


def _over() -> None:
    visit.set(tokens=0, at=0, branch="")
