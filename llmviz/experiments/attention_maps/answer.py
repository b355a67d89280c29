"""bertviz's head view, model view and neuron view as pages that draw themselves offline.

From the bertviz package come the scripts that draw; attention, queries and keys come from the model itself, whichever it is. (bertviz's
own Python would fetch d3 and jQuery from the network, and has models of its own for the neuron view, which know no rotary positions; for
BERT and GPT-2 a test holds our queries, keys and attention to theirs.)
"""

import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import torch

from llmviz.core.packages import located
from llmviz.experiments.attention_maps.question import VIEWS, Bertviz, Page
from llmviz.inspect import snapshots
from llmviz.inspect.attention import Reading, read
from llmviz.inspect.queries import queries_and_keys

ROOT = "bertviz"  # the id of the element that the scripts draw into
MOST_LINES = 10_000  # of the model view, which draws one for each weight: more take a browser seconds
DIGITS = 4

_SELECT = '<label>{name} <select id="{id}"></select></label> '
_CHOICES = {
    "head": _SELECT.format(name="Layer", id="layer"),
    "model": "",
    "neuron": _SELECT.format(name="Layer", id="layer") + _SELECT.format(name="Head", id="att_head"),
}
# The page may do nothing but run what lies in it. bertviz asks require.js for its libraries; here they are there already.
_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'">
<style>body {{ margin: 0; background: #fff; color: #000; font-family: sans-serif; }}</style></head><body>
<div id="{root}"><span>{choices}</span><div id="vis"></div></div>
<script>{d3}</script>
<script>{jquery}</script>
<script>window.require = {{config() {{}}}}; window.requirejs = (names, draw) => draw(window.jQuery, window.d3);</script>
<script>window.bertviz_params = {data};</script>
<script>{view}</script>
</body></html>
"""


def answer(folders: Mapping[int, Path], question: Bertviz) -> list[Page]:
    """A page for each snapshot, in the order of the steps. Raises ValueError for no such view, layer or head, or nothing to read."""
    if question.view not in VIEWS:
        raise ValueError(f"bertviz has no view {question.view!r}; it has {', '.join(VIEWS)}")
    return [_page(step, folders[step], question) for step in sorted(folders)]


def _page(step: int, folder: Path, question: Bertviz) -> Page:
    reading = read(folder, question.text)
    attention = _attention(folder, reading)
    layers, heads, *_ = attention.shape
    if not (0 <= question.layer < layers and 0 <= question.head < heads):
        raise ValueError(f"this model has {layers} layers of {heads} heads")
    if question.view == "model" and attention.numel() > MOST_LINES:
        side = int((MOST_LINES / (layers * heads)) ** 0.5)
        reading = read(folder, question.text, side - reading.special)
        attention = _attention(folder, reading)
    shown = {"attn": _numbers(attention), "left_text": reading.tokens, "right_text": reading.tokens}
    data: dict[str, Any] = {"root_div_id": ROOT, "display_mode": "light", "default_filter": "all", "attention": {"all": shown}}
    if question.view == "neuron":
        queries, keys = queries_and_keys(folder, torch.tensor([reading.ids]))
        shown |= {"queries": _numbers(queries), "keys": _numbers(keys)}
        data |= {"layer": question.layer, "head": question.head, "bidirectional": not reading.causal}
    else:
        data |= {"include_layers": list(range(layers)), "include_heads": list(range(heads)), "total_heads": heads}
        data |= {"layer": question.layer, "heads": [question.head]}
    html = _PAGE.format(
        root=ROOT,
        choices=_CHOICES[question.view],
        d3=_script("mpld3", "mpld3/js/d3.v5.min.js"),
        jquery=_script("xstatic-jquery", "xstatic/pkg/jquery/data/jquery.min.js"),
        data=_literal(data),
        view=_script("bertviz", f"bertviz/{question.view}_view.js").replace("PYTHON_PARAMS", "window.bertviz_params"),
    )
    return Page(step, html, reading.count, len(reading.ids) - reading.special)


def _attention(folder: Path, reading: Reading) -> torch.Tensor:
    """(layer, head, query, key) of one snapshot."""
    return snapshots.attention([folder], torch.tensor([reading.ids]))[0, 0]


def _numbers(tensor: torch.Tensor) -> Any:
    """As nested lists, short: a picture shows no more than so many digits."""
    return tensor.double().round(decimals=DIGITS).tolist()


def _literal(data: Any) -> str:
    """The data as JavaScript that can stand in HTML: nothing in a visitor's text closes the script or opens a tag."""
    written = json.dumps(data, separators=(",", ":"))
    for letter in "<>&":
        written = written.replace(letter, f"\\u{ord(letter):04x}")
    return written


@cache
def _script(package: str, file: str) -> str:
    """A script of an installed package, without its opening comment and without the addresses it would fetch libraries from."""
    text = located(package, file).read_text(encoding="utf-8")
    text = re.sub(r"\A\s*/\*.*?\*/", "", text, flags=re.DOTALL)
    return re.sub(r"require\.config\(\{.*?\}\);", "", text, count=1, flags=re.DOTALL)
