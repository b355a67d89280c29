"""The lecture's ten slides, and the app's pages in the order in which they show them."""

from dataclasses import dataclass

START = ""  # the address of the page the app opens on


@dataclass(frozen=True)
class Slide:
    """One slide: its number in the lecture, what it says, and what of it is still to come on the pages that show it."""

    number: int
    title: str
    to_come: str = ""


@dataclass(frozen=True)
class Lesson:
    """One page: its place in the address, what it shows in a line, the numbers of its slides, and the claims of the lecture it carries.

    A page that is a `detail` adds to its slides what they do not say themselves.
    """

    page: str
    title: str
    slides: tuple[int, ...]
    claims: tuple[str, ...] = ()
    detail: bool = False

    @property
    def label(self) -> str:
        """Its slides in a word or two: `3, 6`, `also 3`."""
        return f"{'also ' * self.detail}{', '.join(map(str, self.slides))}"

    @property
    def said(self) -> str:
        """The same in full: `Slides 3, 6`, `Also slide 3`."""
        return f"{'Also slide' if self.detail else 'Slide'}{'s' * (len(self.slides) > 1)} {', '.join(map(str, self.slides))}"


SLIDES = (
    Slide(1, "Two phases: general pretraining, then adaptation"),
    Slide(2, "The workflow: pretrained, transferred, fine-tuned"),
    Slide(3, "Pretraining: no labels; grammar, meaning, facts"),
    Slide(4, "Fine-tuning: labelled data for one task", "question answering, instruction tuning"),
    Slide(5, "The two side by side: task, data, goal"),
    Slide(6, "BERT: two objectives, then layers for tasks", "entities, question answering"),
    Slide(7, "GPT: next token, then instructions and safety", "zero-shot and few-shot, human feedback, safety"),
    Slide(8, "The architecture of GPT", "all parts but attention"),
    Slide(9, "Table of differences, from data to flexibility", "the table, measured"),
    Slide(10, "Two lists: broad understanding, task adaptation"),
)

# In the order of their first slides. The lab book keeps what all the others have made, so it stands last.
LESSONS = (
    Lesson(START, "First a model reads, then it is taught", (1, 2), ("A1", "A2", "E1")),
    Lesson("tokens", "What a model reads is tokens, not words", (3,), ("B7",)),
    Lesson("four-exercises", "The text itself is the label, in four ways", (3,), ("B1",)),
    Lesson("masked-tokens", "BERT learns to fill in hidden words", (3, 6), ("B2",)),
    Lesson("next-token", "GPT learns to say the next word", (3, 7), ("B3",)),
    Lesson("what-and-when", "Grammar, meaning and facts, asked while models learn", (3,), ("B6",)),
    Lesson("positions-optimisers", "The same model with four recipes", (3,), ("B2",), detail=True),
    Lesson("before-after", "What a few labels teach, with pretraining and without", (4, 6), ("C1", "C4", "A2")),
    Lesson("next-sentence", "BERT is also asked what follows what", (6,), ("B5",)),
    Lesson("attention-maps", "Where each head of BERT and of GPT looks", (8,)),
    Lesson("spans", "T5 learns to say what was cut out", (9,), ("B4",)),
    Lesson("lab-book", "Every run, below the run it came from", (1,), ("A1", "E1"), detail=True),
)


def lesson(page: str) -> Lesson | None:
    """That of the page at this place of the address; None for a page of no slide."""
    return next((each for each in LESSONS if each.page == page), None)


def showing(slide: Slide) -> list[Lesson]:
    """The pages that show this slide, those that add a detail last."""
    return sorted((each for each in LESSONS if slide.number in each.slides), key=lambda each: each.detail)


def beside(page: str, there: set[str]) -> tuple[Lesson | None, Lesson | None]:
    """The pages before and after this one, as far as they are there; (None, None) for a page of no slide."""
    path = [each for each in LESSONS if each.page in there]
    own = next((place for place, each in enumerate(path) if each.page == page), None)
    if own is None:
        return None, None
    return path[own - 1] if own else None, path[own + 1] if own + 1 < len(path) else None
