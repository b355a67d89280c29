"""The lecture's slides, in order: which claims each carries, and the page that shows them. Pages are found by these, and these by pages."""

from dataclasses import dataclass

START = ""  # the address of the page the app opens on


@dataclass(frozen=True)
class Slide:
    """One slide: what it says, the page that shows it, by its place in the address, and the claims of the lecture that it carries."""

    id: str
    title: str
    page: str
    claims: tuple[str, ...]


SLIDES = (
    Slide("two-phases", "Two phases: general pretraining, then adaptation", START, ("A1", "A2", "E1")),
    Slide("tokens", "What a model reads is tokens, not words", "tokens", ("B7",)),
    Slide("self-supervised", "The text itself is the label, in four ways", "four-exercises", ("B1",)),
    Slide("masked", "BERT learns to fill in hidden words", "masked-tokens", ("B2",)),
    Slide("next-sentence", "BERT is also asked what follows what", "next-sentence", ("B5",)),
    Slide("causal", "GPT learns to say the next word", "next-token", ("B3",)),
    Slide("spans", "T5 learns to say what was cut out", "spans", ("B4",)),
    Slide("what-and-when", "Grammar, meaning and facts come from text alone", "what-and-when", ("B6",)),
    Slide("positions-optimisers", "Whether it learns hangs on positions and optimiser", "positions-optimisers", ("B2",)),
    Slide("attention", "Both look around in a sentence: attention", "attention-maps", ()),
    Slide("few-labels", "A pretrained model needs few labels", "before-after", ("C1", "A2")),
    Slide("new-head", "A new layer is put on what was pretrained", "before-after", ("C4",)),
    Slide("family", "One pretrained model, many children", "lab-book", ("A1", "E1")),
)

# The page that shows the runs of a stage.
STAGE_PAGES = {
    "mlm": "masked-tokens",
    "clm": "next-token",
    "nsp": "next-sentence",
    "span": "spans",
    "sentiment": "before-after",
}


def beside(page: str, there: set[str]) -> tuple[Slide | None, Slide | None]:
    """The slides before and after those of this page, as far as their pages are there; (None, None) for a page of no slide."""
    slides = [slide for slide in SLIDES if slide.page in there]
    own = [place for place, slide in enumerate(slides) if slide.page == page]
    if not own:
        return None, None
    before, after = own[0] - 1, own[-1] + 1
    return slides[before] if before >= 0 else None, slides[after] if after < len(slides) else None
