"""What can be asked of kept weights, or of a text. Each file holds one question and the form of its answer.

A question names the module that answers it, in `answered_by`: a string, for the server never imports that module; the answering worker
calls its `answer(folders, question)`, with the snapshot folders by step, and gets one answer for each of them. A question to a training
that stands still (`base.ToTraining`) is answered by `answer(training, question)`.
"""

from llmviz.core.questions.attention import Attend
from llmviz.core.questions.base import Answer, Question
from llmviz.core.questions.beams import Search
from llmviz.core.questions.bertviz import Bertviz
from llmviz.core.questions.cloze import Cloze
from llmviz.core.questions.exercise import Solve
from llmviz.core.questions.follows import Follows
from llmviz.core.questions.generation import Generate
from llmviz.core.questions.heads import Heads
from llmviz.core.questions.onestep import OneStep
from llmviz.core.questions.probed import Probe
from llmviz.core.questions.reasons import Agree, Attribute
from llmviz.core.questions.spans import Fill
from llmviz.core.questions.tensors import Tensors
from llmviz.core.questions.unseen import Unseen
from llmviz.core.questions.verdict import Judge
from llmviz.core.questions.vocabulary import Compare, Count, Grow, Learn

QUESTIONS: dict[str, type[Question[Answer]]] = {
    kind.__name__: kind
    for kind in (
        *(Cloze, Generate, Search, Judge, Unseen, Attribute, Agree, Tensors, Attend, Heads, Bertviz, Follows, Fill, Solve, Probe, OneStep),
        *(Learn, Count, Grow, Compare),
    )
}
