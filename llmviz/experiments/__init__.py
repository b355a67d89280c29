"""Every experiment, one folder each, in the order of the lecture. Importing this loads no model library."""

from llmviz.core.experiment import Experiment
from llmviz.core.lesson import Lesson
from llmviz.experiments import (
    attention_maps,
    causal_lm,
    classification,
    four_exercises,
    lab_book,
    masked_lm,
    next_sentence,
    positions_optimisers,
    span_corruption,
    start,
    tokenization,
    what_and_when,
)

# In the order of their first slides. Those that train are an Experiment; the others look at such runs, and are a Lesson alone. The lab book
# keeps what all the others have made, so it stands last.
ALL: tuple[Experiment | Lesson, ...] = (
    start.LESSON,
    tokenization.LESSON,
    four_exercises.LESSON,
    masked_lm.EXPERIMENT,
    causal_lm.EXPERIMENT,
    what_and_when.LESSON,
    positions_optimisers.LESSON,
    classification.EXPERIMENT,
    next_sentence.EXPERIMENT,
    attention_maps.LESSON,
    span_corruption.EXPERIMENT,
    lab_book.LESSON,
)
LESSONS: tuple[Lesson, ...] = tuple(each.lesson if isinstance(each, Experiment) else each for each in ALL)
EXPERIMENTS: tuple[Experiment, ...] = tuple(each for each in ALL if isinstance(each, Experiment))
