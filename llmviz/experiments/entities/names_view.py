"""The question of *Names in a text*, and the answer two runs give: what the same labels are worth with and without pretraining."""

from llmviz.core.history import History
from llmviz.core.update import Done
from llmviz.views.reveal import Reveal, Riddle

CHOICES = ("up to 50%", "50 to 80%", "above 80%")
BOUNDS = (0.5, 0.8)
WITHOUT = Riddle("what F1 will the model from scratch reach on unseen texts?", CHOICES)
WITH = Riddle("what F1 will the pretrained model reach on unseen texts?", CHOICES)
CLEAR = 0.05  # F1 over some three thousand names; two models that are equally good differ by less


def claim(count: int, pretrained: History, scratch: History) -> str:
    """What the same labels came to with and without pretraining, as the title of a page; a question before both are measured."""
    higher, lower = _f1(pretrained), _f1(scratch)
    if higher is None or lower is None:
        return "Which words name somebody?"
    if higher - lower >= CLEAR:
        return f"{count:,} labelled texts find more names after pretraining"
    if lower - higher >= CLEAR:
        return f"Here {count:,} labelled texts find more names without pretraining"
    return f"With {count:,} labelled texts, pretraining makes little difference here"


def outcome(ours: History, other: History) -> Reveal | None:
    """Where the other run ended on test texts, beside this one and a list of names; None where it has not been measured."""
    share = _f1(other)
    if share is None:
        return None
    beside, listed = _f1(ours), other.end.metrics.get("f1_lookup") if isinstance(other.end, Done) else None
    story = f"Its F1 on test texts is {share:.0%}"
    story += f", that of the model of this page {beside:.0%}" if beside is not None else ""
    story += f"; a mere list of the names in the labels comes to {listed:.0%}." if listed is not None else "."
    return Reveal(sum(share > bound for bound in BOUNDS), story)


def _f1(history: History) -> float | None:
    return history.end.metrics.get("f1") if isinstance(history.end, Done) else None
