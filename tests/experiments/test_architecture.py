"""A walk through a model: every box is what the model of transformers has there, and is made of what it says it is made of."""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import torch
from transformers import PreTrainedModel

from llmviz.core.recorded import RECORDED
from llmviz.core.run import RunRef
from llmviz.experiments.architecture import ablation_answer, answer, lens_answer, silence_answer
from llmviz.experiments.architecture.pieces_answer import pieces
from llmviz.experiments.architecture.question import SHOWN_WORDS, Ablation, LogitLens, Silence, Walk, Walked
from llmviz.experiments.architecture.tape_answer import Tape
from llmviz.experiments.building import build
from llmviz.inspect import snapshots
from llmviz.inspect.queries import queries_and_keys
from llmviz.models import masked
from llmviz.runs.recordings import Recordings
from llmviz.training.loop import Training
from tests.inspect.kept import KINDS, keep, keep_llama

RECORDINGS = ("clm-tinyland", "clm-sotu", "mlm-tinyland", "span-tinyland", "sentiment-tinyland", "sentiment-tinyland-gpt")
LLAMA = "llama"
TEXT = "the capital of Spain is Madrid ."
HIDDEN = (5,)
CLOSE = 1e-5
Floats = npt.NDArray[np.float32]


def newest(run: Path) -> Path:
    return max((folder for folder in (run / "snapshots").iterdir() if folder.name.isdecimal()), key=lambda folder: int(folder.name))


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Trained models out of the recordings, and random ones of every architecture."""
    recorded = {name: newest(Recordings().folder(RunRef(RECORDED[name].id, 0)).path) for name in RECORDINGS}
    random = {kind: keep(kind, tmp_path_factory.mktemp(kind), (5,))[5] for kind in KINDS}
    return recorded | random | {LLAMA: keep_llama(tmp_path_factory.mktemp(LLAMA))}


every = pytest.mark.parametrize("name", (*RECORDINGS, *KINDS, LLAMA))


def hidden(name: str) -> tuple[int, ...]:
    return HIDDEN if name.startswith(("mlm", "span", "bert", "roformer")) else ()


def inputs(found: answer.Walkthrough, ids: torch.Tensor) -> dict[str, torch.Tensor]:
    written = {} if found.written is None else {"decoder_input_ids": found.written[None]}
    return {"input_ids": ids[None], "attention_mask": torch.ones_like(ids[None]), **written}


@pytest.fixture
def walked(folders: dict[str, Path], name: str) -> tuple[PreTrainedModel, torch.Tensor, answer.Walkthrough]:
    ids = answer.given(folders[name], Walk(TEXT, hidden(name))).ids
    model = snapshots.model(folders[name])
    return model, ids, answer.walk(model, ids)


Through = tuple[PreTrainedModel, torch.Tensor, answer.Walkthrough]


@every
def test_every_box_with_weights_gives_what_the_module_of_the_model_gives(name: str, walked: Through) -> None:
    """Of a matrix that holds queries, keys and values the three together are compared with attention, in the next test."""
    model, ids, found = walked
    said: dict[str, list[torch.Tensor]] = {}
    hooks = [
        module.register_forward_hook(lambda _, __, out, name=path: said.setdefault(name, []).append(out))
        for path, module in model.named_modules()
        if not list(module.children())
    ]
    with torch.no_grad():
        model(**inputs(found, ids))
    for hook in hooks:
        hook.remove()
    compared = 0
    for place, box in enumerate(found.tape.boxes):
        for module in {tensor.rpartition(".")[0] for tensor in box.tensors} & set(said):
            ours = found.tape.flat(place)
            theirs = [out.reshape(-1, out.shape[-1]) for out in said[module]]
            alike = [out for out in theirs if out.shape == ours.shape]
            if box.kind == "scores" or not alike:
                continue
            compared += 1
            assert min(float((ours - out).abs().max()) for out in alike) <= CLOSE, f"{box.name} against {module}"
    assert compared >= 11  # embeddings, in both layers norms and matrices, and the head


@every
def test_attention_and_logits_are_the_models_own(name: str, walked: Through) -> None:
    model, ids, found = walked
    model.set_attn_implementation("eager")
    with torch.no_grad():
        out = model(**inputs(found, ids), output_attentions=True)
    boxes = found.tape.boxes
    shares = [box.values for box in boxes if box.kind == "softmax"]
    if found.written is None:
        theirs = [layer[0] for layer in out.attentions]
    else:
        pairs = zip(out.decoder_attentions, out.cross_attentions, strict=True)
        theirs = [*(layer[0] for layer in out.encoder_attentions), *(layer[0] for pair in pairs for layer in pair)]
    assert len(shares) == len(theirs) == (6 if found.written is not None else 2)
    for ours, those in zip(shares, theirs, strict=True):
        torch.testing.assert_close(ours, those, rtol=0, atol=CLOSE)
    logits = boxes[boxes[-1].reads[0]].values[0]
    expected = out.logits if out.logits.dim() == 2 else out.logits[0]
    if type(model).__name__.endswith("ForTokenClassification"):
        expected = out.logits[0].mean(0, keepdim=True)
    torch.testing.assert_close(logits, expected, rtol=0, atol=CLOSE)
    torch.testing.assert_close(boxes[-1].values[0], expected.softmax(-1), rtol=0, atol=CLOSE)


@pytest.mark.parametrize("name", KINDS)
def test_queries_and_keys_are_those_that_meet_in_the_model(name: str, folders: dict[str, Path], walked: Through) -> None:
    _, ids, found = walked
    queries, keys = queries_and_keys(folders[name], ids[None])
    scores = [box for box in found.tape.boxes if box.kind == "scores"]
    for layer, box in enumerate(scores):
        query, key = box.reads
        torch.testing.assert_close(found.tape.values(query), queries[layer], rtol=0, atol=CLOSE)
        torch.testing.assert_close(found.tape.values(key), keys[layer], rtol=0, atol=CLOSE)


@every
def test_the_parameters_of_all_boxes_are_those_of_the_model(name: str, walked: Through) -> None:
    model, _, found = walked
    boxes = found.tape.boxes
    assert sum(box.parameters for box in boxes) == masked.parameters(model)
    used = {tensor for box in boxes for tensor in box.tensors}
    tied = set(model.all_tied_weights_keys)
    assert {tensor for tensor, weight in model.named_parameters() if weight.requires_grad} - tied <= used


@every
def test_a_box_is_made_of_what_the_page_says_it_is_made_of(name: str, folders: dict[str, Path]) -> None:
    """Every number of every stage, from no more than what the browser gets."""
    folder = folders[name]
    first = answer.answer({5: folder}, Walk(TEXT, hidden(name)))[0]
    checked = 0
    for opened in range(len(first.stages)):
        [found] = answer.answer({5: folder}, Walk(TEXT, hidden(name), opened))
        for place in np.flatnonzero(found.stage == opened):
            heads, rows, columns = found.shapes[place]
            remade = made_of(found, int(place))
            if remade is None:
                continue
            checked += 1
            expected = found.values[place]
            assert expected.shape[:2] == (heads, rows) and expected.shape[2] in (columns, len(found.words))
            np.testing.assert_allclose(remade, expected, rtol=0, atol=CLOSE, err_msg=f"{found.stages[opened]}: {found.names[place]}")
    assert checked == sum(kind != "lookup" for kind in found.kinds)


def made_of(found: Walked, place: int) -> Floats | None:
    """A box once more, from the boxes it reads and its weights, by the definition of its kind in numpy."""
    kind, weight, bias, constant = found.kinds[place], found.weights[place], found.biases[place], found.constants[place]
    reads = [found.values[read].astype(np.float64) for read in found.reads[place]]
    x = reads[0] if reads else np.empty(0)
    match kind:
        case "lookup":
            return None
        case "add":
            made = np.sum(reads, axis=0)
        case "layer_norm":
            centred = x - x.mean(-1, keepdims=True)
            made = centred / np.sqrt((centred**2).mean(-1, keepdims=True) + constant) * weight + bias
        case "rms_norm":
            made = x / np.sqrt((x**2).mean(-1, keepdims=True) + constant) * weight
        case "linear":
            flat = np.swapaxes(x, 0, 1).reshape(x.shape[1], -1)
            out = flat @ weight.astype(np.float64).T + (bias if bias.size else 0)
            made = np.swapaxes(out.reshape(len(out), found.shapes[place, 0], -1), 0, 1)
        case "turn":
            cos, sin = weight
            places = np.arange(x.shape[-1])
            half = len(places) // 2
            partner = places ^ 1 if constant else (places + half) % len(places)
            sign = np.where(places % 2 == 0 if constant else places < half, -1, 1)
            made = x * cos + sign * x[..., partner] * sin
        case "scores":
            keys = np.repeat(reads[1], len(x) // len(reads[1]), axis=0)
            made = x @ np.swapaxes(keys, 1, 2) * constant + (bias if bias.size else 0)
        case "softmax":
            seen = np.tril(np.ones(x.shape[1:])) if constant else np.ones(x.shape[1:])
            raised = np.exp(x - x.max(-1, keepdims=True)) * seen
            made = raised / raised.sum(-1, keepdims=True)
        case "mix":
            made = x @ np.repeat(reads[1], len(x) // len(reads[1]), axis=0)
        case "silu":
            made = x / (1 + np.exp(-x))
        case "multiply":
            made = x * reads[1]
        case "relu":
            made = np.maximum(x, 0)
        case "gelu_new":
            made = 0.5 * x * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3)))
        case "scale":
            made = x * constant
        case "mean":
            made = x.mean(1, keepdims=True)
        case "last":
            made = x[:, -1:]
        case "probabilities":
            made = np.exp(x - weight[:, None])
        case _:
            raise AssertionError(f"nothing says how {kind} comes about")
    return np.asarray(made, np.float32)


@every
def test_the_words_that_are_shown_hold_every_first_guess(name: str, folders: dict[str, Path], walked: Through) -> None:
    _, _, found = walked
    [shown] = answer.answer({5: folders[name]}, Walk(TEXT, hidden(name), 99))
    probabilities = found.tape.boxes[-1].values[0]
    names = answer.names(folders[name], found)
    assert {names[int(best)] for best in probabilities.argmax(-1)} <= set(shown.words)
    assert len(shown.words) == min(SHOWN_WORDS, len(names)) and shown.vocabulary == len(names)
    assert shown.opened == len(shown.stages) - 1  # a stage beyond the last is the last


def test_of_a_trained_bert_the_capital_stands_in_the_gap(folders: dict[str, Path]) -> None:
    [found] = answer.answer({1: folders["mlm-tinyland"]}, Walk(TEXT, HIDDEN, 99))
    gap = found.sequences[0].index("[MASK]")
    assert found.words[int(found.values[-1][0, gap].argmax())] == "Madrid"


@pytest.mark.parametrize(("text", "places", "sentence"), [("", (), "no word"), (TEXT, (99,), "lies outside")])
def test_what_cannot_be_walked_is_refused_in_a_sentence(
    text: str, places: tuple[int, ...], sentence: str, folders: dict[str, Path]
) -> None:
    with pytest.raises(ValueError, match=sentence):
        answer.answer({1: folders["mlm-tinyland"]}, Walk(text, places))


def test_a_long_sentence_is_cut_and_says_so(folders: dict[str, Path]) -> None:
    [found] = answer.answer({1: folders["clm-tinyland"]}, Walk("the dog barks . " * 20))
    assert len(found.sequences[0]) == 25 and found.cut == 56


@every
def test_the_lens_ends_with_what_the_model_says(name: str, folders: dict[str, Path], walked: Through) -> None:
    _, _, found = walked
    [read] = lens_answer.answer({5: folders[name]}, LogitLens(TEXT, hidden(name)))
    boxes = found.tape.boxes
    each = next(box for box in boxes if box.name.startswith("logits")).values[0].softmax(-1)
    np.testing.assert_allclose(read.chances[-1], each.max(-1).values, rtol=0, atol=CLOSE)
    np.testing.assert_allclose(read.ends[-1], read.chances[-1], rtol=0, atol=CLOSE)
    assert len(read.places) == len(set(read.places)) and read.places[0] == "embeddings" and read.places[-1].endswith("feed-forward")
    assert len(read.tokens) == each.shape[0]


@every
def test_a_piece_that_is_switched_off_adds_nothing_and_comes_back_to_the_last_bit(name: str, walked: Through) -> None:
    model, ids, found = walked
    before = {tensor: weight.clone() for tensor, weight in model.state_dict().items()}
    there = pieces(found.tape)
    with torch.no_grad():
        for piece in there[1:]:
            with piece.silenced():
                again = answer.walk(model, ids, found.written).tape
            assert not torch.equal(found.tape.boxes[-1].values, again.boxes[-1].values), piece.name
            if piece.name.endswith("feed-forward"):
                assert any(not again.values(place).any() for place, box in enumerate(again.boxes) if box.name == "narrower")
    assert all(torch.equal(weight, before[tensor]) for tensor, weight in model.state_dict().items())
    layers, heads = (6, 4) if found.written is not None else (2, found.tape.boxes[names_of(found.tape).index("query")].values.shape[0])
    feed_forward = 4 if found.written is not None else 2
    assert len(there) == 1 + layers * (heads + 1) + feed_forward


def names_of(tape: Tape) -> list[str]:
    return [box.name for box in tape.boxes]


def test_a_head_adds_its_columns_of_the_output_matrix(folders: dict[str, Path]) -> None:
    """What a layer adds is the sum of what its heads add, and the bias."""
    model = snapshots.model(folders["clm-tinyland"])
    ids = answer.given(folders["clm-tinyland"], Walk(TEXT)).ids
    with torch.no_grad():
        whole = answer.walk(model, ids).tape
        output = names_of(whole).index("output")
        lost = torch.zeros_like(whole.values(output))
        for piece in pieces(whole)[1:5]:
            assert piece.name.startswith("block 1, head")
            with piece.silenced():
                lost += whole.values(output) - answer.walk(model, ids).tape.values(output)
        torch.testing.assert_close(lost + whole.boxes[output].bias, whole.values(output), rtol=0, atol=CLOSE)


def test_without_one_head_the_recorded_bert_no_longer_knows_the_capital(folders: dict[str, Path]) -> None:
    [found] = silence_answer.answer({1: folders["mlm-tinyland"]}, Silence(TEXT, HIDDEN))
    assert (found.pieces[0], found.words[0], found.asked) == ("", "Madrid", "[MASK]")
    heads = [place for place, piece in enumerate(found.pieces) if "head" in piece]
    assert found.first[0] > 0.9 and min(found.first[heads]) < 0.5


def test_a_gpt_is_asked_what_stands_in_the_gap(folders: dict[str, Path]) -> None:
    [found] = silence_answer.answer({1: folders["clm-tinyland"]}, Silence(TEXT, HIDDEN))
    assert (found.asked, found.words[0]) == ("is", "Madrid")
    [end] = silence_answer.answer({1: folders["clm-tinyland"]}, Silence("the capital of Spain is"))
    assert (end.asked, end.words[0]) == ("is", "Madrid")


def test_an_ablation_measures_what_the_run_measures(monkeypatch: pytest.MonkeyPatch) -> None:
    spec = RECORDED["clm-tinyland"]
    training = Training(build(spec, None), spec.train)
    weights = {name: weight.clone() for name, weight in training.stage.model.state_dict().items()}
    whole = training.stage.evaluate()
    found = ablation_answer.answer(training, Ablation(start=0))
    assert found.metrics == tuple(whole)
    np.testing.assert_allclose(found.figures[0], [*whole.values()], rtol=1e-6)
    assert found.pieces[:2] == ("", "block 1, head 1") and len(found.pieces) == 13
    assert all(torch.equal(weight, weights[name]) for name, weight in training.stage.model.state_dict().items())
