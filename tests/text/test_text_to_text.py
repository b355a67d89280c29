"""Labelled examples as text in and text out, and back."""

import pytest

from llmviz.core.settings import TextSpec
from llmviz.text import labelled, passages, tagged
from llmviz.text.corpora import load
from llmviz.text.text_to_text import LONGEST, TASKS, WORDS, pairs, tagging
from llmviz.text.tokenizers import tokenizer_for, with_words

TEXT = TextSpec("tinyland")


def test_each_task_is_named_before_its_text_and_answered_in_words() -> None:
    opinion, names, question = (pairs(TEXT, task, "train")[0] for task in TASKS)
    first = labelled.labelled(TEXT)["train"][0]
    assert opinion.source == f"sentiment : {first.text}" and opinion.target == labelled.CLASSES[first.label]
    assert names.source == f"entities : {' '.join(tagged.tagged(TEXT)['train'][0].words)}"
    asked = passages.examples(TEXT)["train"][0]
    assert question.source == f"question : {asked.question} context : {asked.passage}" and question.target == (asked.truth or "none")


@pytest.mark.parametrize("split", ["train", "validation", "test"])
def test_marked_names_mean_the_tags_they_were_made_from(split: str) -> None:
    for pair, text in zip(pairs(TEXT, "entities", split)[:1_000], tagged.tagged(TEXT)[split], strict=False):
        told = tagging(pair.words, pair.target)
        assert (tuple(told.tags), told.invented) == (text.tags, []), pair


def test_names_are_marked_where_they_stand() -> None:
    marked = {pair.source: pair.target for pair in pairs(TEXT, "entities", "train")}
    source = "entities : Hugo told Maria about Nairobi ."
    assert marked[source] == "[ Hugo : person ] told [ Maria : person ] about [ Nairobi : place ] ."
    assert max(len(pair.target.split()) for split in ("train", "validation", "test") for pair in pairs(TEXT, "entities", split)) < LONGEST


def test_what_the_text_has_not_is_invented_and_order_counts() -> None:
    words = ("Paris", "flew", "to", "Paris", "with", "Rosa", "Vera")
    nobody = ["O"] * len(words)
    assert tagging(words, "none") == tagging(words, "Paris flew to Paris with Rosa Vera") == tagging(words, "") == (nobody, [])
    told = tagging(words, "[ Paris : person ] flew to Paris with [ Rosa Vera : person ]")
    assert told == (["B-PER", "O", "O", "O", "O", "B-PER", "I-PER"], [])
    assert tagging(words, "Paris flew to [ Paris : place ] with Rosa Vera").tags == ["O", "O", "O", "B-LOC", "O", "O", "O"]
    assert tagging(words, "[ Oslo : place ] [ Rosa : city ] [ Rosa ]").invented == ["B-PER", "B-PER"]
    assert tagging(words, "[ : person ] [ ] ] [ : place") == (nobody, [])


def test_a_name_written_wrongly_is_where_it_stands() -> None:
    words = ("Paul", "works", "in", "Cairo", ".", "Rosa", "Vera", "works", "in", "Nairobi", ".")
    said = "[ Paul : person ] works in [ Nairobi : place ] . [ Rosa Vera : person ] works in [ Nairobi : place ] ."
    assert tagging(words, said) == (["B-PER", "O", "O", "B-LOC", "O", "B-PER", "I-PER", "O", "O", "B-LOC", "O"], [])
    half = said.replace("Rosa Vera", "Rosa")
    assert tagging(words, half).tags[5:7] == ["B-PER", "O"]  # half a name is not that name
    assert tagging(words, f"{said} and [ Lima : place ]").invented == ["B-LOC"]


def test_a_sample_is_that_of_the_tasks_own_experiment() -> None:
    few, more = (pairs(TEXT, "answers", "train", count, seed=3) for count in (20, 40))
    assert len(few) == 20 and more[:20] == few
    assert {pair.target for pair in pairs(TEXT, "sentiment", "train", 16)} == {*labelled.CLASSES}
    with pytest.raises(ValueError, match="Labels"):
        pairs(TEXT, "entities", "train", 10_000)


def test_every_word_of_every_task_is_in_the_vocabulary() -> None:

    tokenizer = with_words(tokenizer_for(load(TEXT), "pieces"), WORDS)
    unknown = tokenizer.token_to_id("[UNK]")
    for task in TASKS:
        for pair in pairs(TEXT, task, "test"):
            assert unknown not in tokenizer.encode(f"{pair.source} {pair.target}", add_special_tokens=False).ids, pair
