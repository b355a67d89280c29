"""What the lines and figures of a page are and how each is worked out: for the labels of a chart and for the notes below it."""

from dataclasses import asdict

from llmviz.core.catalogue import Stage
from llmviz.core.history import History
from llmviz.core.spec import RunSpec
from llmviz.core.texts import TEXTS

# The lines a loss lies between, in the order in which a page lists them: name, explanation.
LINES = {
    "random_guess": ("random guess", "The loss of a model that finds every entry of its vocabulary equally likely: ln of their number."),
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
ALIKE = {
    "nsp": "The loss of finding every word of the vocabulary equally likely, and both answers: ln of their number, and ln 2.",
    "sentiment": "The loss of finding every label equally likely: ln of their number.",
}
BEST = "A guesser who knows the grammar names no more of these words: often several fit. It bounds no other figure."
BEST_OF_PAIRS = (
    "A reader who knows the grammar tells no more of these pairs apart, worked out exactly: often a second part does not say whose it is."
)
BEST_SPANS = (
    "A guesser who knows the grammar, and how spans are chosen, says no more of these spans word for word: often several fit. "
    "It bounds no other figure."
)
GRAMMAR = (
    "Two texts that differ in a word or two, one of them ungrammatical, as “every cat meows” and “every cats meows”, in words that no text "
    "puts so. Share in which the right one is likelier. "
)
MEANING = (
    "Two texts that differ in what somebody felt, one of them out of tune with how it was. The word for how it was and the feeling that "
    "fits never meet in a text to learn from, though each meets others of its kind. Share in which the fitting one is likelier. "
)
FRAMES = (
    "The same with several animals in a sentence that was only ever told of one, as “at night all cats meow”: the words around are those "
    "of one animal. Share in which the right text is likelier; chance is 50 %."
)
HIDDEN = {
    "facts": "A capital is asked for in the one form of sentence in which that fact is never told; the text tells it in others. "
    "Share of right first guesses.",
    "sounds": "What an animal does is asked for in the one form of sentence in which that is never told; the text tells it in others. "
    "Share of right first guesses.",
    "reversed": "The same sentence turned round: the capital is told, and its country asked for. Share of right first guesses.",
    "grammar": GRAMMAR + "Both words in which the two differ are hidden; chance is 50 %.",
    "meaning": MEANING + "The feeling is hidden; chance is 50 %.",
    "frames": FRAMES,
}
ALONE = " The sentence stands as a first part without a second, which training never shows."
FIGURES: dict[str, dict[str, str]] = {
    "mlm": {
        "loss": "Mean of −ln p, where p is the probability of the word that was hidden. In nats a word; lower is better.",
        "accuracy": "Share of the hidden words of held-out texts that are the model's first guess.",
        **HIDDEN,
    },
    "clm": {
        "loss": "Mean of −ln p, where p is the probability of the token that comes next; the end of a text is one too. In nats a token; "
        "lower is better.",
        "accuracy": "Share of the tokens of held-out texts that are the model's first guess from what stands before them.",
        "facts": "A capital is asked for as the next word, in the one form of sentence in which that fact is never told; the text tells it "
        "in others. Share of right first guesses.",
        "sounds": "What an animal does is asked for as the next word, in the one form of sentence in which that is never told; the text "
        "tells it in others. Share of right first guesses.",
        "reversed": "A country is asked for as the next word after its capital, in the one sentence that says the capital first. The text "
        "tells that sentence of every country. Share of right first guesses.",
        "grammar": GRAMMAR + "Each of these words is compared after what stands before it; chance is 50 %.",
        "meaning": MEANING + "The feelings are compared after what stands before them; chance is 50 %.",
        "frames": FRAMES,
    },
    "nsp": {
        "loss": "Mean of −ln p of a hidden word, and mean of −ln p of the right answer on a pair, added where both are asked. In nats; "
        "lower is better.",
        "word_loss": "Mean of −ln p, where p is the probability of the word that was hidden, in pairs that follow.",
        "pair_loss": "Mean of −ln p, where p is the probability of the right answer on a pair. Always answering by a coin gives ln 2.",
        "nsp_accuracy": "Share of held-out pairs on which the likelier answer is the right one. Half of the pairs follow.",
        **{name: about + ALONE for name, about in HIDDEN.items()},
    },
    "span": {
        "loss": "Mean of −ln p, where p is the probability of each token of the answer: the words cut out, their sentinels, the end. "
        "In nats a token; lower is better.",
        "exact_span": "Share of the spans cut out of held-out texts that the model says word for word, when it takes the likeliest token "
        "each time.",
        "facts": "A capital is cut out of the one form of sentence in which that fact is never told; the text tells it in others. "
        "Share of right answers.",
        "sounds": "What an animal does is cut out of the one form of sentence in which that is never told; the text tells it in others. "
        "Share of right answers.",
        "reversed": "The same sentence turned round: the capital is told, and its country cut out. Share of right answers.",
        "grammar": GRAMMAR + "The words in which the two differ are cut out; chance is 50 %.",
        "meaning": MEANING + "The feeling is cut out; chance is 50 %.",
        "frames": FRAMES,
    },
    "sentiment": {
        "loss": "Mean of −ln p, where p is the probability of the true label. In nats an example; lower is better.",
        "accuracy": "Share of held-out examples whose likeliest label is the true one.",
    },
}

# The shares that those of a model lie between or beside, a classifier's from the top of the ladder down: name, explanation.
BASELINES = {
    "accuracy_ceiling": (
        "best possible",
        "A reader who knows the grammar this text is made with, worked out exactly for the same examples. On average no model "
        "is right more often.",
    ),
    "ngram": (
        "counting words",
        "Logistic regression on the words and pairs of words of the very same labels. It has read nothing else.",
    ),
    "chance": ("chance", "Naming the larger class every time."),
    "nsp_order": (
        "order alone",
        "A reader who knows in what order each kind of story is told, but not whether both parts tell of the same person, animal or "
        "country: the share of these pairs it tells apart, worked out exactly.",
    ),
}

_REAL = "Words are cut into 2,000 pieces. Nobody knows the floor of real text: two models that only count words stand in the chart instead."
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
**Film reviews** is real text: short reviews whole, and passages of an even sample of long ones, without their labels. {_REAL}""",
}
_ASKED = {
    "mlm": """\
**Hiding.** In training, {mask_rate:.0%} of the words are to be guessed. Of these 80 % are hidden, 10 % swapped for a random one and 10 %
left as they are, as in BERT. In every measurement all are hidden, and each word is one of them with the same chance.""",
    "clm": """\
**The next token.** In training, every token of a text is asked for, and its end; the model sees only what stands before. Writing is the
same, over and over: a token is drawn from what the model expects, and is read like all before it. The draw is a random number for each
place, the same for the same seed and at every step of the slider; special tokens other than the end are never drawn.""",
    "nsp": """\
**Pairs.** A story is cut in two after any of its sentences. In half of the pairs the second part is its own, in half that of another story
of the same kind, which tells of another animal, country or dish, and in every other case of the same person.
{mask_rate:.0%} of the words are to be named as well, as in BERT, with and without the question about pairs.""",
    "span": """\
**Cutting out.** In training, about {density:.0%} of a text's words are cut out, in spans of {span_length:g} words on average. How many
words and how many spans follows from the length of the text; all ways to choose them are equally likely. Each span leaves a sentinel of
its own (⟨0⟩, ⟨1⟩, … here, `<extra_id_0>` in T5), and the model writes sentinel, span, sentinel, span, and a last sentinel.
In every measurement 20 % of whole texts are cut out, in spans of 2 words on average.

**The bars** show what else fits in a gap: the likeliest spans, each with what ends it, if all that was written before that gap stands.
Looking at a token that came out shows the mean over the heads of the decoder's last layer.""",
    "sentiment": """\
**Labels.** In training, the model sees {labels:,} labelled examples over and over, as many of each class. It reads the text and nothing
else. The new head is one linear layer: a BERT's reads the mean of the last hidden states, a GPT's that of the last token.""",
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


def lines(stage: str) -> dict[str, tuple[str, str]]:
    """The lines a loss of this stage may lie between: name, explanation."""
    return LINES | {"random_guess": ("random guess", ALIKE[stage])} if stage in ALIKE else LINES


def best(stage: str) -> str:
    """What the best possible accuracy of this stage is."""
    return {"sentiment": BASELINES["accuracy_ceiling"][1], "nsp": BEST_OF_PAIRS, "span": BEST_SPANS}.get(stage, BEST)


def paragraphs(spec: RunSpec, recorded: bool) -> list[str]:
    """What is read, what is asked, what is measured on what, where the run comes from; each a paragraph of Markdown."""
    read = _READ[spec.text.name].format(sentence=TEXTS[spec.text.name].sentence)
    objective = asdict(spec.objective)
    return [read, _ASKED[spec.stage].format(**objective), _HELD_OUT, _RECORDED if recorded else _LIVE]


def glossary(history: History, stage: Stage) -> list[tuple[str, str]]:
    """The lines and figures of this run, by the names the chart gives them, each with its explanation."""
    references = history.begin.references if history.begin else {}
    known = lines(stage.name)
    bounds = [known[name] for name in known if name in references]
    counted = [BASELINES[name] for name in ("ngram", "chance", "nsp_order") if name in references]
    figures = [(metric.title, FIGURES[stage.name][metric.name]) for metric in stage.metrics if metric.name in history.scores]
    ceiling = any(metric.bound in references for metric in stage.metrics if metric.unit == "%")
    return bounds + figures + ([("best possible", best(stage.name))] if ceiling else []) + counted
