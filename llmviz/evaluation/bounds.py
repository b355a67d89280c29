"""The lines a model's figures lie between, worked out on the very targets the model is asked for.

Tinyland's grammar is known, so the best possible loss and accuracy are exact. For real text, two models that count words stand instead.
"""

import gc
import hashlib
import json
import math
from collections.abc import Callable, Sequence
from functools import partial

import numpy as np

from llmviz.evaluation import compression
from llmviz.text import spans, store
from llmviz.text.masks import IGNORED
from llmviz.text.ngrams import trigram, unigram
from llmviz.text.special import SEP
from llmviz.text.tinyland.corpus import world
from llmviz.text.tinyland.floors import World
from llmviz.text.tinyland.gaps import GAP, Gaps
from llmviz.text.tinyland.grammar import END
from llmviz.text.tinyland.sequels import chance_from_order, chance_of_one_story
from llmviz.text.tokenizers import in_bytes, sentinel
from llmviz.training.texts import Encoded, Ids

Hidden = Sequence[tuple[Ids, Ids]]  # batches of (ids, labels), each (batch, n): the label of a target is its token
Work = Callable[[Encoded, Hidden], dict[str, float]]


def references(text: Encoded, batches: Hidden, grammar: World | None = None) -> dict[str, float]:
    """The lines for hidden words, by name, in nats: random_guess; on Tinyland floor, and the share accuracy_ceiling; on real text unigram
    and trigram. Each target is known from the visible words on both sides; `batches` have [MASK] there. A text of Tinyland's words that
    another `grammar` tells has the lines of that.
    """
    return _lines(text, batches, partial(_exact, grammar=grammar) if text.told_by_grammar else _counted)


def next_references(text: Encoded, batches: Hidden) -> dict[str, float]:
    """The same lines for next tokens: each target is known from the words before it, and the end of a text is one.

    On Tinyland the texts are whole.
    """
    return _lines(text, batches, _exact_next if text.told_by_grammar else _counted_next)


Told = Sequence[tuple[str, str, bool]]  # two parts, and whether the second goes on with the first


def pair_references(text: Encoded, hidden: Sequence[tuple[Ids, Ids]], asked: Told) -> dict[str, float]:
    """The lines for pairs of Tinyland's stories: nsp_ceiling, the share told apart by who knows the grammar, and nsp_order, by who knows
    only in what order a story is told; of the loss, on hidden words and on pairs together, random_guess and floor; `word_floor` is that
    of the words alone.

    `hidden` are pairs of one story each with words hidden; who names them is taken to know that it is one story.
    """
    whole = [tuple(_without_cut(ids, labels)) for ids, labels in hidden]
    words = _lines(text, [(ids[None], labels[None]) for ids, labels in whole], _exact)
    answers = _kept(text, repr(list(asked)).encode(), lambda: _pairs(asked))
    ordered = _kept(text, repr(("order", *asked)).encode(), lambda: _in_order(asked))
    return {
        "random_guess": words["random_guess"] + math.log(2),
        "floor": words["floor"] + answers["floor"],
        "word_floor": words["floor"],
        "nsp_ceiling": answers["ceiling"],
        "nsp_order": ordered["share"],
    }


def without_pairs(references: dict[str, float]) -> dict[str, float]:
    """The same lines for a loss on hidden words alone."""
    words = {"random_guess": references["random_guess"] - math.log(2), "floor": references["word_floor"]}
    return references | words


def _without_cut(ids: Ids, labels: Ids) -> tuple[Ids, Ids]:
    """A pair as one text again: without the [SEP] between its parts."""
    cut = int(np.flatnonzero(ids == SEP)[0])
    return np.delete(ids, cut), np.delete(labels, cut)


def _pairs(asked: Told) -> dict[str, float]:
    chances = [(chance_of_one_story(first.split(), second.split()), follows) for first, second, follows in asked]
    return {
        "floor": -sum(math.log(chance if follows else 1 - chance) for chance, follows in chances) / len(chances),
        "ceiling": _told_apart([chance for chance, _ in chances]),
    }


def _in_order(asked: Told) -> dict[str, float]:
    return {"share": _told_apart([chance_from_order(first.split(), second.split()) for first, second, _ in asked])}


def _told_apart(chances: Sequence[float]) -> float:
    """The share of pairs on which the likelier answer is right, where these are the chances that the second part follows."""
    return sum(max(chance, 1 - chance) for chance in chances) / len(chances)


def span_references(text: Encoded, pairs: Hidden, rates: tuple[float, float]) -> dict[str, float]:
    """The lines for spans: random_guess; on Tinyland floor, in nats a token of the target, and the share exact_span_ceiling.

    `pairs` are what is read and what is to be said, a text each, cut by `text.spans.draw` with these `rates`: density and mean length.
    """
    return _lines(text, pairs, partial(_exact_spans, rates=rates)) if text.told_by_grammar else {"random_guess": math.log(text.vocabulary)}


def bits_per_byte(text: Encoded, batches: Hidden, loss: float, name: str = "bits_per_byte") -> dict[str, float]:
    """Of a loss in nats on these next tokens, by name; nothing of text that is not read as bytes."""
    if not in_bytes(text.tokenizer):
        return {}
    targets = sum(int((labels != IGNORED).sum()) for _, labels in batches)
    return {name: compression.bits_per_byte(loss, targets, len(_written(text, batches)))}


def in_bits(text: Encoded, batches: Hidden) -> dict[str, float]:
    """What others need for a byte of these texts, by name: the trigram, and programs that compress; nothing of text not read as bytes."""
    if not in_bytes(text.tokenizer):
        return {}
    told = _written(text, batches)
    counted = next_references(text, batches)["trigram"]
    packed = _kept(text, b"packed" + told, lambda: compression.compressed(told, compression.sample(text.tokenizer, text.train)))
    return bits_per_byte(text, batches, counted, "trigram_bits") | packed


def _written(text: Encoded, batches: Hidden) -> bytes:
    return compression.written(text.tokenizer, [row for ids, _ in batches for row in ids])


def _lines(text: Encoded, batches: Hidden, work: Work) -> dict[str, float]:
    """Worked out once per text and set of targets, and kept on this machine."""
    targets = b"".join(array.tobytes() for batch in batches for array in batch)
    return {"random_guess": math.log(text.vocabulary), **_kept(text, targets, lambda: work(text, batches))}


def _kept(text: Encoded, targets: bytes, work: Callable[[], dict[str, float]]) -> dict[str, float]:
    name = f"{store.BOUNDS}{hashlib.sha256(targets).hexdigest()[:16]}.json"
    try:
        found = {line: float(value) for line, value in json.loads(store.read(text.spec.digest, name)).items()}
    except (OSError, ValueError, AttributeError, TypeError):  # never kept, or damaged
        found = work()
        store.keep(store.path(text.spec.digest, name), json.dumps(found))
    return found


def _exact(text: Encoded, batches: Hidden, grammar: World | None = None) -> dict[str, float]:
    told_by = grammar or world()
    losses, best = [], []
    for corrupted, labels in batches:
        for row, label in zip(corrupted, labels, strict=True):
            places = [int(place) - 1 for place in np.flatnonzero(label != IGNORED)]  # [CLS] stands first
            whole = text.words(np.where(label != IGNORED, label, row))
            posterior = told_by.cloze(whole, places)
            losses += [-math.log(posterior[place][whole[place]]) for place in places]
            best += [max(posterior[place].values()) for place in places]
    return {"floor": sum(losses) / len(losses), "accuracy_ceiling": sum(best) / len(best)}


def _counted(text: Encoded, batches: Hidden) -> dict[str, float]:
    return {
        "unigram": unigram(text.train, batches, text.vocabulary),
        "trigram": trigram(text.train, batches, text.vocabulary),
    }


def _exact_next(text: Encoded, batches: Hidden) -> dict[str, float]:
    losses, best = [], []
    for ids in (row for part, _ in batches for row in part):
        words = text.words(ids)
        for word, chances in zip((*words, END), world().next_words(words), strict=True):
            losses.append(-math.log(chances[word]))
            best.append(max(chances.values()))
    return {"floor": sum(losses) / len(losses), "accuracy_ceiling": sum(best) / len(best)}


def _counted_next(text: Encoded, batches: Hidden) -> dict[str, float]:
    return {
        "unigram": unigram(text.train, batches, text.vocabulary, ends=True),
        "trigram": trigram(text.train, batches, text.vocabulary, ends=True),
    }


def _exact_spans(text: Encoded, pairs: Hidden, rates: tuple[float, float]) -> dict[str, float]:
    first, lost, best, tokens = sentinel(text.tokenizer), 0.0, [], 0
    collecting = gc.isenabled()
    gc.disable()  # these sums make a hundred thousand small objects a text and no cycles: looking for cycles took most of the time
    try:
        for given, target in pairs:
            seen = [GAP if id >= first else text.pieces[id] for id in given[1:-1]]
            found = Gaps(world(), seen, lambda count, hidden, cut: spans.chance(count, hidden, cut, *rates))
            said = spans.spoken(target[target != SEP], first, seen.count(GAP))
            lost -= found.log_probability([[text.pieces[id] for id in span] for span in said])
            best += [guess.chance for guess in found.best()]
            tokens += len(target)
    finally:
        if collecting:
            gc.enable()
    return {"floor": lost / tokens, "exact_span_ceiling": sum(best) / len(best)}
