"""What the page *Architecture* says of the boxes of a model, of three models side by side, and of published ones."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from transformers import BertConfig, BertForMaskedLM, GPT2Config, GPT2LMHeadModel

from llmviz.core.questions.tensors import Inventory, Tensors
from llmviz.core.run import RunRef
from llmviz.core.spec import preset
from llmviz.experiments.architecture import answer, sides_view, sizes_view, view, weights_view
from llmviz.experiments.architecture.question import Walk
from llmviz.experiments.architecture.weights_view import Stage
from llmviz.inspect import snapshots, tensors
from llmviz.runs.recordings import Recordings
from llmviz.views.network import moved
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


def stock(step: int, tensors_by_name: dict[str, list[float]], began: dict[str, list[float]]) -> Inventory:
    """The inventory of these tensors, worked out here once more."""
    held, before = ({name: np.array(values) for name, values in given.items()} for given in (tensors_by_name, began))
    apart = [np.linalg.norm(held[name] - before[name]) / (np.linalg.norm(before[name]) or 1.0) for name in held]
    norms = [np.linalg.norm(values) for values in held.values()]
    shapes = tuple((len(values),) for values in held.values())
    return Inventory(step, "BertForMaskedLM", tuple(held), shapes, ("",) * len(held), np.array(norms), np.array(apart))


def test_parts_move_as_far_as_their_numbers_taken_together() -> None:
    query, value, head = "encoder.layer.0.attention.self.query.weight", "encoder.layer.0.attention.self.value.weight", "classifier.weight"
    random = {query: [3.0, 0.0], value: [0.0, 4.0]}
    trained = {query: [3.0, 3.0], value: [4.0, 4.0]}  # 5 away of a length of 5
    tuned = {query: [3.0, 3.0], value: [4.0, 5.0], head: [2.0, 0.0]}
    begun, ended = stock(0, random, random), stock(9, trained, random)
    first, last = stock(0, trained | {head: [0.0, 0.0]}, trained | {head: [0.0, 0.0]}), stock(5, tuned, trained | {head: [0.0, 0.0]})
    stages = [Stage("random", "", begun), Stage("pretrained", "", ended, begun), Stage("tuned", "", last, first)]
    drawn = weights_view.weights(stages, 1)
    attention, top, whole = drawn["rows"]
    assert [each["name"] for each in drawn["rows"]] == ["layer 1, attention", "head", "all of it"]
    assert [cell["bits"][0]["text"] for cell in attention["cells"]] == ["5.0", "7.1", "7.7"]
    assert [cell["more"] for cell in attention["cells"]] == [[], ["moved 100%"], ["moved 14%"]]
    assert attention["cells"][1].get("tint") == pytest.approx(1.0) and attention["cells"][2].get("tint") == pytest.approx(0.1414, abs=1e-3)
    assert [cell["more"] for cell in top["cells"]] == [[], [], ["new: it began at zero"]] and top["cells"][0]["faint"]
    assert whole["cells"][2]["more"] == [f"moved {5**0.5 / 50**0.5:.0%}"]


@pytest.mark.parametrize("name", ["mlm", "clm", "span"])
def test_pretraining_moved_the_recorded_models_further_than_fine_tuning_did(name: str) -> None:
    recorded = Recordings()
    task = preset("text2text") if name == "span" else preset("sentiment", parent=name)
    shares = []
    for spec in (preset(name), task):
        folder = recorded.folder(RunRef(spec.id, 0))
        steps = folder.snapshots()
        began, ended = tensors.answer({step: folder.snapshot(step) for step in (steps[0], steps[-1])}, Tensors(0))
        shares.append(moved(ended, began, ended.names))
    assert shares[0] > 0.5 and 0 < shares[1] < 0.6 * shares[0]
