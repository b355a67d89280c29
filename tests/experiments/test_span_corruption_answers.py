"""What every snapshot writes into gaps: against each model alone by transformers, and in every corner of the question."""

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from transformers import AutoModelForSeq2SeqLM, AutoTokenizer

from llmviz.core.questions.attention import FULL
from llmviz.core.settings import ModelSpec
from llmviz.experiments.span_corruption.answer import LONGEST_ANSWER, answer
from llmviz.experiments.span_corruption.question import Fill
from llmviz.models import files, t5
from llmviz.text.special import FIRST, SEP
from llmviz.text.tinyland.corpus import words
from llmviz.text.tokenizers import sentinel, with_sentinels, word_level
from tests.small import shaken

STEPS = (0, 3, 5, 9, 12, 15, 20, 30, 40)  # more than go through at once
SENTENCE = "the capital of France is Paris ."
QUESTION = Fill(SENTENCE, (3, 4, 6))
Folders = dict[int, Path]


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> Folders:
    tokenizer = with_sentinels(word_level(words()))
    run = tmp_path_factory.mktemp("run")
    found = {step: run / "snapshots" / str(step) for step in STEPS}
    for step, folder in found.items():
        model = shaken(t5.random_start(ModelSpec("t5"), tokenizer.get_vocab_size(), 32, seed=step), seed=step)
        with torch.no_grad():
            model.get_parameter("shared.weight").mul_(0.4)  # or each token would be followed by itself
            model.get_parameter("shared.weight")[SEP] *= 5  # so that some answers end
        files.save(model, tokenizer, folder)
    return found


def possible(logits: torch.Tensor) -> torch.Tensor:
    """ln p without the special tokens that no text holds."""
    never = [id for id in range(FIRST) if id != SEP]
    return logits.index_fill(-1, torch.tensor(never), -torch.inf).log_softmax(-1)


def test_every_snapshot_writes_as_it_does_alone(folders: Folders) -> None:
    found = answer(folders, QUESTION)
    assert [each.step for each in found] == list(STEPS)
    for each in found:
        model = AutoModelForSeq2SeqLM.from_pretrained(folders[each.step], dtype=torch.float32, attn_implementation="eager").eval()
        tokenizer = AutoTokenizer.from_pretrained(folders[each.step])
        given = tokenizer("the capital of <extra_id_0> Paris <extra_id_1>", return_tensors="pt")["input_ids"]
        written, chances = [0], []
        with torch.no_grad():
            while written[-1] != SEP and len(written) <= LONGEST_ANSWER:
                likely = possible(model(input_ids=given, decoder_input_ids=torch.tensor([written])).logits[0, -1])
                written.append(int(likely.argmax()))
                chances.append(likely.max().exp().item())
            last = model(input_ids=given, decoder_input_ids=torch.tensor([written[:-1]]), output_attentions=True)
        assert each.ended == (written[-1] == SEP)
        assert len(each.written) == len(each.numbers) == len(chances)
        np.testing.assert_allclose(each.chances, chances, atol=1e-4)
        cross = last.cross_attentions[-1][0].mean(0)
        np.testing.assert_allclose(each.cross / FULL, cross, atol=0.6 / FULL)


def test_what_is_read_and_what_stood_there(folders: Folders) -> None:
    [first, *_] = answer(folders, QUESTION)
    assert first.given == ("[CLS]", "the", "capital", "of", "<extra_id_0>", "Paris", "<extra_id_1>", "(end)")
    assert first.sentinels.tolist() == [-1, -1, -1, -1, 0, -1, 1, -1]
    assert first.truth == ("France is", ".")


def test_candidates_have_the_chances_the_model_gives_them(folders: Folders) -> None:
    step = STEPS[2]
    [found] = answer({step: folders[step]}, QUESTION)
    tokenizer = AutoTokenizer.from_pretrained(folders[step])
    model = AutoModelForSeq2SeqLM.from_pretrained(folders[step], dtype=torch.float32, attn_implementation="eager").eval()
    given = tokenizer("the capital of <extra_id_0> Paris <extra_id_1>", return_tensors="pt")["input_ids"]
    first = sentinel(with_sentinels(word_level(words())))
    closing = [SEP, *range(first, first + 10)]
    numbers = found.numbers.tolist()
    before = [
        tokenizer.convert_tokens_to_ids(token) for token in found.written[: numbers.index(0) if 0 in numbers else -found.ended or None]
    ]

    def chance(span: str) -> float:
        ids = [0, *before, first, *(tokenizer.convert_tokens_to_ids(word) for word in span.split())]
        with torch.no_grad():
            likely = possible(model(input_ids=given, decoder_input_ids=torch.tensor([ids])).logits[0])
        start = len(before) + 1
        said = sum(likely[start + place, id].item() for place, id in enumerate(ids[start + 1 :]))
        return math.exp(said + likely[-1, closing].logsumexp(0).item())

    for span, share in zip(found.candidates[0], found.candidate_chances[0], strict=False):
        assert share == pytest.approx(chance(span), rel=1e-3)
    assert found.truth_chances[0] == pytest.approx(chance("France is"), rel=1e-3)


def test_candidates_are_sorted_and_no_more_than_everything(folders: Folders) -> None:
    for found in answer(folders, QUESTION):
        assert (np.diff(found.candidate_chances, axis=1) <= 1e-6).all()
        assert (found.candidate_chances.sum(1) <= 1 + 1e-5).all()
        assert all(len(set(some)) == len(some) for some in found.candidates)


def test_beams_find_an_answer_at_least_as_likely(folders: Folders) -> None:
    greedy, wide = answer(folders, QUESTION), answer(folders, replace(QUESTION, beams=4))
    both = [(one, other) for one, other in zip(greedy, wide, strict=True) if one.ended and other.ended]
    assert both
    # Beam search may lose the greedy answer on its way; over some models it finds likelier ones.
    assert sum(other.chances.prod() >= one.chances.prod() * 0.999 for one, other in both) > len(both) / 2


def test_everything_hidden_and_one_word(folders: Folders) -> None:
    [found] = answer({0: folders[0]}, Fill(SENTENCE, tuple(range(7))))
    assert found.given == ("[CLS]", "<extra_id_0>", "(end)") and found.truth == (SENTENCE,)
    [found] = answer({0: folders[0]}, Fill("owl", (0,)))
    assert found.truth == ("owl",)


@pytest.mark.parametrize(
    ("question", "said"),
    [
        (Fill("", (0,)), "no word"),
        (Fill(SENTENCE, ()), "nothing is hidden"),
        (Fill(SENTENCE, (9,)), "outside"),
        (Fill("owl " * 31, (0,)), "this model learnt from 30"),
        (Fill("owl dog " * 11, tuple(range(0, 22, 2))), "sentinels for 9"),
        (Fill(SENTENCE, (0,), beams=7), "1 to 6"),
    ],
)
def test_a_sentence_says_what_is_possible(question: Fill, said: str, folders: Folders) -> None:
    with pytest.raises(ValueError, match=said):
        answer(folders, question)


def test_no_snapshots_no_answers() -> None:
    assert answer({}, QUESTION) == []
