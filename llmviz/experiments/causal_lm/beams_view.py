"""Beam search as the payload of a tree: where each node stands, and what it says."""

from collections.abc import Mapping

from llmviz.experiments.causal_lm.question import Tree
from llmviz.parts.tree import payload as parts


def tree(answers: Mapping[int, Tree], beginning: str, width: int) -> parts.Tree:
    """The payload: for each snapshot its nodes, in columns by depth, a node's children below one another in the order of the nodes."""
    steps = sorted(answers)
    return {
        "beginning": beginning,
        "width": width,
        "steps": steps,
        "trees": [_tree(answers[step]) for step in steps],
        "said": [_said(answers[step]) for step in steps],
    }


def _tree(answer: Tree) -> list[parts.Node]:
    best = set(_way(answer, answer.best))
    return [
        {
            "parent": int(answer.parents[place]),
            "depth": int(answer.depths[place]),
            "word": answer.words[place],
            "chance": round(float(answer.chances[place]), 3),
            "score": round(float(answer.scores[place]), 2),
            "kept": bool(answer.kept[place]),
            "best": place in best,
            "greedy": bool(answer.greedy[place]),
        }
        for place in range(len(answer.ids))
    ]


def _way(answer: Tree, node: int) -> list[int]:
    """The nodes from the beginning to this one."""
    way: list[int] = []
    while node >= 0:
        way.append(node)
        node = int(answer.parents[node])
    return way[::-1]


def _said(answer: Tree) -> str:
    """What the search found, in a sentence, beside what taking the likeliest token each time finds."""
    best = _way(answer, answer.best)
    text = "".join(answer.words[node] if answer.joined[node] else f" {answer.words[node]}" for node in best).strip()
    found = f"Likeliest of all that were followed: “{text}”, ln p = {_score(answer, answer.best)}."
    greedy = [node for node in range(len(answer.ids)) if answer.greedy[node]]
    last = max(greedy, key=lambda node: int(answer.depths[node]))
    if last == answer.best:
        return f"{found} Taking the likeliest token each time finds the same."
    if answer.ended[last] or int(answer.depths[last]) == int(answer.depths.max()):
        return f"{found} Taking the likeliest token each time finds one of {_score(answer, last)}."
    return f"{found} Beam search dropped the text of the likeliest tokens after {int(answer.depths[last])}."


def _score(answer: Tree, node: int) -> str:
    return f"{float(answer.scores[node]):.2f}".replace("-", "−")
