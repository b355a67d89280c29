from dataclasses import replace

import numpy as np
import pytest

from llmviz.core.address import change, entries
from llmviz.core.checkpoint import Checkpoint
from llmviz.core.history import History, fold
from llmviz.core.hosting import Limits
from llmviz.core.questions.cloze import Trace
from llmviz.core.run import RunRef
from llmviz.core.settings import MaskingSpec, PairsSpec, TextSpec, TrainSpec
from llmviz.core.spec import RunSpec, preset, starting_from
from llmviz.core.texts import TEXTS
from llmviz.core.update import Begin, Done, Score, Snapshot, Step, Update
from llmviz.experiments import causal_lm, masked_lm
from llmviz.experiments.masked_lm.view import crossed, first_guess, kind_or_word
from llmviz.runs import fair
from llmviz.runs.engine import State, Status
from llmviz.runs.jobs import LENT
from llmviz.text.tinyland.corpus import documents
from llmviz.ui import states
from llmviz.ui.states import Line
from llmviz.views import about, words
from llmviz.views.curve import MOST_POINTS, curve, thin
from llmviz.views.tokens import Shown, Token, bars, shown, strip, unknown
from tests.ui import fake_updates
from tests.ui.fake_engine import FakeEngine

SPEC = RunSpec("mlm")


def trace(step: int, chances: dict[str, float], place: int = 1) -> Trace:
    """A trace of three tokens with these candidates at `place`."""
    names = tuple(chances)
    none = tuple("-" for _ in names)
    row = np.array(list(chances.values()), np.float32)
    return Trace(
        step,
        ("is", "Paris", "."),
        np.array([0.5, chances.get("Paris", 0.0), 0.25], np.float32),
        np.zeros((3, len(names)), np.int64),
        np.stack([row if index == place else np.zeros_like(row) for index in range(3)]),
        tuple(names if index == place else none for index in range(3)),
    )


@pytest.mark.parametrize("count", [0, 1, 999, 1_000, 1_001, 20_000])
def test_thin_keeps_ends_and_stays_below_the_limit(count: int) -> None:
    points = thin(range(count))
    assert len(points) == min(count, MOST_POINTS)
    assert points == sorted(set(points))
    if count:
        assert (points[0], points[-1]) == (0, count - 1)


def test_curve_of_an_empty_and_of_a_long_run() -> None:
    empty = curve(History(), masked_lm.EXPERIMENT, 100, live=False)
    assert empty["total"] == 100 and empty["lines"] == [] and empty["headline"]["steps"] == empty["headline"]["values"] == []
    long = fold([Begin(0, 5_000, 1, 10, {"random_guess": 2.3, "floor": 0.9}), *(Step(step, 1.0, 1) for step in range(1, 5_001))])
    drawn = curve(long, masked_lm.EXPERIMENT, 5_000, live=True)
    assert len(drawn["batches"]["steps"]) == MOST_POINTS
    assert [line["name"] for line in drawn["lines"]] == ["random guess", "floor"]
    assert all(line["about"].endswith(".") for line in drawn["lines"])


@pytest.mark.parametrize("text", TEXTS)
def test_every_line_and_figure_is_explained(text: str) -> None:
    experiment = next(each for each in (masked_lm.EXPERIMENT, causal_lm.EXPERIMENT) if text in each.texts)
    spec = RunSpec(experiment.name, text=TextSpec(text))
    history = fake_updates.history(spec, spec.train.steps, State.RECORDED, 400)
    drawn = curve(history, experiment, spec.train.steps, live=False)
    named = {name: said for name, said in about.glossary(history, experiment)}
    for part in (*drawn["lines"], *drawn["probes"], *drawn["ceilings"]):
        assert named[part["name"]] == part["about"]
    assert TEXTS[text].title in about.paragraphs(spec, recorded=True)[0]


def test_the_notes_tell_the_truth_about_the_first_sentence() -> None:
    told = [text for part in documents().values() for text in part]
    assert TEXTS["tinyland"].sentence in about.paragraphs(SPEC, recorded=True)[0]
    assert not any(TEXTS["tinyland"].sentence in text for text in told)
    assert 90_000 < len(told) < 95_000 and any("France" in text and "Paris" in text for text in told)


def test_real_text_has_its_own_lines() -> None:
    history = fold([Begin(0, 10, 1, 10, {"random_guess": 7.6, "unigram": 6.1, "trigram": 5.2}), Score(0, {"loss": 7.6, "accuracy": 0.0})])
    drawn = curve(history, masked_lm.EXPERIMENT, 10, live=True)
    assert [line["name"] for line in drawn["lines"]] == ["random guess", "unigram", "trigram"]
    assert [probe["name"] for probe in drawn["probes"]] == ["hidden words named"]


def test_strip_and_bars_hold_what_the_traces_say() -> None:
    tokens = [Token("is", "is"), Token("Paris", "paris"), Token("[UNK]", "Pari", known=False)]
    answers = {5: shown(trace(5, {"Paris": 0.7, "Rome": 0.2}), (1,)), 0: shown(trace(0, {"Rome": 0.1, "Paris": 0.05}), (1,))}
    drawn = strip(tokens, (1,), answers)
    assert drawn["steps"] == [0, 5]
    assert [token["text"] for token in drawn["tokens"]] == ["is", "paris", "Pari"]
    assert drawn["probability"][1][1] == pytest.approx(0.7)
    group = bars(tokens, (1,), answers, "")["groups"][0]
    assert group["truth"] == "Paris" and group["candidates"][0][0][0] == "Rome"
    assert bars(tokens, (2,), {0: Shown([0.0] * 3, [[("a", 0.5)]])}, "")["groups"][0]["truth"] == ""


def test_pieces_that_continue_a_word_are_joined() -> None:
    drawn = strip([Token("walk", "walk"), Token("##ing", "ing", joined=True), Token("##", "##")], (), {})
    assert [(token["text"], token["joined"]) for token in drawn["tokens"]] == [("walk", False), ("ing", True), ("##", False)]


def test_unknown_words_are_named_with_what_is_known_instead() -> None:
    tokens = [Token("[UNK]", word, known=False) for word in ("Berlinn", "x" * 50, "a", "b", "Berlinn")]
    said = unknown(tokens, lambda word: ["Berlin"] if word == "Berlinn" else [])
    named = f"“Berlinn” (it knows Berlin); “{'x' * 24}…”; “a”, and 1 more"
    assert said == f"Not in this model's vocabulary: {named}. It knows no word of this sentence."
    known = [*tokens[:1], Token("dog", "dog")]
    told = unknown(known, lambda _: [], whole=True)
    assert told.endswith("“Berlinn”. It knows whole words only, no pieces, and reads this as [UNK].")
    assert unknown([Token("is", "is")], lambda word: []) == ""


CITIES = {"Paris", "Rome"}


@pytest.mark.parametrize(
    ("chances", "right", "steps"),
    [
        ([{"dog": 0.9}, {"Rome": 0.4, "Paris": 0.3}, {"Paris": 0.9, "Rome": 0.1}], 0, ("1", "2")),
        ([{"dog": 0.9}, {"dog": 0.6}, {"Paris": 0.9}], 2, ("2",)),
        ([{"dog": 0.9}, {"Paris": 0.3, "dog": 0.2}, {"Paris": 0.9}], 1, ("1", "2")),
        ([{"dog": 0.9}, {"Rome": 0.6, "Paris": 0.3}, {"Rome": 0.6, "Paris": 0.3}], 0, ("1",)),
    ],
)
def test_the_reveal_tells_what_the_run_did(chances: list[dict[str, float]], right: int, steps: tuple[str, ...]) -> None:
    traces = [trace(step, row) for step, row in enumerate(chances)]
    found = kind_or_word(traces[::-1], 1, "Paris", CITIES)
    assert found is not None and found.right == right
    assert all(f"step {step}" in found.story for step in steps)


def test_which_came_first_cannot_be_told_where_both_happened_between_two_snapshots() -> None:
    """The word alone is the likeliest at step 331, both at 505: whatever was first, no snapshot saw it."""
    rows = {0: {"dog": 0.9}, 331: {"Rome": 0.3, "dog": 0.2}, 505: {"Paris": 0.9}}
    traces = [trace(step, row) for step, row in rows.items()]
    found = kind_or_word(traces, 1, "Paris", CITIES, recorded=True)
    assert found is not None and found.right is None
    assert found.story.startswith("Between step 331 and step 505 this recording keeps no weights, and both happened there:")
    assert "cannot be told" in found.story and "Train live" in found.story
    live = kind_or_word(traces, 1, "Paris", CITIES)
    assert live is not None and live.right is None and "Train live" not in live.story
    alone = kind_or_word(traces[2:], 1, "Paris", CITIES)
    assert alone is not None and alone.right is None and "Between step 0 and step 505" in alone.story


def test_a_word_must_stay_first_to_count_as_known() -> None:
    rows = [{"Paris": 0.9}, {"dog": 0.9}, {"Paris": 0.9}]
    found = kind_or_word([trace(step, row) for step, row in enumerate(rows)], 1, "Paris", CITIES)
    assert found is not None and "only by step 2" in found.story


def test_the_first_guess_is_among_the_choices() -> None:
    rows = [{"x": 0.1, "y": 0.1, "z": 0.1}, {"the": 0.03, "of": 0.02, "x": 0.01}, {"Paris": 0.7, "Rome": 0.2, "the": 0.1}]
    found = first_guess([trace(step, row) for step, row in zip((0, 10, 100), rows, strict=True)], 1)
    assert found is not None
    quiz, reveal = found
    assert quiz.choices == ("Paris", "Rome", "the") and reveal.right == quiz.choices.index("the")
    assert "step 10 " in reveal.story and "3%" in reveal.story and "70%" in reveal.story
    assert first_guess([trace(0, rows[0])], 1) is None


def test_no_reveal_where_nothing_was_learnt() -> None:
    assert kind_or_word([trace(0, {"dog": 0.9})], 1, "Paris", CITIES) is None
    assert crossed(History()) is None


@pytest.mark.parametrize(("loss", "right"), [(6.5, 0), (5.9, 1), (5.0, 2)])
def test_crossed_lines(loss: float, right: int) -> None:
    history = fold([Begin(0, 9, 1, 9, {"random_guess": 7.6, "unigram": 6.1, "trigram": 5.2}), Score(9, {"loss": loss})])
    found = crossed(history)
    assert found is not None and found.right == right


def test_words() -> None:
    assert [words.duration(seconds) for seconds in (-1, 8.6, 60, 125, 3_900)] == ["0 s", "9 s", "1 min", "2 min 5 s", "1 h 5 min"]
    assert words.parameters(116_000) == "0.1 M"
    assert [words.about(count) for count in (0, 9, 142_345)] == ["0", "9", "140,000"]
    assert [words.sentence(said) for said in ("", "the disk is full", "No room.")] == ["", "The disk is full.", "No room."]
    assert words.recipe(SPEC) == f"Tinyland · 0.1 M · {SPEC.train.steps:,} steps · seed 0"


@pytest.mark.parametrize("recorded", [True, False])
def test_the_same_weights_are_promised_on_the_same_machine_alone(recorded: bool) -> None:
    """The same seed gave 0.70 on one processor and 0.66 on another."""
    told = " ".join(about.paragraphs(SPEC, recorded)[-1].split())
    assert "the same weights on the same machine with the same versions" in told
    assert "Another processor rounds differently" in told and "close" in told and "does the same" not in told


def test_the_line_of_settings_names_every_setting_that_is_no_default() -> None:
    spec = SPEC
    for entry in entries(SPEC):
        if entry.name == "text":
            continue
        choices = [choice for choice in entry.setting.choices if choice != entry.value]
        other = choices[0] if choices else entry.value + 1 if isinstance(entry.value, int) else entry.value / 2 + 0.01
        spec = change(spec, {entry.name: other})
        assert words.recipe(change(SPEC, {entry.name: other})) != words.recipe(SPEC), entry.name
    assert "learning rate (AdamW) 0.004" in words.recipe(change(SPEC, {"learning_rate": 0.004}))
    assert words.recipe(RunSpec("nsp", objective=PairsSpec(next_sentence=False))).startswith("Tinyland · words only · ")


def test_the_line_of_settings_names_the_very_parent() -> None:
    plain = RunSpec("mlm")
    assert "· from Masked tokens ·" in words.recipe(RunSpec("sentiment", starting_from(plain)))
    longer = replace(plain, train=replace(plain.train, steps=7_000), seed=3)
    assert "· from Masked tokens (7,000 steps, seed 3) ·" in words.recipe(RunSpec("sentiment", starting_from(longer)))
    other = replace(longer, objective=MaskingSpec(mask_rate=0.2))
    assert "· from Masked tokens (7,000 steps, 2 more settings changed) ·" in words.recipe(RunSpec("sentiment", starting_from(other)))
    second = RunSpec("mlm", starting_from(plain))
    assert "from Masked tokens (from Masked tokens)" in words.recipe(RunSpec("sentiment", starting_from(second)))
    elsewhere = starting_from(Checkpoint("ab" * 32, "from elsewhere"))
    assert "· from checkpoint from elsewhere ·" in words.recipe(RunSpec("sentiment", elsewhere))
    assert "· from scratch ·" in words.recipe(RunSpec("sentiment"))
    foreign = RunSpec("mlm", starting_from(plain), TextSpec("wiki"))
    assert words.recipe(foreign).split(" · ")[1:3] == ["from Masked tokens on Tinyland", "in the vocabulary of Tinyland"]


def test_a_run_that_says_nothing_has_no_time_left() -> None:
    history = fold([Begin(0, 100, 1, 9, {}), *(Step(step, 1.0, 10, float(step)) for step in range(1, 51))])
    spec = RunSpec("mlm", train=TrainSpec(steps=100))
    alive = Status(State.TRAINING, owner=True, quiet=3.0)
    assert "left" in states.line(alive, history, spec).text
    silent = states.line(replace(alive, quiet=25.0), history, spec)
    assert (silent.text, silent.tone) == ("training · step 50 of 100 · nothing heard from its program for 25 s", "bad")
    assert "left" in states.line(replace(alive, quiet=16.0, delay=5.0), history, spec).text  # it was asked to wait so long


@pytest.mark.parametrize("state", State)
def test_every_state_has_its_line_and_badge(state: State) -> None:
    history = FakeEngine().history(RunRef(SPEC.id, 0))
    reason = "" if state is State.QUEUED else "the disk is full"
    said = states.line(Status(state, position=3, owner=True, reason=reason), history, SPEC)
    assert said.text and "someone else" not in said.text
    assert states.badge(Status(state), history).text
    if state is State.QUEUED:
        assert "2 runs before it" in said.text
        waiting = Status(state, position=1, owner=True, reason="the training program is loading")
        assert states.line(waiting, history, SPEC).text == "starting · the training program is loading"
        assert states.nothing(waiting) == "The training program is loading."
        assert states.badge(waiting, history).text[:8] == "starting"
        assert states.badge(Status(state, position=3), history).text[:6] == "queued"
        assert states.nothing(Status(state, position=3)) == "Waiting for its turn."
        held = Status(state, position=4, owner=True, reason=fair.held(Limits(training_each=1)))
        for_what = "as soon as another run of yours is done or paused; of one visitor one trains at a time"
        assert states.line(held, fold([]), SPEC) == Line(f"waiting · begins {for_what}", "still")
        assert states.line(held, history, SPEC).text == f"waiting · goes on {for_what}"
        assert states.nothing(held) == f"It begins {for_what}." and states.badge(held, history).text[:7] == "waiting"
    if state in (State.FAILED, State.STOPPED, State.INTERRUPTED):
        assert "the disk is full" in said.text


def test_a_run_without_a_worker_says_so() -> None:
    history = fold([Begin(0, 100, 1, 10, {}), Step(40, 1.0, 1, 2.0)])
    spec = replace(SPEC, train=replace(SPEC.train, steps=100))
    lent = states.line(Status(State.PAUSED, owner=True, reason=LENT, still=True), history, spec)
    assert (lent.text, lent.tone) == (f"paused · step 40 of 100 · {LENT}", "still")
    waits = states.line(Status(State.QUEUED, position=2, owner=True, still=True), history, spec)
    assert (waits.text, waits.tone) == ("waits for a worker at step 40 of 100 · in the queue, 1 run before it", "still")


def test_the_time_left_counts_evaluations_and_the_wait_before_each_step() -> None:
    begun: list[Update] = [Begin(0, 1_000, 1, 10, {"random_guess": 2.3}), *(Snapshot(step) for step in range(0, 16))]
    early = fold([*begun, Step(5, 1.0, 1, 1.0)])
    assert words.progress(early, SPEC) == "step 5 of 1,000"
    later = fold([*begun, Step(40, 1.0, 1, 2.0)])  # 40 steps and 16 evaluations took 2 s: a hundredth of a second for each step
    assert words.seconds_left(later, 1_000, 0.0) == pytest.approx(960 * 0.01 + 16 * 0.1)
    assert words.seconds_left(later, 1_000, 0.5) == pytest.approx(960 * 0.51 + 16 * 0.1)


def test_after_the_last_step_the_page_says_what_is_still_done() -> None:
    history = fold([Begin(0, 5, 1, 10, {}), Step(5, 1.0, 1, 1.0)])
    assert states.line(Status(State.TRAINING, owner=True), history, SPEC).text == "training · all 5 steps done, measuring on test text"


def test_a_viewer_who_does_not_control_is_told() -> None:
    assert "someone else" in states.line(Status(State.TRAINING), History(), SPEC).text
    assert "someone else" not in states.line(Status(State.DONE), History(end=Done(1, {}, 1.0)), SPEC).text


def test_step_0_is_named_for_what_the_run_began_as() -> None:
    assert words.origin(RunSpec("mlm")) == {"phase": "random", "word": "random start"}
    assert words.origin(preset("sentiment", parent="none"))["phase"] == "random"
    assert words.origin(preset("sentiment")) == {"phase": "pretrained", "word": "pretrained body, new head"}
    assert words.origin(RunSpec("mlm", starting_from(RunSpec("mlm", seed=3))))["phase"] == "pretrained"
