"""Which run a page shows: the one its address names, else the recording of the spec, else the newest run on this machine."""

from dataclasses import replace

from llmviz.core.run import RunRef
from llmviz.runs.engine import Engine
from llmviz.ui import visit


def run(engine: Engine) -> RunRef | None:
    """The run, or None. A run that is not there is explained among the problems of the address, and the page shows another."""
    address = visit.current()
    if address.run is not None:
        try:
            spec = engine.spec(address.run)
            if spec.stage not in visit.stages():
                raise ValueError(f"this is a run of {spec.stage}, which has a page of its own")
            engine.history(address.run)  # raises where the run's folder is damaged
        except ValueError as problem:
            visit.correct("run", f"The run in the address cannot be shown: {problem}.", run=None, step=None)
        else:
            if spec != address.spec:
                visit.keep(replace(address, spec=spec))
            return address.run
    return engine.recorded(address.spec) or engine.find(address.spec)
