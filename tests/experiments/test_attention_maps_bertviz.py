"""bertviz's pages: they hold what the model attends to, ask nobody for anything, and a visitor's text does nothing in them.

For BERT and GPT-2 their queries, keys and attention are held to those of bertviz's own models, given the same weights.
"""

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from llmviz.experiments.attention_maps.answer import DIGITS, MOST_LINES, answer
from llmviz.experiments.attention_maps.question import VIEWS, Bertviz
from llmviz.inspect import snapshots
from llmviz.inspect.attention import read
from tests.inspect.kept import KINDS, Folders, keep

TEXT = "Anna found a dog near the river . the dog barks ."
HOSTILE = "</script><script>fetch('https://example.org')</script> <!-- & ' \" \\u003c \u2028 PYTHON_PARAMS {data}"
CLOSE = 2 * 10**-DIGITS


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Folders]:
    return {kind: keep(kind, tmp_path_factory.mktemp(kind), (0, 5)) for kind in KINDS}


def data(html: str) -> dict[str, Any]:
    """The data of a page."""
    [found] = re.findall(r"<script>window\.bertviz_params = (\{.*?\});</script>", html)
    shown: dict[str, Any] = json.loads(found)
    return shown


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("kind", KINDS)
def test_a_page_holds_the_attention_of_its_own_snapshot(view: str, kind: str, kept: dict[str, Folders]) -> None:
    folders = kept[kind]
    pages = answer(folders, Bertviz(TEXT, view, layer=1, head=1))
    assert [(page.step, page.tokens, page.drawn) for page in pages] == [(0, 12, 12), (5, 12, 12)]
    for page in pages:
        reading = read(folders[page.step], TEXT)
        shown = data(page.html)["attention"]["all"]
        expected = snapshots.attention([folders[page.step]], torch.tensor([reading.ids]))[0, 0]
        np.testing.assert_allclose(shown["attn"], expected, rtol=0, atol=CLOSE)
        assert shown["left_text"] == shown["right_text"] == list(reading.tokens)
    assert pages[0].html != pages[1].html


@pytest.mark.parametrize("kind", ["bert", "gpt2"])
def test_the_neuron_view_shows_what_bertvizs_own_model_of_these_weights_does(kind: str, kept: dict[str, Folders]) -> None:
    folder = kept[kind][5]
    reading = read(folder, TEXT)
    with torch.no_grad():
        layers = own_model(kind, folder)(torch.tensor([reading.ids]))[-1]
    [page] = answer({5: folder}, Bertviz(TEXT, "neuron"))
    shown = data(page.html)
    for name in ("attn", "queries", "keys"):
        np.testing.assert_allclose(shown["attention"]["all"][name], torch.stack([layer[name][0] for layer in layers]), rtol=0, atol=CLOSE)
    assert shown["bidirectional"] == (kind == "bert")


def own_model(kind: str, folder: Path) -> Any:
    """bertviz's own model of this kind with the weights of a snapshot."""
    from bertviz import transformers_neuron_view as theirs  # type: ignore[import-untyped]

    ours = snapshots.model(folder)
    config = ours.config
    if kind == "bert":
        model = theirs.BertModel(
            theirs.BertConfig(
                config.vocab_size,
                hidden_size=config.hidden_size,
                num_hidden_layers=config.num_hidden_layers,
                num_attention_heads=config.num_attention_heads,
                intermediate_size=config.intermediate_size,
                hidden_act=config.hidden_act,
                max_position_embeddings=config.max_position_embeddings,
                type_vocab_size=config.type_vocab_size,
                layer_norm_eps=config.layer_norm_eps,
                output_attentions=True,
            )
        )
    else:
        model = theirs.GPT2Model(
            theirs.GPT2Config(
                config.vocab_size,
                n_positions=config.n_positions,
                n_ctx=config.n_positions,
                n_embd=config.n_embd,
                n_layer=config.n_layer,
                n_head=config.n_head,
                layer_norm_epsilon=config.layer_norm_epsilon,
                output_attentions=True,
            )
        )
        for block in model.h:  # theirs is always gelu
            block.mlp.act = torch.relu
    missing, unexpected = model.load_state_dict(ours.base_model.state_dict(), strict=False)
    assert not unexpected and all(name.startswith("pooler.") or name.endswith("attn.bias") for name in missing)
    return model.eval()


@pytest.mark.parametrize("view", VIEWS)
def test_a_page_names_no_address_to_load_from(view: str, kept: dict[str, Folders]) -> None:
    [page] = answer({0: kept["bert"][0]}, Bertviz(TEXT, view))
    addresses = set(re.findall(r"https?:[^\s\"'`)]+", page.html))
    assert all(address.startswith(("http://www.w3.org/", "https://d3js.org")) for address in addresses)  # name spaces, and d3's own title
    assert not re.search(r"<(?:script|img|link|iframe)[^>]*\s(?:src|href)=", page.html)
    assert "default-src 'none'" in page.html and "connect-src" not in page.html


@pytest.mark.parametrize("view", VIEWS)
def test_a_hostile_text_stays_text(view: str, kept: dict[str, Folders]) -> None:
    [page] = answer({0: kept["bert"][0]}, Bertviz(HOSTILE, view))
    [plain] = answer({0: kept["bert"][0]}, Bertviz(TEXT, view))
    for tag in ("<script", "</script", "<!--"):
        assert page.html.count(tag) == plain.html.count(tag)
    assert "<" in data(page.html)["attention"]["all"]["left_text"]


def test_a_long_text_is_cut_where_a_browser_would_freeze(kept: dict[str, Folders]) -> None:
    [page] = answer({0: kept["bert"][0]}, Bertviz("dog " * 300, "model"))
    assert page.tokens == 300 and 0 < page.drawn < 300
    assert np.size(data(page.html)["attention"]["all"]["attn"]) <= MOST_LINES


@pytest.mark.parametrize(
    ("question", "said"),
    [
        (Bertviz(TEXT, "tail"), "has no view 'tail'; it has head, model, neuron"),
        (Bertviz(TEXT, "head", layer=2), "this model has 2 layers of 4 heads"),
        (Bertviz(TEXT, "head", head=-1), "this model has 2 layers of 4 heads"),
        (Bertviz("  ", "head"), "no word to read"),
    ],
)
def test_what_cannot_be_drawn_is_refused(question: Bertviz, said: str, kept: dict[str, Folders]) -> None:
    with pytest.raises(ValueError, match=said):
        answer(kept["roformer"], question)
