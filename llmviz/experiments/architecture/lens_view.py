"""What the head would say at every place of the stream, as a table: places in rows, tokens in columns. Pure."""

from llmviz.experiments.architecture.question import LensRead
from llmviz.parts.table.payload import Table
from llmviz.views.tables import cell, row, table

DEEP = 20  # places of the stream
MOST = 9  # tokens side by side: more would be too narrow to read


def lens(found: LensRead, visit: int) -> Table:
    """The table of the last tokens. A cell is the more coloured the likelier the word is there that is said at the end."""
    count = len(found.tokens)
    shown = range(max(0, count - MOST), count)
    deep = len(found.places) > DEEP  # of a deep model what stands after whole blocks
    rows = [
        row(
            place,
            [cell(found.words[at][token], more=[f"{found.chances[at, token]:.0%}"], tint=float(found.ends[at, token])) for token in shown],
        )
        for at, place in enumerate(found.places)
        if not deep or not place.endswith(("attention", "text"))
    ]
    columns = [(found.tokens[token], "What the head would say at this token.") for token in shown]
    return table("Places of the stream in rows, tokens in columns", "read off after", columns, rows, visit)


def left_out(found: LensRead) -> str:
    """A word on the tokens there is no room for; empty where there are none."""
    more = len(found.tokens) - MOST
    return f"The last {MOST} tokens; {more} before them are left out." if more > 0 else ""
