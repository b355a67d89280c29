"""Below the box of a sentence: which text's model is asked, the words it knows, and known words in place of unknown ones."""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache

import streamlit as st
from tokenizers import Tokenizer

from llmviz.core import catalogue
from llmviz.core.address import LONGEST_SENTENCE
from llmviz.core.lesson import Lesson
from llmviz.core.texts import TEXTS
from llmviz.parts.word_list.payload import WordGroup
from llmviz.runs.engine import Engine
from llmviz.text.tinyland import world
from llmviz.text.tokenizers import in_words
from llmviz.ui import ask, parts, sentence, visit
from llmviz.ui.live import Seen

TEXT, NEAR = "text_switch", "near_words"
MOST_UNKNOWN, MOST_NEAR = 2, 2  # unknown words for which there is room, and known ones offered for each
MOST_PIECES = 150  # whole words that are listed of a vocabulary of pieces

# Tinyland's words by what they are for; what is in no table stands under the last heading.
GROUPS: Mapping[str, Sequence[str]] = {
    "people": tuple(world.PEOPLE),
    "countries": tuple(world.CAPITALS),
    "capitals": tuple(world.CAPITALS.values()),
    "animals": tuple(word for animal, (_, plural, _) in world.SOUNDS.items() for word in (animal, plural)),
    "what they do": tuple(word for one, _, several in world.SOUNDS.values() for word in (one, several)),
    "places": (*world.PLACES, *world.SIGHTS),
    "shows": world.SHOWS,
    "how it was": (*world.ADJECTIVES["good"], *world.ADJECTIVES["bad"]),
    "how one felt": (*world.FEELINGS["good"], *world.FEELINGS["bad"]),
    "what one did": (*world.VERDICTS["good"], *world.VERDICTS["bad"]),
    "food": (*world.FOODS, *world.FEEDS),
}
OTHERS = "other words"


def groups(vocabulary: Sequence[str], tables: Mapping[str, Sequence[str]] = GROUPS) -> dict[str, list[str]]:
    """Every word of the vocabulary, once, under the first heading whose table has it."""
    left = set(vocabulary)
    found: dict[str, list[str]] = {}
    for heading, table in tables.items():
        found[heading] = [word for word in dict.fromkeys(table) if word in left]
        left -= set(table)
    return {heading: words for heading, words in (*found.items(), (OTHERS, [word for word in vocabulary if word in left])) if words}


def replaced(text: str, old: str, new: str) -> str:
    """The text with another word wherever this one stands as a word."""
    return re.sub(rf"(?<!\w){re.escape(old)}(?!\w)", lambda _: new, text)


def row(engine: Engine, seen: Seen, whose: Lesson | None = None) -> None:
    """Draw it for the sentence in the address; `whose` are the examples of a page that has its own."""
    text, hidden = sentence.shown(visit.current(), whose)

    def put(texts: Sequence[str]) -> None:
        visit.change(sentence=texts[0], hidden=hidden or None)

    draw(engine, seen, (text,), put, whose)


def draw(engine: Engine, seen: Seen, given: Sequence[str], put: Callable[[Sequence[str]], None], whose: Lesson | None = None) -> None:
    """Draw it for one or more texts, to the last of which a word is appended; `put` takes them as they are then. A lecture has no room."""
    if visit.current().lecture:
        return
    with st.container(key="known_row", horizontal=True, vertical_alignment="center", gap="small"):
        _switch(seen, whose)
        _listed(engine, seen, given, put)
        _near(engine, seen, given, put)


def _switch(seen: Seen, whose: Lesson | None) -> None:
    """The texts there are models of, where there are several. Closed to whoever steers a run under way, as *Change* is."""
    spec = visit.current().spec
    trained = catalogue.experiment(spec.stage)
    texts = [name for name in trained.texts if name in (whose or trained).examples]
    if len(texts) < 2:
        return
    st.session_state[TEXT] = spec.text.name
    st.segmented_control(
        "Text that the model has read",
        texts,
        format_func=lambda name: TEXTS[name].title,
        key=TEXT,
        required=True,
        disabled=seen.steered,
        label_visibility="collapsed",
        on_change=lambda: visit.turn_to(st.session_state[TEXT]),
    )


def _listed(engine: Engine, seen: Seen, given: Sequence[str], put: Callable[[Sequence[str]], None]) -> None:
    """The words the model knows, behind a button; a click appends one."""
    if seen.run is None:
        return
    try:
        tokenizer = ask.tokenizer_of(engine, seen.run)
    except (OSError, ValueError):  # a run that has only begun has none yet
        return
    whole, headings = _headings(tokenizer)
    said = "It knows these words and no others." if whole else "Other words it reads in pieces. These are some that it knows whole."

    def append(word: str) -> None:
        longer = f"{given[-1].rstrip()} {word}".lstrip()
        if len(longer) <= LONGEST_SENTENCE:
            put((*given[:-1], longer))

    # Filled although closed: a popover that tells when it closes draws the page it stood on, in place of one that a click turned to.
    with st.popover("Words it knows", type="tertiary", icon=":material/menu_book:", key="known_words"):
        listed: list[WordGroup] = [{"heading": heading, "words": list(words_of)} for heading, words_of in headings.items()]
        parts.word_list({"said": f"{said} A click adds one to the sentence.", "groups": listed}, key="known_list", on_word=append)


@lru_cache(maxsize=64)
def _headings(tokenizer: Tokenizer) -> tuple[bool, Mapping[str, Sequence[str]]]:
    """Whether it knows whole words alone, and those to be listed, by heading."""
    if in_words(tokenizer):
        return True, groups(ask.words_of(tokenizer))
    vocabulary = tokenizer.get_vocab()
    ordered = (word.removeprefix("Ġ") for word in sorted(vocabulary, key=vocabulary.__getitem__) if not word.startswith("##"))
    words = dict.fromkeys(word for word in ordered if len(word) > 2 and word.isascii() and word.isalpha())
    return False, {"": list(words)[:MOST_PIECES]}


def _near(engine: Engine, seen: Seen, given: Sequence[str], put: Callable[[Sequence[str]], None]) -> None:
    """For words the model does not know, known ones that look alike; a click replaces."""
    tokens = [token for text in given for token in ask.read(engine, seen.run, text)[0]]
    strange = list(dict.fromkeys(token.source for token in tokens if not token.known))
    if not strange or seen.run is None:
        return
    tokenizer = ask.tokenizer_of(engine, seen.run)
    offers = {f"{old} → {new}": (old, new) for old in strange[:MOST_UNKNOWN] for new in ask.near(old, tokenizer, MOST_NEAR)}
    if not offers:
        return

    def replace() -> None:
        chosen, st.session_state[NEAR] = st.session_state[NEAR], None
        if chosen in offers:
            put([replaced(text, *offers[chosen]) for text in given])

    st.pills("Known words in place of unknown ones", list(offers), key=NEAR, label_visibility="collapsed", on_change=replace)
