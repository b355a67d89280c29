"""Studies of the tiny workshop, and how one is watched to its end."""

from llmviz.core.study import Axis, Study, along
from llmviz.runs.engine import State
from llmviz.runs.local import LocalEngine
from llmviz.runs.progress import Progress
from llmviz.runs.studies import Studies
from tests.runs.conftest import until
from tests.runs.fake import spec

STEPS = Axis("steps", ("steps",), "linear")


def study(*steps: int, seeds: tuple[int, ...] = (0,), milliseconds: float = 1.0) -> Study:
    return Study(spec(milliseconds=milliseconds), STEPS, along("steps", steps or (20, 40)), seeds)


def ends(studies: Studies, study: Study, viewer: str = "ann") -> Progress:
    """How it stands when it trains no longer."""
    until(lambda: studies.look(study, viewer).state is not State.TRAINING)
    return studies.look(study, viewer)


def attempts(engine: LocalEngine, study: Study) -> list[int]:
    """How many attempts there are at each of its runs."""
    return [len(engine.store.attempts(each.id)) for each in study.specs()]
