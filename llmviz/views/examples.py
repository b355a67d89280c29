"""Sentences that pages suggest for each stage and text, with the words to hide in them. A page opens with the first."""

from collections.abc import Sequence
from dataclasses import dataclass

from llmviz.core.texts import TEXTS


@dataclass(frozen=True)
class Example:
    """A sentence to try: what the button says, the sentence, the places of its hidden tokens, and of a pair the `second` part.

    `truth` is the true label of an opinion: what a model that judges it should say.
    """

    label: str
    sentence: str
    hidden: tuple[int, ...] = ()
    second: str = ""
    truth: str = ""


def truth(examples: Sequence[Example], sentence: str) -> str:
    """The true label of a sentence that is one of these examples; empty where nobody has said it."""
    return next((each.truth for each in examples if each.sentence == sentence), "")


def _own(text: str, label: str) -> Example:
    return Example(label, TEXTS[text].sentence, TEXTS[text].hidden)


EXAMPLES: dict[tuple[str, str], tuple[Example, ...]] = {
    ("mlm", "tinyland"): (
        _own("tinyland", "a capital"),
        Example("a sound", "listen , this owl hoots again .", (4,)),
        Example("a person", "Anna is a baker and lives in Paris .", (3, 7)),
        Example("a mood", "the film was dull . we hated it .", (3, 6)),
    ),
    ("mlm", "sotu"): (
        _own("sotu", "a country"),
        Example("a verb", "we must do more for our country .", (2,)),
        Example("two gaps", "the congress of the united states .", (1, 4)),
    ),
    ("mlm", "wiki"): (
        _own("wiki", "a place"),
        Example("a person", "he was an american film director .", (3,)),
        Example("two gaps", "the river flows through germany .", (1, 4)),
    ),
    ("mlm", "reviews"): (
        _own("reviews", "an opinion"),
        Example("a noun", "this is the best film i have seen .", (5,)),
        Example("two gaps", "the story is thin and the end is silly .", (3, 8)),
    ),
    ("nsp", "tinyland"): (
        Example("one story", TEXTS["tinyland"].pair[0], second=TEXTS["tinyland"].pair[1]),
        Example("another animal", TEXTS["tinyland"].pair[0], second="every owl hoots . she took it to the barn . she went home happy ."),
        Example("another person", TEXTS["tinyland"].pair[0], second="he took it to the barn . he went home happy ."),
        Example("another country", "Tom reads about Peru and Cuba .", second="Nairobi is the capital of Kenya . then he was sad ."),
        Example("nothing tells", "last winter Leo went to Spain .", second="he visited the museum in the spring . he came home proud ."),
    ),
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
    ("sentiment", "tinyland"): (
        Example("contrast", TEXTS["tinyland"].opinion, truth="positive"),
        Example("negation", "the play was not dull .", truth="positive"),
        Example("a verb", "nobody liked the concert .", truth="negative"),
        Example("positive", "what a superb show ! we loved it .", truth="positive"),
    ),
    ("sentiment", "reviews"): (
        Example("negative", TEXTS["reviews"].opinion, truth="negative"),
        Example("positive", "a warm and funny film with a great cast .", truth="positive"),
        Example("negation", "not a bad film at all .", truth="positive"),
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
    ("clm", "tinyland"): (
        Example("a capital", TEXTS["tinyland"].beginning),
        Example("a trip", "last summer"),
        Example("a person", "Anna is a"),
        Example("a film", "the film was"),
        Example("nothing", ""),
    ),
    ("clm", "sotu"): (
        Example("the people", TEXTS["sotu"].beginning),
        Example("a duty", "We must"),
        Example("nothing", ""),
    ),
    ("clm", "wiki"): (
        Example("a city", TEXTS["wiki"].beginning),
        Example("a person", "He was an American"),
        Example("nothing", ""),
    ),
    ("span", "tinyland"): (
        Example("two gaps", TEXTS["tinyland"].spanned, TEXTS["tinyland"].spans),
        Example("a fact", "people of Italy call Rome the capital .", (4, 5)),
        Example("a mood", "the play was dull . everybody left sad .", (3, 7)),
        Example("two phrases", "Anna has a cow . the cow moos . that made Anna happy .", (5, 6, 9, 10)),
        Example("a city", "in Italy , Rome is the capital .", (3, 4)),
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
