"""The runs that come with the program, by the name of their recording's folder: what the pages open on."""

from llmviz.core.address import change
from llmviz.core.catalogue import BY_NAME
from llmviz.core.experiment import FINE_TUNING
from llmviz.core.settings import PairsSpec, TextSpec
from llmviz.core.spec import NO_PARENT, RunSpec, preset

MORE_SEEDS = (100, 101, 102, 103, 104)  # of these, too, the program knows how the runs of some recipes went, without their weights
RECORDED: dict[str, RunSpec] = {
    **{f"{stage.name}-{text}": preset(stage.name, TextSpec(text)) for stage in BY_NAME.values() for text in stage.recorded_texts},
    # Of what is fine-tuned, the same from random weights where it may begin with those.
    **{
        f"{stage.name}-{text}-scratch": preset(stage.name, TextSpec(text), NO_PARENT)
        for stage in BY_NAME.values()
        if stage.phase == FINE_TUNING and None in stage.starts
        for text in stage.recorded_texts
    },
    "nsp-tinyland-words": RunSpec("nsp", objective=PairsSpec(next_sentence=False)),
    "sentiment-tinyland-gpt": preset("sentiment", parent="clm"),
    "continual-tinyland-replay": change(preset("continual"), {"replay": 1.0}),
    "continual-tinyland-back": change(preset("continual", parent="continual"), {"reads": "old"}),
}


def seeds(first: int) -> tuple[int, ...]:
    """The seeds of a study whose page shows this one: it, and those of which the program may know how they went."""
    return (first, *(seed for seed in MORE_SEEDS if seed != first))
