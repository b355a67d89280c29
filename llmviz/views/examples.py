"""Sentences that pages suggest, by experiment or page and by text, with the words to hide in them. A page opens with the first."""

from llmviz.core.experiment import Example
from llmviz.core.texts import TEXTS
from llmviz.experiments import EXPERIMENTS

EXAMPLES: dict[tuple[str, str], tuple[Example, ...]] = {
    **{(each.name, text): examples for each in EXPERIMENTS for text, examples in each.examples.items()},
    ("attention", "tinyland"): (
        Example("a capital", TEXTS["tinyland"].sentence),
        Example("two sentences", "Anna found a dog near the river . the dog barks ."),
        Example("a far verb", "Anna is a baker and lives in Paris ."),
        Example("two capitals", "in Spain , Madrid is the capital . people of Italy call Rome the capital ."),
    ),
    ("attention", "sotu"): (
        Example("the people", TEXTS["sotu"].sentence),
        Example("a word twice", "our country needs peace , and peace needs our country ."),
    ),
    ("attention", "wiki"): (
        Example("a place", TEXTS["wiki"].sentence),
        Example("a word twice", "the river flows through the city , and the city has a port ."),
    ),
    ("attention", "reviews"): (
        Example("a contrast", TEXTS["reviews"].sentence),
        Example("a word twice", "the film begins well , but the film ends badly ."),
    ),
    ("tokens", "tinyland"): (
        Example("a new word", "the unhappy dog barks in Paris ."),
        Example("known words", TEXTS["tinyland"].sentence),
        Example("new letters", "the 🦉 hoots at a żółw ."),
        Example("one long word", "counterrevolutionaries"),
    ),
    ("tokens", "sotu"): (
        Example("a new word", "The unhappiest president tweets."),
        Example("the people", "The people of the United States are free."),
        Example("new letters", "The 🦉 says żółw."),
        Example("one long word", "counterrevolutionaries"),
    ),
    ("tokens", "wiki"): (
        Example("a new word", "The unhuggable robot tweets."),
        Example("a place", "It is a city in the south of France."),
        Example("new letters", "The 🦉 says żółw."),
        Example("one long word", "counterrevolutionaries"),
    ),
    ("tokens", "reviews"): (
        Example("a new word", "An unbingeable show about blockchains."),
        Example("an opinion", "The acting is good but the story is bad."),
        Example("new letters", "The 🦉 says żółw."),
        Example("one long word", "counterrevolutionaries"),
    ),
    ("exercises", "tinyland"): (
        Example("an animal", TEXTS["tinyland"].spanned),
        Example("a story", "Anna found a dog near the river . every dog barks . she went home happy ."),
        Example("an opinion", "the film was dull . we hated it ."),
        Example("one sentence", TEXTS["tinyland"].sentence),
        Example("a new word", "Leo saw a zebra by the lake . every zebra croaks ."),
    ),
    ("start", "tinyland"): (
        Example("positive", TEXTS["tinyland"].opinion, (TEXTS["tinyland"].telling,), truth="positive"),
        Example("negative", "we went to see a film . it was dull and we felt sad .", (9,), truth="negative"),
        Example("negation", "the play was not dull . we loved it .", (7,), truth="positive"),
        Example("a verb", "nobody liked the concert .", (1,), truth="negative"),
    ),
    ("start", "reviews"): (
        Example("negative", TEXTS["reviews"].opinion, (TEXTS["reviews"].telling,), truth="negative"),
        Example("positive", "a warm and funny film with a great cast .", (7,), truth="positive"),
    ),
}
