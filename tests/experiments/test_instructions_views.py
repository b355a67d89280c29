"""What the page of instructions shows of replies, held-out requests and losses."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from llmviz.core.history import History, fold
from llmviz.core.questions.replies import Replied
from llmviz.core.spec import RunSpec, preset
from llmviz.core.update import Begin, Done
from llmviz.experiments.instructions import held_out_view, loss_view, view
from llmviz.experiments.instructions.question import KIND, LEARNT, SUBJECT, WORDING, Examined, Losses
from llmviz.experiments.instructions.view import Shares
from llmviz.text.tinyland.dialogue_parser import parsed
from llmviz.text.tinyland.dialogues import HELD_KINDS, KINDS
from llmviz.views.replies import Row
from llmviz.views.sides import Side

SPEC, SCRATCH = preset("instruct"), RunSpec("instruct")
REQUEST = "what is the capital of France ?"


def said(step: int, text: str, ended: bool = True) -> Replied:
    words = (*text.split(), "(end)") if ended else tuple(text.split())
    return Replied(step, words, np.full(len(words), 0.5, np.float32), ended)


def drawn(*found: Replied, request: str = REQUEST, spec: RunSpec = SPEC) -> Any:
    third = view.third(spec, False, False)
    before, after, _ = view.sides(spec, "Not yet.", third)
    rows = [Row(before, {each.step: each for each in found}), Row(after, {each.step: each for each in found}), Row(third)]
    return view.replies(request.split(), parsed(request), rows, "note")["rows"]


def test_each_row_has_the_request_and_what_follows_with_a_verdict() -> None:
    base, tuned, scratch = drawn(said(0, "tell me the job of Lucy ."), said(300, "the capital of France is Paris ."))
    assert base["steps"] == [0] and tuned["steps"] == [0, 300] and scratch["steps"] == []
    [first] = base["texts"]
    assert first["words"] == [*REQUEST.split(), *["tell", "me", "the", "job", "of", "Lucy", "."], "(end)"] and first["given"] == 7
    assert first["verdict"] == "✗ does not say Paris" and first["good"] is False
    assert tuned["texts"][1]["verdict"] == view.FOLLOWED and tuned["texts"][1]["good"] is True
    assert first["told"][0] == "tell: the model gave it 50.00%" and len(first["told"]) == len(first["shares"]) == 8
    assert base["start"] == {"phase": "pretrained", "word": "the base"}
    assert scratch["action"] == "Train from scratch too" and not base["action"]


def test_what_no_rule_knows_is_said_to_be_unknown_and_what_is_cut_is_said_to_be_cut() -> None:
    [_, tuned, _] = drawn(said(300, "the film was dull .", ended=False), request="sing to me")
    assert tuned["texts"][0]["good"] is None and tuned["texts"][0]["verdict"] == f"{view.NO_RULE}; cut off after 5 tokens"
    assert "no rule says" in view.standing(None)


def test_a_run_from_random_weights_has_no_base() -> None:
    before, after, other = drawn(said(0, "owl owl"), spec=SCRATCH)
    assert (before["title"], after["phase"], other["phase"]) == ("Before", "random", "finetuned")
    assert before["start"]["word"] == "random start" and other["action"] == "Train with pretraining too"
    assert "untrained" in view.quiz(SCRATCH).question and "base" in view.quiz(SPEC).question
    assert "sheets" not in view.outcome(SCRATCH, Shares(10, 0, 5, 0)).story


def test_the_rival_is_offered_only_where_there_is_none() -> None:
    assert not view.third(SPEC, True, False).action and not view.third(SPEC, False, True).action
    assert view.third(SPEC, False, True).empty == "It is being trained."


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (REQUEST, "Kind: a capital, which is in training. Its wording is one of those in training; its subject, France, is held out."),
        ("which city is the capital of Spain ?", "Its wording is held out; its subject, Spain, is one to learn from."),
        ("which city is the capital of France ?", "Its wording is held out; its subject, France, is held out too."),
        ("who lives in Paris ?", "Kind: an inhabitant. No request of this kind is in training."),
    ],
)
def test_what_of_a_request_was_in_training_is_told(text: str, told: str) -> None:
    assert view.standing(parsed(text)).endswith(told)


def examined(followed: dict[str, float], asks: float = 0.0) -> Examined:
    """Four requests of each kind and sort, of which this share is followed."""
    rows = [(sort, kind) for kind in KINDS for sort in ((KIND,) if kind in HELD_KINDS else (LEARNT, SUBJECT, WORDING)) for _ in range(4)]
    lacks = ["" if place % 4 < round(4 * followed[sort]) else "does not say it" for place, (sort, _) in enumerate(rows)]
    sorts, kinds = zip(*rows, strict=True)
    texts = tuple(f"{kind} {sort} {place}" for place, (sort, kind) in enumerate(rows))
    first = [place < asks * len(rows) for place in range(len(rows))]
    return Examined(300, sorts, kinds, texts, texts, tuple(lacks), np.ones(len(rows), bool), np.array(first))


def test_the_table_has_every_kind_once_and_every_request_in_one_cell() -> None:
    found = examined({LEARNT: 1.0, SUBJECT: 0.75, WORDING: 0.5, KIND: 0.25})
    payload = held_out_view.outcomes(found)
    known, other = payload["groups"]
    assert [line["name"] for group in payload["groups"] for line in group["lines"]] == [
        *(kind.title for name, kind in KINDS.items() if name not in HELD_KINDS),
        *(KINDS[name].title for name in HELD_KINDS),
    ]
    assert {len(line["cells"]) for line in known["lines"]} == {len(payload["columns"])} == {3}
    assert {len(line["cells"]) for line in other["lines"]} == {1}
    cells = [cell for group in payload["groups"] for line in group["lines"] for cell in line["cells"]]
    assert (
        sum(cell["count"] for cell in cells) == len(found.requests) == len({each["asked"] for cell in cells for each in cell["examples"]})
    )
    assert [cell["good"] for cell in known["lines"][0]["cells"]] == [4, 3, 2] and other["lines"][0]["cells"][0]["good"] == 1
    assert [bool(each["lacks"]) for each in known["lines"][0]["cells"][1]["examples"]] == [True, False, False, False]


def test_the_words_say_what_the_figures_say() -> None:
    told = held_out_view.told(examined({LEARNT: 1.0, SUBJECT: 1.0, WORDING: 0.75, KIND: 0.25}))
    assert "40 of 40 requests as in training, 40 of 40 about unseen subjects, 30 of 40 about such" in told and "2 of 8 of other" in told
    assert "To do whatever is asked it has not learnt" in told and "10 kinds" in told and "Least" not in told
    assert "followed about as often" in held_out_view.told(examined({LEARNT: 1.0, SUBJECT: 1.0, WORDING: 1.0, KIND: 1.0}))
    nothing = held_out_view.told(examined({LEARNT: 0.0, SUBJECT: 0.0, WORDING: 0.0, KIND: 0.0}))
    assert nothing.endswith("0 of 8 of other kinds.")
    weak = examined({LEARNT: 1.0, SUBJECT: 1.0, WORDING: 1.0, KIND: 0.0})
    bad = tuple(
        "no" if kind == "home" and sort == SUBJECT else lack for kind, sort, lack in zip(weak.kinds, weak.unseen, weak.lacks, strict=True)
    )
    assert "Least of what it learnt: a home, 0 of 4 about unseen subjects and 4 of 4 as in training." in held_out_view.told(
        replace(weak, lacks=bad)
    )


def test_what_the_base_writes_is_counted_over_held_out_requests_of_kinds_to_learn() -> None:
    base = Shares.of(examined({LEARNT: 1.0, SUBJECT: 0.0, WORDING: 0.0, KIND: 1.0}, asks=1.0))
    assert base == Shares(80, 80, 80, 0)
    reveal = view.outcome(SPEC, base)
    assert view.CHOICES[reveal.right or 0] == "another request" and "After 80 of 80" in reveal.story and "sheets" in reveal.story
    assert view.outcome(SPEC, Shares(80, 3, 80, 70)).right == 0 and view.outcome(SPEC, Shares(80, 3, 80, 7)).right == 2
    table = view.table(base, Shares(80, 0, 80, 60), 300, "base")
    assert "<td>100&nbsp;%</td><td>0&nbsp;%</td>" in table and "<td>0&nbsp;%</td><td>75&nbsp;%</td>" in table
    assert view.table(base, None, 0, "base").count("not trained") == 3


def losses(step: int, request: float, reply: float) -> Losses:
    words = (*REQUEST.split(), *["the", "capital", "of", "France", "is", "Paris", "."], "(end)")
    return Losses(step, words, 7, np.array([request] * 7 + [reply] * 8, np.float32))


def test_the_mask_is_drawn_once_with_the_reply_alone_and_once_with_all() -> None:
    masked, whole = loss_view.rows(SPEC, {0: losses(0, 1.0, 2.0), 300: losses(300, 5.0, 0.5)})["rows"]
    assert masked["steps"] == whole["steps"] == [0, 300]
    assert masked["texts"][1]["given"] == 7 and whole["texts"][1]["given"] == 0
    assert masked["texts"][1]["figures"] == ["0.50"] * 8 and whole["texts"][1]["figures"] == ["5.00"] * 7 + ["0.50"] * 8
    assert masked["texts"][1]["verdict"] == "mean 0.50 nats over 8 tokens"
    assert whole["texts"][1]["verdict"] == "mean 2.60 nats over 15 tokens" and masked["texts"][1]["shares"][0] == pytest.approx(0.6065)


def test_what_the_mask_leaves_out_is_told_with_its_figures() -> None:
    told = loss_view.told(losses(0, 1.0, 2.0), losses(300, 5.0, 0.5))
    assert "is 0.50 nats a token" in told and "would have 2.60" in told and "90 % of the sum" in told
    assert "rose from 1.00 to 5.00 nats a token since step 0" in told
    assert "since step" not in loss_view.told(losses(0, 1.0, 2.0), losses(0, 1.0, 2.0))


def test_the_page_claims_what_the_run_says() -> None:
    assert view.claim(History()) == "A base goes on with a text; a tuned model does what is asked"
    done = fold([Begin(0, 1, 1, 1, {}), Done(1, {"followed": 0.87}, 1.0)])
    assert view.claim(done) == "Tuned on replies, it does what 87% of unseen requests ask"


def test_a_side_that_is_empty_says_why() -> None:
    [before, *_] = view.sides(SPEC, "Press Train live.", Side("x", "y", "random"))
    assert before.empty == "Press Train live." and before.pinned == "first"
