"""What is asked of a GPT that is prompted, against transformers' own forward pass and against counting by hand."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from tokenizers import Tokenizer
from transformers import AutoModelForCausalLM, PreTrainedModel

from llmviz.core.settings import ModelSpec
from llmviz.core.spec import RunSpec
from llmviz.experiments.building import build
from llmviz.experiments.in_context import answer, hash_answer, heads_answer, moods_answer, shots_answer, worth_answer
from llmviz.experiments.in_context.question import (
    ASKED,
    CONDITIONS,
    FIRST_TOKEN,
    MARKS,
    OTHER,
    RIGHT,
    SUBJECTS,
    TARGETS,
    VALUES,
    WRONG,
    Expect,
    FewShot,
    LookBack,
    PromptOrTune,
    TellMoods,
    Unmoved,
)
from llmviz.inspect import prompts, snapshots
from llmviz.inspect.prompts import Prompts
from llmviz.text.labelled import Example
from llmviz.text.special import CLS
from llmviz.text.tinyland import few_shot, lists
from llmviz.text.tinyland.few_shot import Case
from llmviz.text.tinyland.lists import RELATIONS, Shot
from llmviz.text.tokenizers import load_tokenizer
from llmviz.training.loop import Training
from tests.small import little_to_evaluate

STEPS = 40
TEXTS = ("France :", "Italy : Rome , France :", "the dog")


@pytest.fixture(scope="module", params=["neox", "gpt2"])
def folders(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[int, Path]]:
    """Snapshots of a run, before and after some steps."""
    kept = tmp_path_factory.mktemp("snapshots")
    with pytest.MonkeyPatch.context() as patch:
        little_to_evaluate(patch)
        base = RunSpec("icl", model=ModelSpec(request.param))
        made: Any = build(replace(base, train=replace(base.train, steps=STEPS, batch_size=16)), None)
        made.save(kept / "0")
        for _ in Training(made, made.spec.train).steps():
            pass
        made.save(kept / str(STEPS))
        yield {0: kept / "0", STEPS: kept / str(STEPS)}


@pytest.fixture
def last(folders: dict[int, Path]) -> Path:
    return folders[STEPS]


@pytest.fixture
def tokenizer(last: Path) -> Tokenizer:
    return load_tokenizer(last / "tokenizer.json")


def test_the_next_words_are_those_of_transformers(folders: dict[int, Path], tokenizer: Tokenizer) -> None:
    first, then = answer.answer(folders, Expect(TEXTS, "Paris"))
    assert (first.step, then.step) == (0, STEPS) and not np.allclose(first.chances, then.chances)
    model = AutoModelForCausalLM.from_pretrained(folders[STEPS], dtype=torch.float32)
    for place, text in enumerate(TEXTS):
        ids = torch.tensor([[CLS, *tokenizer.encode(text, add_special_tokens=False).ids]])
        chances = model(ids).logits[0, -1].detach().softmax(-1)
        best = chances.topk(6)
        assert then.chances[place] == pytest.approx(best.values.tolist(), abs=1e-4)
        assert then.truth[place] == pytest.approx(float(chances[tokenizer.token_to_id("Paris")]), abs=1e-5)
        assert then.words[place][0] in (tokenizer.id_to_token(int(best.indices[0])), "(end)")
    assert not answer.answer(folders, Expect(TEXTS, "Atlantis"))[0].truth.any()


def test_a_prompt_beyond_what_the_model_reads_is_refused_in_a_sentence(folders: dict[int, Path]) -> None:
    fits = " , ".join(["Italy : Rome"] * 15 + ["France :"])
    assert answer.answer(folders, Expect((fits,)))
    with pytest.raises(ValueError, match="this prompt has 66 tokens; this model reads 63"):
        answer.answer(folders, Expect((f"Spain : Madrid , {fits}",)))


def test_reading_prompts_moves_no_weight_and_the_hash_would_tell(folders: dict[int, Path]) -> None:
    before, after = hash_answer.answer(folders, Unmoved(TEXTS))
    assert before.before == before.after != after.before == after.after
    model = snapshots.model(folders[STEPS])
    assert hash_answer.hashed(model) == after.before and after.weights == sum(weight.numel() for weight in model.parameters())
    with torch.no_grad():
        next(model.parameters())[0, 0] += 1e-6
    assert hash_answer.hashed(model) != after.before


def test_shares_are_counted_by_draw_relation_and_number(monkeypatch: pytest.MonkeyPatch, folders: dict[int, Path]) -> None:
    def named(model: PreTrainedModel, asked: Prompts) -> torch.Tensor:
        """A model that names what is right where the value has an even id."""
        return torch.from_numpy(asked.truth % 2 == 0).float()

    monkeypatch.setattr(prompts, "named", named)
    found = shots_answer.answer(folders, FewShot())[1]
    spelt = load_tokenizer(folders[STEPS] / "tokenizer.json")
    cases = few_shot.right("test")
    place = CONDITIONS.index(RIGHT)
    assert found.counts[place] == tuple(range(few_shot.MOST + 1)) and found.relations[place] == tuple(RELATIONS)
    for draw, relation, count in ((0, "home", 0), (3, "capital", 2), (9, "young", 6)):
        values = [case.value for case in cases if (case.draw, case.relation, case.shots) == (draw, relation, count)]
        share = np.mean([(spelt.token_to_id(value) or 1) % 2 == 0 for value in values])
        assert len(values) == len(RELATIONS[relation].asked("test"))
        assert found.right[place][draw, list(RELATIONS).index(relation), count] == pytest.approx(share)
    assert all(np.isfinite(shares).all() for shares in found.right)
    assert all(found.counts[CONDITIONS.index(each)] == tuple(range(1, few_shot.MOST + 1)) for each in (WRONG, OTHER))
    orders = len(few_shot.orders("test"))
    assert found.prompts == orders + sum(map(len, (cases, few_shot.wrong("test"), few_shot.other("test"), few_shot.turned())))


def test_orders_that_change_the_answer_are_counted(monkeypatch: pytest.MonkeyPatch, last: Path, tokenizer: Tokenizer) -> None:
    found = shots_answer.answer({STEPS: last}, FewShot())[0]
    model, cases = snapshots.model(last), few_shot.orders("test")
    said = []
    for case in cases:
        said.append(int(prompts.logits(model, Prompts.of(tokenizer, [case]).input_ids).argmax()))
    sets = [said[first : first + few_shot.ORDERS] for first in range(0, len(said), few_shot.ORDERS)]
    assert found.changed == pytest.approx(np.mean([len(set(each)) > 1 for each in sets]), abs=0.03)  # two words may be as likely
    assert found.order.shape == (few_shot.ORDERS,)


def test_heads_are_measured_at_the_end_of_prompts_of_one_length(last: Path, tokenizer: Tokenizer) -> None:
    [found] = heads_answer.answer({STEPS: last}, LookBack())
    assert found.mass.sum(-1) == pytest.approx(1, abs=1e-4) and found.chance.sum() == pytest.approx(1)  # the targets are all there is
    case = next(case for case in few_shot.right("test") if case.shots == heads_answer.EXAMPLES)
    words = ["[CLS]", *case.text.split()]
    places = heads_answer.targets(len(words))
    assert [words[place] for place in places[ASKED]] == [words[-2]] and places[FIRST_TOKEN] == [0]
    relation = RELATIONS[case.relation]
    assert [relation.table[words[place]] for place in places[SUBJECTS]] == [words[place] for place in places[VALUES]]
    assert {words[place] for place in places[MARKS]} == {":", ","}
    assert sorted(place for target in TARGETS for place in places[target]) == list(range(len(words)))
    asked = [case for case in few_shot.right("test") if case.shots == heads_answer.EXAMPLES and case.draw < heads_answer.DRAWS]
    model = AutoModelForCausalLM.from_pretrained(last, dtype=torch.float32, attn_implementation="eager")
    ids = torch.from_numpy(Prompts.of(tokenizer, asked).input_ids)
    with torch.no_grad():
        attention = model(ids, output_attentions=True).attentions
    theirs = attention[1][:, 0, -1, places[VALUES]].sum(-1).mean()
    assert found.mass[1, 0, TARGETS.index(VALUES)] == pytest.approx(float(theirs), abs=1e-4)
    assert found.prompts == len(asked) == len(ids)


def test_prefix_matching_finds_a_head_that_does_just_that(last: Path, tokenizer: Tokenizer, monkeypatch: pytest.MonkeyPatch) -> None:
    def attention(folders: list[Path], ids: torch.Tensor) -> torch.Tensor:
        """Head 0 looks to what came after the same word before, if there is one; head 1 looks to the word itself."""
        n = ids.shape[1]
        found = torch.zeros(1, len(ids), 1, 2, n, n)
        for text, row in enumerate(ids.tolist()):
            for query in range(n):
                earlier = [key for key in range(query) if row[key] == row[query]]
                found[0, text, 0, 0, query, earlier[-1] + 1 if earlier else query] = 1
                found[0, text, 0, 1, query, query] = 1
        return found

    ids = heads_answer.repeated(tokenizer)
    assert (ids[:, 1 : 1 + heads_answer.WORDS] == ids[:, 1 + heads_answer.WORDS :]).all()
    monkeypatch.setattr(snapshots, "attention", attention)
    [found] = heads_answer.answer({STEPS: last}, LookBack())
    assert found.prefix.tolist() == [[1.0, 0.0]] and 0 < found.prefix_chance < 0.05


def test_a_head_left_out_adds_nothing(last: Path) -> None:
    whole, cut, ids = snapshots.model(last), snapshots.model(last), torch.tensor([[CLS, 20, 21, 22]])
    heads_answer.without(cut, 0, 1)
    assert not torch.allclose(whole(ids).logits, cut(ids).logits)
    for head in (0, 2, 3):
        heads_answer.without(cut, 0, head)
    base: Any = cut.base_model
    output = base.h[0].attn.c_proj if cut.config.model_type == "gpt2" else base.layers[0].attention.dense
    assert not output.weight.any()


def test_copies_learn_each_its_own_pairs_as_one_that_learns_alone(
    last: Path, tokenizer: Tokenizer, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ("capital", "job")
    pairs = [(name, RELATIONS[name].in_lists[:2]) for name in names]
    alone = []
    for name, subjects in pairs:
        model = snapshots.model(last)
        optimizer = torch.optim.AdamW(model.parameters(), lr=1e-2)
        given = Prompts.of(tokenizer, [Shot(name, (), subject) for subject in subjects])
        for _ in range(12):
            logits = model(torch.from_numpy(given.input_ids)).logits[:, -1]
            torch.nn.functional.cross_entropy(logits, torch.from_numpy(given.truth)).backward()
            optimizer.step()
            optimizer.zero_grad()
        asked = Prompts.of(tokenizer, [Shot(name, (), subject) for subject in RELATIONS[name].in_lists[:8]])
        alone.append(float(prompts.named(model, asked).mean()))
    monkeypatch.setattr(worth_answer, "DRAWS", len(names))  # so that each copy is told apart
    monkeypatch.setattr(lists.Relation, "asked", lambda relation, split: relation.in_lists[:8])
    kept = {name: weight.clone() for name, weight in snapshots.stacked([last])[1].items()}
    found = worth_answer._tuned(last, tokenizer, pairs, 2, "test", 12, 1e-2)
    assert all(torch.equal(weight, kept[name]) for name, weight in snapshots.stacked([last])[1].items())
    assert found.tolist() == pytest.approx(alone) and max(alone) >= 0.25  # what it learnt is among what is asked


def test_both_ways_are_given_the_same_pairs(last: Path) -> None:
    [found] = worth_answer.answer({STEPS: last}, PromptOrTune())
    assert found.prompted.shape == (worth_answer.DRAWS, 4) and found.tuned.shape == (worth_answer.DRAWS, len(found.counts))
    assert all(len(RELATIONS[name].in_lists) >= found.counts[-1] for name in found.relations)
    assert 1 + 4 * worth_answer.ROOM + 2 <= snapshots.context(last) < 1 + 4 * worth_answer.COUNTS[-1] + 2


def test_a_mood_is_that_of_the_likelier_words(last: Path, tokenizer: Tokenizer, monkeypatch: pytest.MonkeyPatch) -> None:
    good = [tokenizer.token_to_id(word) for word in moods_answer.ENDINGS["we"]["good"]]

    def logits(model: PreTrainedModel, ids: np.ndarray[tuple[int, int], np.dtype[np.int64]]) -> torch.Tensor:
        """A model that likes what has "lovely" in it."""
        found = torch.zeros(len(ids), tokenizer.get_vocab_size())
        lovely = (ids == tokenizer.token_to_id("lovely")).any(1)
        found[:, good] = torch.where(torch.from_numpy(lovely), 5.0, -5.0)[:, None]
        return found

    monkeypatch.setattr(prompts, "logits", logits)
    asked = [Example("the film was lovely .", 1), Example("the film was awful .", 0), Example("the play was lovely .", 0)]
    assert moods_answer._right(last, tokenizer, asked, "we", ()) == pytest.approx(2 / 3)


def test_examples_of_moods_are_labelled_and_fit_before_the_longest_opinion(last: Path) -> None:
    [found] = moods_answer.answer({STEPS: last}, TellMoods(40))
    assert found.opinions == 40 and found.right.shape == (moods_answer.DRAWS, len(moods_answer.SHOTS))
    assert (found.right[:, 0] == found.right[0, 0]).all() and len(found.validated) == len(found.endings)


def test_cases_are_asked_as_they_are_told(tokenizer: Tokenizer) -> None:
    case = Case("capital", 1, 0, "Italy : Rome , France :", "Paris")
    read = Prompts.of(tokenizer, [case])
    assert [tokenizer.id_to_token(id) for id in read.input_ids[0]] == ["[CLS]", *case.text.split()]
    assert tokenizer.id_to_token(read.truth[0]) == "Paris"
