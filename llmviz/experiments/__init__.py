"""Every experiment, one folder each, in the order of the lecture. Importing this loads no model library."""

from importlib import import_module

from llmviz.core.experiment import Experiment
from llmviz.core.lesson import Lesson

# In the order of their first slides. The lab book keeps what all the others have made, so it stands last.
FOLDERS = (
    "start",
    "tokenization",
    "four_exercises",
    "masked_lm",
    "causal_lm",
    "what_and_when",
    "positions_optimisers",
    "classification",
    "entities",
    "question_answering",
    "own_labels",
    "own_tags",
    "forgetting",
    "side_by_side",
    "bill",
    "next_sentence",
    "gpt_story",
    "in_context",
    "instructions",
    "reward",
    "reinforcement",
    "dpo",
    "ppo",
    "grpo",
    "safety",
    "architecture",
    "attention_maps",
    "span_corruption",
    "text_to_text",
    "scale",
    "continual_learning",
    "own_text",
    "scoreboard",
    "lab_book",
)


def _facts(folder: str) -> Experiment | Lesson:
    """The EXPERIMENT of a folder; of one that trains nothing and looks at the runs of others, its LESSON alone."""
    module = import_module(f"{__name__}.{folder}")
    found: Experiment | Lesson = getattr(module, "EXPERIMENT", None) or module.LESSON
    return found


ALL: tuple[Experiment | Lesson, ...] = tuple(map(_facts, FOLDERS))
_PAGES = {lesson.page: lesson for lesson in (each.lesson if isinstance(each, Experiment) else each for each in ALL)}
LESSONS: tuple[Lesson, ...] = tuple(_PAGES.values())  # several experiments may share a page
EXPERIMENTS: tuple[Experiment, ...] = tuple(each for each in ALL if isinstance(each, Experiment))
