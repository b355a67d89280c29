"""What the lines and figures of a page are and how each is worked out: for the labels of a chart and for the notes below it."""

from dataclasses import asdict

from llmviz.core import catalogue
from llmviz.core.experiment import Experiment
from llmviz.core.history import History
from llmviz.core.spec import RunSpec
from llmviz.core.texts import TEXTS

# The lines a loss lies between besides random guess, in the order in which a page lists them: name, explanation.
LINES = {
    "unigram": (
        "unigram",
        "The loss of counting alone: how frequent each word is in the training text. Measured on the very words the model is asked for.",
    ),
    "trigram": (
        "trigram",
        "The loss of counting which word follows which two: it sees no others. Measured on the very words the model is asked for.",
    ),
    "floor": (
        "floor",
        "The loss of a guesser who knows the very grammar this text is made with, worked out exactly for the very words asked for. "
        "On average no model can be better.",
    ),
}
_NO_FLOOR = "Nobody knows the floor of real text: two models that only count words stand in the chart instead."
_REAL = f"Words are cut into 2,000 pieces. {_NO_FLOOR}"
_READ = {
    "tinyland": """\
**Tinyland** is a small world told in some 93,000 short texts: capitals, animals and their sounds, people with homes and jobs, opinions.
A grammar makes the texts, so the probability of each is known. The sentence “{sentence}” is told in none of them word for word;
the fact is, in other words.""",
    "sotu": f"""\
**State of the Union** is real text: an even sample of what US presidents have said to their Congress since 1790. {_REAL}""",
    "wiki": f"""\
**Wikipedia leads** is real text: the openings of an even sample of articles, shortened. {_REAL}""",
    "reviews": f"""\
**Film reviews** is real text: short reviews whole, and passages of an even sample of long ones, without their labels. There is more of it
than of other texts, and by default a larger model reads it: of opinions in real text a small one learns little. {_REAL}""",
    "requests": """\
**Requests to a house** are made with the templates of Home Assistant: some 20,000 that differ, with rooms, devices and numbers put in at
random, without their labels. Words are cut into 1,200 pieces. What a reader who knows the templates would lose is not worked out: two
models that only count words stand in the chart instead.""",
    "library": f"""\
**A small library** is real text, seven million words to learn from: all that US presidents have said to their Congress, the openings of
ten thousand articles of Wikipedia, 25,000 film reviews and the World Factbook, in paragraphs of up to 72 words. Words are cut into 4,096
pieces, and by default a model of three million parameters reads all of it about once, which takes an hour or two. {_NO_FLOOR}""",
}
_HELD_OUT = """\
**Held out.** The curves are measured on validation texts the model never reads; the loss told at the end of a run, on up to a thousand
test texts by which nothing was chosen."""
_SAME = """\
the same settings and the same seed give the same weights on the same machine with the same versions of its programs. Another processor
rounds differently, and figures come out close to these, not equal."""
_RECORDED = f"""\
**The recorded run** is the output of this very code, kept with its weights. *Train live* trains once more with its settings and its seed:
{_SAME}"""
_LIVE = f"**This run** is trained on this machine, and can be trained again: {_SAME}"


def lines(experiment: Experiment) -> dict[str, tuple[str, str]]:
    """The lines a loss of this experiment may lie between: name, explanation."""
    return {"random_guess": ("random guess", experiment.guess)} | LINES


def paragraphs(spec: RunSpec, recorded: bool) -> list[str]:
    """What is read, what is asked, what is measured on what, where the run comes from; each a paragraph of Markdown."""
    read = _READ[spec.text.name].format(sentence=TEXTS[spec.text.name].sentence)
    objective = asdict(spec.objective)
    return [read, catalogue.experiment(spec.stage).notes.format(**objective), _HELD_OUT, _RECORDED if recorded else _LIVE]


def glossary(history: History, experiment: Experiment) -> list[tuple[str, str]]:
    """The lines and figures of this run, by the names the chart gives them, each with its explanation."""
    references = history.begin.references if history.begin else {}
    known = lines(experiment)
    bounds = [known[name] for name in known if name in references]
    ceilings = {metric.bound for metric in experiment.metrics}
    counted = [told for name, told in experiment.baselines.items() if name in references and name not in ceilings]
    figures = [(metric.title, metric.help) for metric in experiment.metrics if metric.name in history.scores]
    ceiling = any(metric.bound in references for metric in experiment.metrics if metric.unit == "%")
    return bounds + figures + ([("best possible", experiment.best)] if ceiling else []) + counted
