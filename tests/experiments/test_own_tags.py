"""Fine-tuning on a visitor's own tagged text: the real stage on a tiny text."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from llmviz.core.questions.tagging import TagWords
from llmviz.core.settings import TextSpec
from llmviz.core.spec import RunSpec, from_json, preset, to_json
from llmviz.core.update import Done, Score
from llmviz.experiments.building import build
from llmviz.experiments.own_tags import EXAMPLES, OwnTagsSpec, held_out_answer, view
from llmviz.experiments.own_tags.question import TagOwnHeldOut
from llmviz.experiments.own_tags.stage import OwnTags
from llmviz.inspect import tagging
from llmviz.text import own_tagged, own_tags
from llmviz.training.loop import Training

ENDINGS = ("ka", "len", "mor", "nis", "tal", "xu")
NAMES = [f"{one}{other}" for one in ("ba", "de", "fi", "go", "lu", "ma", "ne", "po", "ra", "su", "ti", "vo") for other in ENDINGS]
TEXT = "\n".join(  # every name stands in one sentence: what it is has to be read from the words beside it
    f"we {verb} [{NAMES[place]}](FILM) last week .\nthey live in [{NAMES[place + 36]} Nord](CITY) and {verb} it ."
    for place, verb in enumerate(("watched", "like", "saw") * 12)
)


def kept(text: str = TEXT) -> str:
    return own_tags.keep(own_tags.tagged(text.encode()))


def spec(digest: str = "", labels: int = 1_000, seed: int = 0, text: str = "reviews", **train: Any) -> RunSpec:
    bare = preset("own_entities", TextSpec(text), "none")
    return replace(bare, objective=OwnTagsSpec(labels, tags_digest=digest), train=replace(bare.train, **{"steps": 4, **train}), seed=seed)


def stage(given: RunSpec) -> OwnTags:
    made = build(given, None)
    assert isinstance(made, OwnTags)
    return made


@pytest.fixture(scope="module")
def learnt(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str, dict[str, float], dict[str, float]]:
    """The last snapshot of a run of 60 steps, its text, and its metrics before and after."""
    digest = kept()
    made = stage(spec(digest, steps=60, learning_rate=5e-3))
    said = list(Training(made, made.spec.train).updates())
    folder = tmp_path_factory.mktemp("own") / "60"
    made.save(folder)
    first, last = next(update for update in said if isinstance(update, Score)), said[-1]
    assert isinstance(last, Done)
    return folder, digest, dict(first.metrics), dict(last.metrics)


def test_it_finds_more_names_than_a_list_of_them(learnt: tuple[Path, str, dict[str, float], dict[str, float]]) -> None:
    folder, digest, first, last = learnt
    assert first["f1"] == 0.0 and last["f1"] > last["f1_lookup"] + 0.1 and "f1_ceiling" not in last
    unheard = ["we", "watched", "Zorkon-7", "last", "week", "."]  # in no label; its pieces are whatever the tokenizer makes of it
    (told,) = tagging.answer({60: folder}, TagWords(tuple(unheard)))
    assert told.words == tuple(unheard) and told.likeliest == ("O", "O", "B-FILM", "O", "O", "O")
    (found,) = held_out_answer.answer({60: folder}, TagOwnHeldOut(digest))
    (alone,) = tagging.answer({60: folder}, TagWords(found.texts[0]))
    assert alone.likeliest == found.found[0]
    with pytest.raises(ValueError, match="other tags"):
        held_out_answer.answer({60: folder}, TagOwnHeldOut())
    with pytest.raises(ValueError, match="this model reads 62"):
        tagging.answer({60: folder}, TagWords(("Zorkon-7",) * 63))


def test_nothing_held_out_is_learnt_and_more_labels_add_sentences() -> None:
    few, every = stage(spec(kept(), labels=10)), stage(spec(kept()))
    assert list(few.learnt) == list(every.learnt)[:10]
    parts = own_tagged.divided(own_tags.read(kept()))
    held_out = {" ".join(words) for words, _ in (*parts["validation"], *parts["test"])}
    assert len(held_out) > 10 and not held_out & {" ".join(each.words) for each in every.learnt}
    assert few.batch(3).input_ids.tolist() == stage(spec(kept(), labels=10)).batch(3).input_ids.tolist()


def test_the_text_is_part_of_a_runs_name_and_one_that_is_not_here_is_said() -> None:
    one, other = spec(kept()), spec()
    assert one.id != other.id and from_json(to_json(one)) == one
    with pytest.raises(ValueError, match="not kept on this machine"):
        stage(spec("0" * 64))
    with pytest.raises(ValueError, match="64 hexadecimal digits"):
        OwnTagsSpec(16, tags_digest="../../etc/passwd")


def test_the_example_opens_on_held_out_sentences() -> None:
    test = dict(own_tagged.divided(own_tagged.read(""))["test"])
    assert all(tuple(each.sentence.split()) in test for each in (*EXAMPLES, *view.suggestions(own_tagged.read(""))))
    assert len(own_tagged.divided(own_tagged.read(""))["train"]) == OwnTagsSpec().labels and not view.remarks(own_tagged.read(""))


def test_a_preview_is_text_whatever_stands_in_it() -> None:
    text = own_tags.tagged(b"see [<img src=x> b](<b>x</b>) and <script>\n" + b"word " * 60 + b"[end](E)\n")
    drawn = view.preview(text, 4) + view.counts(text)
    assert "<img" not in drawn and "<b>x" not in drawn and "<script" not in drawn
    assert "<mark class=kind0>&lt;img src=x&gt; b<span>&lt;b&gt;x&lt;/b&gt;</span></mark> and" in drawn and drawn.count("word") == 30
