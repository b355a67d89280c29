"""Windows over long passages, logits of start and end, and the best span."""

import pytest
import torch

from llmviz.core.settings import ModelSpec
from llmviz.models import extraction, masked, transfer
from llmviz.models.extraction import Inputs, windows
from llmviz.text.special import CLS, SEP
from tests.small import shaken

QUESTION, PASSAGE = [10, 11, 12], list(range(20, 60))


@pytest.mark.parametrize("context", [8, 16, 30, 46, 64])
def test_windows_show_every_token_and_fit(context: int) -> None:
    found = windows(QUESTION, PASSAGE, context)
    assert sorted({token for window in found for token in window.shows}) == list(range(len(PASSAGE)))
    assert all(len(window.ids) <= context for window in found) and (len(found) == 1) == (context >= 46)
    for window in found:
        assert window.ids == (CLS, *QUESTION, SEP, *PASSAGE[window.shows.start : window.shows.stop], SEP)
        assert all(window.ids[window.place(token)] == PASSAGE[token] for token in window.shows)


def test_a_question_that_leaves_no_room_is_a_sentence() -> None:
    with pytest.raises(ValueError, match="this question has 60 tokens; this model reads 64"):
        windows([9] * 60, PASSAGE, 64)


@pytest.mark.parametrize("architecture", ["roformer", "bert"])
def test_logits_are_those_of_transformers(architecture: str) -> None:
    start = masked.random_start(ModelSpec(architecture), 70, 64, seed=1)
    model = shaken(transfer.reader(start, 70, seed=1), seed=2).eval()
    read = [windows(QUESTION, PASSAGE[:length], 64)[0] for length in (5, 40)]
    inputs = Inputs.of(read)
    with torch.no_grad():
        ours = extraction.logits(model, inputs)
        theirs = model(input_ids=inputs.input_ids, attention_mask=inputs.attention_mask, token_type_ids=inputs.token_type_ids)
    both = torch.stack([theirs.start_logits, theirs.end_logits], -1)
    assert torch.allclose(ours[inputs.places], both[inputs.places], atol=1e-5)
    assert ours[~inputs.places].eq(-torch.inf).all()
    for row, window in enumerate(read):
        allowed = [0, *map(window.place, window.shows)]
        assert inputs.places[row].nonzero().flatten().tolist() == allowed


def test_each_token_is_judged_where_most_of_the_passage_stands_around_it() -> None:
    read = windows(QUESTION, PASSAGE, 16)  # ten tokens a window, five further each time
    scores = torch.zeros(len(read), 16, 2)
    for row, window in enumerate(read):
        scores[row, 0] = -row
        for token in window.shows:
            scores[row, window.place(token)] = min(token - window.shows.start, window.shows.stop - 1 - token)
    whole = extraction.merged(scores, read)
    assert whole.shape == (1 + len(PASSAGE), 2)
    assert whole[0].tolist() == [1 - len(read)] * 2  # the window surest of an answer says how likely none is
    most = [
        max(scores[row, window.place(token), 0].item() for row, window in enumerate(read) if token in window.shows) for token in range(40)
    ]
    assert whole[1:, 0].tolist() == most
    assert torch.equal(extraction.merged(torch.stack([scores, 2 * scores]), read)[1], 2 * whole)


def test_the_best_span_does_not_end_before_it_starts_nor_is_too_long() -> None:
    scores = torch.zeros(30, 2)
    scores[20, 0], scores[5, 1] = 9.0, 9.0  # an end before the start
    scores[22, 1] = 3.0
    assert extraction.best(scores) == (19, 22)
    scores[0] = 6.0  # as much as start and end have together
    assert extraction.best(scores) is None
    far = torch.zeros(30, 2)
    far[1, 0] = far[29, 1] = 9.0
    start, end = extraction.best(far) or (0, 0)
    assert end - start <= extraction.LONGEST
    assert extraction.best(torch.zeros(1, 2)) is None  # a passage without a word
