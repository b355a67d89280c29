"""A visitor's tagged text as a page shows it: its first sentences with their names in colour, its counts, sentences to try from it."""

import html
from collections.abc import Mapping, Sequence
from functools import lru_cache

from llmviz.core.history import History
from llmviz.core.lesson import Example
from llmviz.core.tagging import entities, named
from llmviz.text import own_tagged
from llmviz.text.own_tags import Sentence, Tagged
from llmviz.views.outcome import outcome, shares
from llmviz.views.words import counted, sentence

TRIED = 4  # suggested sentences: more buttons would take a second line
SHORT = 90  # letters of a suggested sentence; the box shows some so many
CUT = 30  # words of a sentence that are shown
LONG = 40  # letters of a word that are shown


def learnt(text: Tagged, most: int) -> int:
    """How many sentences a run learns from that may learn from so many."""
    return min(most, len(own_tagged.divided(text)["train"]))


def summary(text: Tagged) -> str:
    """How many sentences and types there are, and what becomes of the sentences, in a sentence."""
    split = own_tagged.divided(text)
    count = sum(map(len, split.values()))
    return (
        f"{counted(count, 'sentence')}, {counted(len(text.types), 'type')}: {len(split['train']):,} to learn from, "
        f"{len(split['validation']):,} to look at while training, {len(split['test']):,} for the final figure"
    )


def remarks(text: Tagged) -> list[str]:
    """What there is to say of the sentences: what was left out, and how little the figures can be trusted."""
    split = own_tagged.divided(text)
    fewer = len(text.sentences) - sum(map(len, split.values()))
    left_out = f"{counted(fewer, 'sentence')} left out: the words of an earlier one, or the words of another with other tags"
    return [sentence(said) for said in (left_out if fewer else "", own_tagged.doubt(split["test"])) if said]


def counts(text: Tagged) -> str:
    """How many names there are of each type, in its colour, in HTML."""
    each = (
        f"<mark class=kind{place}>{html.escape(named(kind))}</mark> <b>{count:,}</b>"
        for place, (kind, count) in enumerate(zip(text.types, text.counts, strict=True))
    )
    return f"<p class='own_counts own_tagged'>{' · '.join(each)}</p>"


def preview(text: Tagged, count: int) -> str:
    """The first sentences in which there is a name, in HTML, all of it as text: the names in their colours, each with its type."""
    named = [each for each in text.sentences if any(True for _ in entities(each.tags))][:count]
    return f"<div class=own_tagged>{''.join(f'<p>{_marked(each, text.types)}</p>' for each in named)}</div>"


def _marked(shown: Sentence, types: Sequence[str]) -> str:
    entity_at = {entity.begin: entity for entity in entities(shown.tags)}
    written, place, most = list[str](), 0, min(CUT, len(shown.words))
    while place < most:
        entity = entity_at.get(place)
        end = min(entity.end if entity else place + 1, most)
        words = html.escape(" ".join(word if len(word) <= LONG else f"{word[:LONG]}…" for word in shown.words[place:end]))
        if entity:
            kind = html.escape(named(entity.kind))
            words = f"<mark class=kind{types.index(entity.kind)}>{words}<span>{kind}</span></mark>"
        written.append(words)
        place = end
    return " ".join([*written, *(["…"] if len(shown.words) > CUT else [])])


@lru_cache(maxsize=4)  # a page that follows a training draws itself several times a second
def suggestions(text: Tagged) -> tuple[Example, ...]:
    """Held-out sentences to try, one with a name of each of the first types: of the short ones that with most names, or the shortest."""
    tried: dict[str, str] = {}
    test = own_tagged.divided(text)["test"]
    for kind in text.types:
        having = {" ".join(each.words): len([*entities(each.tags)]) for each in test if f"B-{kind}" in each.tags}
        unused = [each for each in having if each not in tried.values()]
        short = [each for each in unused if len(each) <= SHORT] or sorted(unused, key=len)[:1]
        if short and len(tried) < TRIED:
            tried[kind] = max(short, key=having.__getitem__)
    return tuple(Example(named(kind), each) for kind, each in tried.items())


@lru_cache(maxsize=4)
def _told(text: Tagged) -> Mapping[tuple[str, ...], tuple[str, ...]]:
    return {sentence.words: sentence.tags for part in own_tagged.divided(text).values() for sentence in part}


def truth(text: Tagged, words: Sequence[str]) -> tuple[str, ...]:
    """The tags of these words where they are a sentence of the text; () where nobody has said them."""
    return _told(text).get(tuple(words), ())


def claim(text: Tagged, count: int, tested: int, pretrained: History, scratch: History) -> str:
    """What so many sentences came to with and without pretraining, as the title of a page; a question before both are measured."""
    if shares(pretrained, scratch, "f1") == (None, None):
        several = f"{len(text.types)} types of " if len(text.types) > 1 else ""
        return f"Can a model learn to mark your {several}names?"
    held_out = own_tagged.divided(text)["test"][:tested]
    names = sum(True for each in held_out for _ in entities(each.tags))
    return outcome(counted(count, "tagged sentence"), "F1 of {:.0%} on unseen ones", names, *shares(pretrained, scratch, "f1"))
