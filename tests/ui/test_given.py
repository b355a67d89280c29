"""What visitors give: so much a browser and a day, so much in all, for so long, and the page says so."""

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from llmviz.core import hosting
from llmviz.text import own, own_labels, own_table, store
from llmviz.ui import given

Visit = Callable[..., AppTest]
TABLE = "text,label\n" + "".join(f"number {place} is {('odd', 'even')[place % 2]},{('odd', 'even')[place % 2]}\n" for place in range(12))


@pytest.fixture
def limited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """A way to set limits for this test, with a home of its own."""
    monkeypatch.setenv("LLMVIZ_HOME", str(tmp_path))

    def limit(**limits: object) -> None:
        for name, value in limits.items():
            monkeypatch.setenv(hosting.variable(name), str(value))
        hosting.limits.cache_clear()
        given._times.clear()

    yield limit
    monkeypatch.undo()
    hosting.limits.cache_clear()
    given._times.clear()


def paste(app: AppTest, text: str) -> AppTest:
    app.text_area(key="pasted").set_value(text)
    return app.button(key="learn_own").click().run()


def test_a_browser_gives_so_many_in_a_day_and_is_told_why_no_more(limited: Callable[..., None], visit: Visit) -> None:
    limited(texts_each=2)
    app = visit("tokens")
    for count in range(2):
        paste(app, f"the dogs bark {count}")
        assert not app.warning
    paste(app, "the cats meow")
    assert "given 2 texts within a day" in app.warning[0].value and not app.exception
    given._times.clear()
    assert not paste(app, "the cats meow").warning


def test_all_texts_together_take_so_much_room(limited: Callable[..., None]) -> None:
    limited(texts_mb=1)
    first, _ = own.take("a " * 400_000)
    with pytest.raises(ValueError, match="take the 1 MB there are for them"):
        own.take("b " * 400_000)
    assert own.take("a " * 400_000)[0] == first  # what is here takes no more room


def test_what_nobody_reads_for_the_stated_hours_is_deleted_with_what_was_learnt_from_it(limited: Callable[..., None]) -> None:
    limited()
    old, _ = own.take("the old dogs bark")
    table = own_labels.keep(own_labels.labelled(own_table.read(TABLE.encode()), 0, 1))
    new, _ = own.take("the new dogs bark")
    store.keep(store.path(old, "bpe-8000-1.json"), "{}")
    store.keep(store.path("f" * 64, "bounds-x.json"), "{}")  # of a text of the program
    for digest, name in ((old, own.FILE), (table, own_labels.FILE)):
        os.utime(store.path(digest, name), (time.time() - 7_300,) * 2)
    own_labels.read(table)  # used again
    assert store.forget_own(2) == 1
    assert not store.path(old, "").exists() and store.path("f" * 64, "bounds-x.json").exists()
    assert own_labels.read(table) and own.read(new)
    with pytest.raises(ValueError, match="paste it again"):
        own.read(old)


@pytest.mark.parametrize("page", ["tokens", "own_labels", "own_names"])
@pytest.mark.parametrize(
    ("limits", "said"),
    [
        ({}, "It stays on this machine."),
        ({"text_hours": 1}, "It stays on this machine until nobody has used it for 1 hour; then it is deleted."),
        ({"hosted": 1}, "It is kept on this server until nobody has used it for 24 hours; then it is deleted."),
    ],
)
def test_the_page_says_where_and_for_how_long(
    limited: Callable[..., None], visit: Visit, page: str, limits: dict[str, int], said: str
) -> None:
    limited(**limits)
    assert any(each.value.endswith(said) for each in visit(page).markdown)


def test_a_server_deletes_by_itself(limited: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> None:
    limited(text_hours=1)
    old, _ = own.take("the old dogs bark")
    os.utime(store.path(old, own.FILE), (time.time() - 3_700,) * 2)
    given.sweep()
    end = time.monotonic() + 10
    while store.path(old, own.FILE).exists() and time.monotonic() < end:
        time.sleep(0.01)
    assert not store.path(old, own.FILE).exists()
