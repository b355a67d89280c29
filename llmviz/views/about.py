"""What the lines and figures of a page are and how each is worked out: for the labels of a chart and for the notes below it."""

from llmviz.core.catalogue import Stage
from llmviz.core.history import History
from llmviz.core.spec import RunSpec
from llmviz.core.texts import TEXTS

# The lines a loss lies between, in the order in which a page lists them: name, explanation.
LINES = {
    "random_guess": ("random guess", "The loss of a model that finds every entry of its vocabulary equally likely: ln of their number."),
    "unigram": (
        "unigram",
        "The loss of counting alone: how frequent each word is in the training text. Measured on the same hidden words.",
    ),
    "trigram": (
        "trigram",
        "The loss of counting which word follows which two. It sees only the words before a gap. Measured on the same hidden words.",
    ),
    "floor": (
        "floor",
        "The loss of a guesser who knows the very grammar this text is made with, worked out exactly for the same hidden words. "
        "On average no model can be better.",
    ),
}
BEST = "A guesser who knows the grammar names no more of these hidden words: often several fit. It bounds “hidden words named” only."
FIGURES = {
    "loss": "Mean of −ln p, where p is the probability of the word that was hidden. In nats a word; lower is better.",
    "accuracy": "Share of the hidden words of held-out texts that are the model's first guess.",
    "facts": "A capital is asked for in the one form of sentence in which that fact is never told; the text tells it in others. "
    "Share of right first guesses.",
    "sounds": "What an animal does is asked for in the one form of sentence in which that is never told; the text tells it in others. "
    "Share of right first guesses.",
}

_REAL = "Words are cut into 2,000 pieces. Nobody knows the floor of real text: two models that only count words stand in the chart instead."
_READ = {
    "tinyland": """\
**Tinyland** is a small world told in 40,000 short texts: capitals, animals and their sounds, people with homes and jobs, opinions.
A grammar makes the texts, so the probability of each is known. The sentence “{sentence}” is told in none of them word for word;
the fact is, in other words.""",
    "sotu": f"""\
**State of the Union** is real text: an even sample of what US presidents have said to their Congress since 1790. {_REAL}""",
    "wiki": f"""\
**Wikipedia leads** is real text: the openings of an even sample of articles, shortened. {_REAL}""",
}
_HIDDEN = """\
**Hiding.** In training, each word is to be guessed with probability {rate:.0%}. Of these words 80 % are hidden, 10 % swapped for a
random one and 10 % left as they are, as in BERT. In every measurement all of them are hidden."""
_HELD_OUT = """\
**Held out.** The curves are measured on validation texts the model never reads; the loss told at the end of a run, on up to a thousand
test texts by which nothing was chosen."""
_RECORDED = """\
**The recorded run** is the output of this very code, kept with its weights. *Train live* does the same again before your eyes, from the
same seed."""
_LIVE = "**This run** is trained on this machine. The same settings and the same seed give the same weights here again."


def paragraphs(spec: RunSpec, recorded: bool) -> list[str]:
    """What is read, what is hidden, what is measured on what, where the run comes from; each a paragraph of Markdown."""
    read = _READ[spec.text.name].format(sentence=TEXTS[spec.text.name].sentence)
    return [read, _HIDDEN.format(rate=spec.objective.mask_rate), _HELD_OUT, _RECORDED if recorded else _LIVE]


def glossary(history: History, stage: Stage) -> list[tuple[str, str]]:
    """The lines and figures of this run, by the names the chart gives them, each with its explanation."""
    references = history.begin.references if history.begin else {}
    lines = [LINES[name] for name in LINES if name in references]
    figures = [(metric.title, FIGURES[metric.name]) for metric in stage.metrics if metric.name in history.scores]
    return lines + figures + ([("best possible", BEST)] if "accuracy_ceiling" in references else [])
