from llmviz.text.splits import split, split_of


def test_shares_are_90_5_5() -> None:
    splits = split(f"document {number}" for number in range(20_000))
    assert abs(len(splits["train"]) - 18_000) < 200
    assert abs(len(splits["validation"]) - 1_000) < 150
    assert sum(map(len, splits.values())) == 20_000


def test_a_document_stays_where_it_is_when_others_come() -> None:
    before = split(f"document {number}" for number in range(100))
    after = split(f"document {number}" for number in range(200))
    assert all(set(before[name]) <= set(after[name]) for name in before)


def test_equal_documents_are_counted_once() -> None:
    assert sum(map(len, split(["one", "two", "one"]).values())) == 2


def test_the_split_is_the_same_on_every_machine() -> None:
    assert [split_of(f"document {number}") for number in (0, 13, 21)] == ["train", "train", "train"]
    assert split_of("") in ("train", "validation", "test")
