"""What the page *Architecture* says of the boxes of a model, of three models side by side, and of published ones."""

from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import BertConfig, BertForMaskedLM, GPT2Config, GPT2LMHeadModel

from llmviz.core.questions.tensors import Tensors
from llmviz.experiments.architecture import answer, sides_view, sizes_view, view
from llmviz.experiments.architecture.question import Walk
from llmviz.inspect import snapshots, tensors
from tests.experiments.test_architecture import LLAMA, TEXT, every, folders, hidden
from tests.inspect.kept import KINDS

__all__ = ["folders"]  # a fixture


@every
def test_the_picture_tells_of_every_box_what_it_does_and_how_far_it_has_moved(name: str, folders: dict[str, Path]) -> None:
    folder = folders[name]
    step = int(folder.name)
    [inventory] = tensors.answer({step: folder}, Tensors(since=step if name in (*KINDS, LLAMA) else 0))
    [found] = answer.answer({step: folder}, Walk(TEXT, hidden(name)))
    drawn = view.walk(found, inventory, (-1, -1, -1, -1), "", "")
    far = dict(zip(inventory.names, inventory.moved.tolist(), strict=True))
    for box in drawn["boxes"]:
        assert box["says"] and box["moved"] == max((far[tensor] for tensor in box["tensors"]), default=view.UNKNOWN)
    trained = [box["moved"] for box in drawn["boxes"] if box["kind"] == "linear"]
    assert all(moved == 0 for moved in trained) if name in (*KINDS, LLAMA) else max(trained) > 0.05


def on_paper(shape: sizes_view.Shape) -> int:
    """The parameters of a published model, counted by transformers itself, without making any."""
    with torch.device("meta"):
        model: Any
        if shape.bert:
            model = BertForMaskedLM(BertConfig(num_hidden_layers=shape.layers, hidden_size=shape.width, vocab_size=shape.vocabulary))
        else:
            config = GPT2Config(
                n_layer=shape.layers,
                n_embd=shape.width,
                n_positions=shape.context,
                vocab_size=shape.vocabulary,
                n_head=shape.width // 64,
            )
            model = GPT2LMHeadModel(config)
    return sum(weight.numel() for weight in {id(weight): weight for weight in model.parameters()}.values())


@pytest.mark.parametrize("shape", sizes_view.PUBLISHED, ids=lambda shape: shape.name)
def test_published_shapes_have_as_many_parameters_as_transformers_counts(shape: sizes_view.Shape) -> None:
    assert sum(count.parameters for count in sizes_view.counts(shape).values()) == on_paper(shape)


@pytest.mark.parametrize(("name", "bert"), [("gpt2", False), ("bert", True)])
def test_the_formula_counts_a_walked_model_as_its_boxes_do(name: str, bert: bool, folders: dict[str, Path]) -> None:
    [found] = answer.answer({5: folders[name]}, Walk(TEXT, hidden(name)))
    config: Any = snapshots.config(folders[name])
    shape = sizes_view.Shape("", bert, 2, config.hidden_size, config.vocab_size, config.max_position_embeddings, "")
    counted, own = sizes_view.counts(shape), sizes_view.own(found)
    assert {group: count.parameters for group, count in counted.items()} == {group: count.parameters for group, count in own.items()}
    for group in set(sizes_view.ORDER) - {"scores and mixing"}:  # which grows with the text, and a sentence is shorter than the context
        assert own[group].multiplications == pytest.approx(counted[group].multiplications), group


def test_what_differs_between_the_three_is_read_off_their_boxes(folders: dict[str, Path]) -> None:
    models = {
        name: answer.answer({5: folders[name]}, Walk(TEXT, hidden(name)))[0] for name in ("clm-tinyland", "mlm-tinyland", "span-tinyland")
    }
    rows = {row["name"]: [bit["text"] for cell in row["cells"] for bit in cell["bits"]] for row in sides_view.sides(models, 0)["rows"]}
    assert rows["stacks"] == ["one: 2 blocks", "one: 2 blocks", "two: 2 blocks read, 2 write"]
    assert rows["a token sees"][:2] == ["only what stands before it", "all tokens, before and after it"]
    assert [norm.partition(";")[0] for norm in rows["norms"]] == [
        "before attention and feed-forward",
        "after each sum",
        "before attention and feed-forward",
    ]
    assert rows["positions"][2].startswith("by distance")
    assert rows["biases"] == ["yes", "yes", "none"]
