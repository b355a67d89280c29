"""The words that the fake models know: those of Tinyland that pages suggest."""

from llmviz.experiments import ALL, own_labels, own_tags, own_text, tokenization
from llmviz.text.tinyland.world import ADJECTIVES, CAPITALS, FEELINGS, PEOPLE, SHOWS, SOUNDS, VERDICTS

OTHERS = (tokenization.LESSON, own_labels.EXPERIMENT, own_tags.EXPERIMENT, own_text.EXPERIMENT)  # a model need not know the words of these
WORDS = sorted(
    {*CAPITALS, *CAPITALS.values(), *PEOPLE, *SHOWS, *SOUNDS, "every"}
    | {sound for sounds in SOUNDS.values() for sound in sounds}
    | {word for table in (ADJECTIVES, FEELINGS, VERDICTS) for words in table.values() for word in words}
    | {
        word
        for each in ALL
        if each not in OTHERS
        for example in each.examples.get("tinyland", ())
        for word in (*example.sentence.split(), *example.second.split())
    }
)
GOOD, BAD = ({*ADJECTIVES[mood], *VERDICTS[mood]} for mood in ("good", "bad"))
