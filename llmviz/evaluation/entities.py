"""How well tags find entities, and the lines such figures lie between: a list of the names labelled, and the best possible reader."""

import math
from collections import Counter, defaultdict
from collections.abc import Sequence

from seqeval.metrics import f1_score, precision_score, recall_score  # type: ignore[import-untyped] # seqeval has no types
from seqeval.scheme import IOB2  # type: ignore[import-untyped] # as above

from llmviz.core.tagging import OUTSIDE, entities
from llmviz.text.tagged import Tagged
from llmviz.text.tinyland.news import readings

Tags = Sequence[Sequence[str]]


def scores(truth: Tags, found: Tags) -> dict[str, float]:
    """f1, precision and recall of whole entities, over all texts: right only with the right kind, beginning and end (CoNLL-2003)."""
    truth, found = [list(each) for each in truth], [list(each) for each in found]
    if not any(True for each in (*truth, *found) for _ in entities(each)):
        return {"f1": 0.0, "precision": 0.0, "recall": 0.0}  # nothing to find and nothing found: seqeval would warn, and say the same
    counted = {"mode": "strict", "scheme": IOB2, "average": "micro", "zero_division": 0}
    return {
        "f1": float(f1_score(truth, found, **counted)),
        "precision": float(precision_score(truth, found, **counted)),
        "recall": float(recall_score(truth, found, **counted)),
    }


def references(learnt: Sequence[Tagged], asked: Sequence[Tagged], tags: int, told_by_grammar: bool) -> dict[str, float]:
    """The lines by name: random_guess in nats; f1_lookup and, where a grammar told the texts, f1_ceiling as shares."""
    truth = [text.tags for text in asked]
    found = {"random_guess": math.log(tags), "f1_lookup": scores(truth, looked_up(learnt, asked))["f1"]}
    return found | ({"f1_ceiling": scores(truth, [readings(text.words)[0] for text in asked])["f1"]} if told_by_grammar else {})


def looked_up(learnt: Sequence[Tagged], asked: Sequence[Tagged]) -> list[list[str]]:
    """The tags of who only keeps a list: each word has the tag it had most often among those learnt, O if it never had one."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for words, tags in learnt:
        for word, tag in zip(words, tags, strict=True):
            counts[word][tag] += 1
    listed = {word: tags.most_common(1)[0][0] for word, tags in counts.items()}
    return [[listed.get(word, OUTSIDE) for word in words] for words, _ in asked]
