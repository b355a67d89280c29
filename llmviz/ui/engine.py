"""The one engine of this server, and the studies it trains in the background. Tests put another maker in its place."""

from collections.abc import Callable

from llmviz.core.home import home
from llmviz.core.hosting import limits
from llmviz.core.once import Once
from llmviz.runs.engine import Engine
from llmviz.runs.real_models import RealModels
from llmviz.runs.sight import Sight
from llmviz.runs.studies import Studies
from llmviz.ui import visit


def _local() -> Engine:
    from llmviz.runs.local import LocalEngine

    return LocalEngine(home())


make: Callable[[], Engine] = _local
_engine = Once(lambda: make())  # whatever stands there at the first call
_studies = Once(lambda: Studies(_engine(), home()))
make_real: Callable[[], RealModels] = lambda: RealModels(home())  # noqa: E731 - tests put another in its place
_real = Once(lambda: make_real())


def engine() -> Engine:
    """The engine, made at the first call and shared by all visitors; where strangers come, what the present one sees of it."""
    return Sight(_engine(), visit.viewer()) if limits().hosted else _engine()


def studies() -> Studies:
    """The studies of this server, shared by all visitors."""
    return _studies()


def real_models() -> RealModels:
    """The models of this server that were trained elsewhere, shared by all visitors."""
    return _real()


def forget() -> None:
    """Make all anew at the next call, as a server that starts does. Closes nothing."""
    _real.forget()
    _studies.forget()
    _engine.forget()
