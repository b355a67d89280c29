"""The table that stands where a visitor's own will: some requests to a house, each with what is wanted."""

from functools import cache

from llmviz.text import own_labels, requests
from llmviz.text.own_labels import Labelled
from llmviz.text.own_table import Row, Table

INTENTS = ("ask state", "set light", "turn off", "turn on")
DRAWN = 2_040  # requests, the 16 intents in turn: some 125 of each, enough to hold out a hundred for the final figure
COLUMNS = ("request", "intent")
DIGEST = "706362cc0e09a9b3439d638bc3988345a02a8827c314e72720ff78e2b6b169f4"  # of the examples, so that a run of them names them


@cache
def table() -> Table:
    """The rows of the table. Raises ValueError, in a sentence, without the package that the requests come from."""
    drawn = dict.fromkeys(request for request in requests.first(DRAWN) if request.intent in INTENTS)
    rows = (Row(number, (request.text, request.intent)) for number, request in enumerate(drawn, 2))
    return Table(COLUMNS, tuple(rows), header=True, encoding="UTF-8", delimiter="comma")


@cache
def examples() -> Labelled:
    """The examples in it. Raises ValueError, in a sentence, where the package says other requests than those that runs learnt from."""
    found = own_labels.labelled(table(), 0, 1)
    if own_labels.digest(found) != DIGEST:
        raise ValueError(f"the installed {requests.PACKAGE} says other requests than this example has; requirements.txt names its version")
    return found


def read(digest: str) -> Labelled:
    """The examples of a visitor's table with this digest; of "", those here. Raises ValueError, in a sentence, where there are none."""
    return own_labels.read(digest) if digest else examples()
