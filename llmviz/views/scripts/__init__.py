"""A spec as the short script that trains it with plain torch and transformers; one file for each stage."""

from llmviz.core.spec import RunSpec
from llmviz.views.scripts import clm, mlm, nsp, sentiment, span

SCRIPTS = {"mlm": mlm.script, "clm": clm.script, "nsp": nsp.script, "span": span.script, "sentiment": sentiment.script}


def script(spec: RunSpec) -> str:
    """The script of this spec as text."""
    return SCRIPTS[spec.stage](spec)
