"""A visitor's own examples: the box they are pasted into, or chosen in as a file, and an address that names some that are not here."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import streamlit as st

from llmviz.core.address import change
from llmviz.ui import given, lesson, uploads, visit
from llmviz.views import words

Kept = TypeVar("Kept")
TINYLAND = "A model that has read Tinyland knows its few hundred words alone. To all others it says [UNK], and cannot tell them apart."


@dataclass(frozen=True)
class Box:
    """What a page says of its box. `key` begins the names of all that a session keeps of it; `file_types` and `megabytes` bound a file."""

    key: str
    title: str
    icon: str
    about: str
    placeholder: str
    button: str
    file_types: Sequence[str]
    megabytes: int

    def draw(self, take: Callable[[bytes], None], disabled: bool, more: Callable[[], None], mend: Callable[[], None] | None = None) -> None:
        """Draw the box, and in it why what was last given was refused, if it was, with what may `mend` it. `more` is drawn below the file.

        What is given goes to `take`: it closes the box where it raises no ValueError.
        """
        turn = st.session_state.setdefault(self._turn, 0)  # a new one after each, for it opens closed
        with st.popover(self.title, icon=self.icon, key=f"{self.key}_box_{turn}", disabled=disabled):
            st.markdown(f"{self.about} {given.where()}")
            st.text_area(self.title, key=self._pasted, height=160, label_visibility="collapsed", placeholder=self.placeholder)
            st.button(self.button, key=f"{self.key}_read", type="primary", on_click=self._read_pasted, args=(take,))
            if self.refused() and mend:  # here, for the popover stays open and covers what is below it
                mend()
            key = f"{self.key}_file_{turn}"  # a new one after each, so that the file just read does not stay in it
            st.file_uploader(
                "Or a file",
                type=self.file_types,
                key=key,
                max_upload_size=uploads.largest(self.megabytes),
                on_change=self._read_file,
                args=(take, key),
            )
            with st.container(horizontal=True, gap="medium"):
                more()

    def refuse(self, problem: str) -> None:
        """Say this where refusals are said next."""
        st.session_state[self._refused] = words.sentence(problem)

    def refused(self) -> bool:
        """Draw why the last thing asked for was refused; whether it was."""
        said = st.session_state.pop(self._refused, "")
        if said:
            with st.container(key="refused"):
                st.warning(lesson.plain(said), icon=":material/info:")
        return bool(said)

    def close(self) -> None:
        """Let the box be closed, and its file forgotten, when it is drawn next."""
        st.session_state[self._turn] += 1

    def read(self, take: Callable[[bytes], None], content: bytes) -> None:
        """Let this be taken, and close the box; or say why not."""
        try:
            given.count()
            take(content)
        except ValueError as problem:
            self.refuse(str(problem))
        else:
            self.close()

    def _read_pasted(self, take: Callable[[bytes], None]) -> None:
        self.read(take, (st.session_state[self._pasted] or "").encode("utf-8", "replace"))

    def _read_file(self, take: Callable[[bytes], None], key: str) -> None:
        content = uploads.taken(key)
        if content is not None:
            self.read(take, content)

    @property
    def _turn(self) -> str:
        return f"{self.key}_turn"

    @property
    def _pasted(self) -> str:
        return f"{self.key}_pasted"

    @property
    def _refused(self) -> str:
        return f"{self.key}_refused"


def known(read: Callable[[str], Kept], field: str, instead: str, count: str = "labels") -> Kept:
    """What is kept under the digest that a `field` of the address's objective names; what "" names is an example.

    A digest that this machine does not keep is explained among the problems of the address, and the page opens anew with the example:
    `instead` says so. `count` is the setting that says how much of it is learnt from.
    """
    address = visit.current()
    digest = getattr(address.spec.objective, field)
    try:
        return given.read(read, digest)
    except ValueError as problem:
        if not digest:
            st.error(lesson.sentence(str(problem)))
            st.stop()
        usual = {field: "", count: getattr(type(address.spec.objective)(), count)}
        said = f"{words.sentence(str(problem))} {instead}"
        visit.correct(field, said, spec=change(address.spec, usual), run=None, step=None, sentence=None)
        st.rerun()


def learn_from(field: str, digest: str, most: int | None = None, count: str = "labels") -> None:
    """Turn the page to the examples of this digest, with at most so many of them to learn from, by the setting `count`."""
    spec = visit.current().spec
    wanted = {field: digest, count: getattr(type(spec.objective)(), count) if most is None else most}
    visit.change(spec=change(spec, wanted), run=None, step=None, sentence=None, hidden=None)
