"""What the fake engine writes: a story it knows by heart at the end of training, and any words before."""

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer

from llmviz.core.questions.generation import COUNTED, ENDED, Generate, Generation
from llmviz.experiments.causal_lm.question import Search, Tree
from llmviz.text.special import FIRST, SEP
from llmviz.text.tokenizers import pieces

STORY = ["Paris", ".", "every", "owl", "hoots", ".", "the", "film", "was", "dull", "."]
LONGEST = 64
Chances = npt.NDArray[np.float64]


def generation(step: int, share: float, question: Generate, tokenizer: Tokenizer) -> Generation:
    """The story after `share` of the training: the surer, the later. Chosen tokens stand where they were put."""
    count = len(pieces(tokenizer, question.text))
    if count >= LONGEST:
        raise ValueError(f"this beginning has {count} tokens; this model reads {LONGEST - 1}")
    draws = np.random.default_rng(question.seed).random(question.tokens)
    ids: list[int] = []
    kept: list[tuple[list[int], Chances, Chances, int]] = []
    for place in range(question.tokens):
        raw = _expected(place, share, tokenizer)
        chances = np.stack(_filtered(raw, question))
        order = np.argsort(-chances[-1], kind="stable")
        ends = chances[-1][order].cumsum()
        id = int(order[min(int((ends <= draws[place] * ends[-1]).sum()), len(order) - 1)])
        if place < len(question.chosen):
            id = question.chosen[place]
            if id >= tokenizer.get_vocab_size():
                raise ValueError(f"a chosen token has the number {id}, which is none of this model's vocabulary")
        best = [*(int(each) for each in np.argsort(-raw, kind="stable")[: question.top]), id]
        starts = np.empty_like(ends)
        starts[order] = ends - chances[-1][order]
        kept.append((best, chances[:, best], starts[best], int((chances[-1] > 0).sum())))
        ids.append(id)
        if id == SEP:
            break
    words = [_word(id, tokenizer) for id in ids]
    return Generation(
        step,
        np.array(ids),
        tuple(words),
        np.zeros(len(ids), dtype=bool),
        " ".join(word for word, id in zip(words, ids, strict=True) if id != SEP),
        np.array([row[0] for row in kept]),
        tuple(tuple(_word(id, tokenizer) for id in row[0]) for row in kept),
        np.array([row[1] for row in kept], np.float32),
        np.array([row[2] for row in kept], np.float32),
        np.array([row[3] for row in kept]),
        draws[: len(ids)].astype(np.float32),
        ENDED if ids[-1] == SEP else COUNTED,
    )


def tree(step: int, share: float, question: Search, tokenizer: Tokenizer) -> Tree:
    """Each round the story goes on from the first beam, and some other words from each."""
    nodes: list[tuple[int, int, int, float, float, bool, bool]] = []  # parent, depth, id, chance, score, kept, greedy
    beams = [-1]
    for depth in range(1, question.tokens + 1):
        expected = _expected(depth - 1, share, tokenizer)
        best = [int(id) for id in np.argsort(-expected, kind="stable")[: question.width]]
        found = []
        for parent in beams:
            before, greedy = (nodes[parent][4], nodes[parent][6]) if parent >= 0 else (0.0, True)
            for rank, id in enumerate(best):
                chance = float(np.log(expected[id]))
                found.append((parent, depth, id, chance, before + chance, False, greedy and rank == 0))
        first = len(nodes)
        kept = sorted(range(len(found)), key=lambda place: -found[place][4])[: question.width]
        nodes += [(*node[:5], place in kept, node[6]) for place, node in enumerate(found)]
        beams = [first + place for place in kept if found[place][2] != SEP]
    last = max(node[1] for node in nodes)
    whole = [place for place, node in enumerate(nodes) if node[5] and (node[1] == last or node[2] == SEP)]
    parents, depths, ids, chances, scores, kept_ones, greedy_ones = zip(*nodes, strict=True)
    return Tree(
        step,
        np.array(parents),
        np.array(depths),
        np.array(ids),
        tuple(_word(id, tokenizer) for id in ids),
        np.zeros(len(ids), dtype=bool),
        np.array(chances, np.float32),
        np.array(scores, np.float32),
        np.array(kept_ones),
        np.array([id == SEP for id in ids]),
        max(whole, key=lambda place: nodes[place][4]),
        np.array(greedy_ones),
    )


def _expected(place: int, share: float, tokenizer: Tokenizer) -> Chances:
    """The chances (vocabulary) of the token at one place."""
    logits = np.random.default_rng((5, place)).normal(size=tokenizer.get_vocab_size())
    target = tokenizer.token_to_id(STORY[place]) if place < len(STORY) else SEP
    logits[target] += 9 * share
    logits[[id for id in range(FIRST) if id != SEP]] = -np.inf
    return _softmax(logits)


def _filtered(raw: Chances, question: Generate) -> list[Chances]:
    """After each filter; the fake knows no penalty."""
    heated = np.where(raw == raw.max(), 1.0, 0.0) if question.temperature == 0 else _softmax(np.log(raw + 1e-30) / question.temperature)
    ordered = np.sort(heated)[::-1]
    limited = heated * (heated >= ordered[min(question.top_k or len(raw), len(raw)) - 1])
    limited /= limited.sum()
    places = np.argsort(-limited, kind="stable")
    unlikely = limited[places].cumsum() - limited[places] >= question.top_p
    unlikely[0] = False
    nucleus = limited.copy()
    nucleus[places[unlikely]] = 0.0
    return [raw, raw, heated, limited, nucleus / nucleus.sum()]


def _softmax(logits: Chances) -> Chances:
    found: Chances = np.exp(logits - logits.max())
    found /= found.sum()
    return found


def _word(id: int, tokenizer: Tokenizer) -> str:
    return "(end)" if id == SEP else str(tokenizer.id_to_token(id))
