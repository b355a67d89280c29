from llmviz.core.history import fold
from llmviz.core.learning_curve import LearningCurve, learning_curve
from llmviz.core.spec import RunSpec
from llmviz.core.update import Begin, Done, Score, Step, Update

SPEC = RunSpec("mlm")


def test_it_has_each_evaluation_with_the_tokens_read_by_then() -> None:
    said: list[Update] = [
        Begin(0, 4, 10, 5, {"floor": 0.3}),
        Score(0, {"loss": 3.0, "facts": 0.0}),
        Step(1, 2.5, 7, 0.5),
        Step(2, 2.0, 5, 1.0),
    ]
    history = fold([*said, Score(2, {"loss": 2.0, "facts": 0.5}), Step(3, 1.5, 4, 1.5)])
    found = learning_curve(SPEC, history)
    assert (found.steps, found.tokens) == ((0, 2), (0, 12))
    assert found.scores == {"loss": (3.0, 2.0), "facts": (0.0, 0.5)}
    assert (found.references, found.metrics, found.seconds) == ({"floor": 0.3}, {}, 1.5)
    assert learning_curve(SPEC, fold([Done(4, {"loss": 1.9}, 2.0)], history)).metrics == {"loss": 1.9}


def test_folding_in_two_parts_is_folding_at_once() -> None:
    said: list[Update] = [Score(0, {"loss": 3.0}), Step(1, 2.5, 7), Score(1, {"loss": 2.0}), Step(2, 2.0, 5), Score(2, {"loss": 1.0})]
    for cut in range(len(said) + 1):
        assert learning_curve(SPEC, fold(said[cut:], fold(said[:cut]))) == learning_curve(SPEC, fold(said))


def test_a_metric_that_was_not_measured_each_time_is_left_out() -> None:
    history = fold([Score(0, {"loss": 3.0}), Step(1, 2.0, 3), Score(1, {"loss": 2.0, "facts": 0.5})])
    assert set(learning_curve(SPEC, history).scores) == {"loss"}


def test_it_reaches_a_share_where_it_no_longer_falls_below() -> None:
    found = LearningCurve(
        SPEC, (0, 1, 2, 3, 4), (0, 10, 20, 30, 40), {"facts": (0.0, 0.96, 0.5, 0.95, 1.0), "grammar": (0.5, 0.5, 0.6, 0.7, 0.8)}
    )
    assert found.first("facts", 0.95) == 3
    assert found.first("facts", 0.4) == 1
    assert found.first("grammar", 0.5) == 0
    assert found.first("grammar", 0.95) is None
    assert found.first("meaning", 0.95) is None


def test_of_a_run_that_has_said_nothing_there_is_nothing() -> None:
    assert learning_curve(SPEC, fold([])) == LearningCurve(SPEC)
