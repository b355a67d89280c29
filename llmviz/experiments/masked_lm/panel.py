"""The picture of *Masked tokens*: the sentence with its gaps, the candidates for each gap, the curve."""

from llmviz.core.questions.cloze import Cloze
from llmviz.experiments.masked_lm import quiz_panel
from llmviz.runs.engine import Engine
from llmviz.ui import gaps, live, question, visit
from llmviz.ui.live import Seen


def picture(engine: Engine, seen: Seen) -> None:
    """Draw it for the sentence and the gaps in the address."""
    withheld = question.withheld(quiz_panel.asked(seen, visit.current().spec.text.name))
    gaps.picture(engine, seen, Cloze, lambda: live.curve(seen), withheld)
