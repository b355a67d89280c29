"""A visitor's own table: what is found in a CSV file of any make, and what is refused of it."""

import pytest

from llmviz.text import own_table
from llmviz.text.own_table import MOST_BYTES, MOST_COLUMNS, MOST_ROWS, Row, Table, read, suggested

ROWS = (("text", "label"), ("a fine film", "good"), ("a dull film", "bad"), ("a fine play", "good"))
TABLE = "\n".join(map(",".join, ROWS)).encode()


def cells(table: Table) -> list[tuple[str, ...]]:
    return [row.cells for row in table.rows]


def test_a_table_is_its_columns_and_its_rows() -> None:
    table = read(TABLE)
    assert table.columns == ("text", "label") and table.header
    assert table.rows == tuple(Row(number, row) for number, row in enumerate(ROWS[1:], 2))
    assert (table.encoding, table.delimiter) == ("UTF-8", "comma")
    assert suggested(table) == (0, 1)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\n\n"])
@pytest.mark.parametrize("last", [True, False])
@pytest.mark.parametrize(("delimiter", "name"), [(",", "comma"), (";", "semicolon"), ("\t", "tab")])
def test_delimiters_and_line_ends(delimiter: str, name: str, end: str, last: bool) -> None:
    table = read((end.join(map(delimiter.join, ROWS)) + end * last).encode())
    assert table.delimiter == name and cells(table) == list(ROWS[1:])


@pytest.mark.parametrize(
    ("encoding", "name"),
    [("utf-8", "UTF-8"), ("utf-8-sig", "UTF-8"), ("utf-16", "UTF-16"), ("cp1252", "Windows-1252"), ("latin-1", "Windows-1252")],
)
def test_encodings(encoding: str, name: str) -> None:
    table = read("text;label\nun café très agréable;joie\nune pièce ratée;colère\n".encode(encoding))
    assert table.encoding == name
    assert cells(table) == [("un café très agréable", "joie"), ("une pièce ratée", "colère")]


def test_other_scripts() -> None:
    for encoding in ("utf-8", "utf-16"):
        table = read("κείμενο,ετικέτα\nωραία ταινία,καλό\n一部好电影,好\n".encode(encoding))
        assert table.columns == ("κείμενο", "ετικέτα") and cells(table) == [("ωραία ταινία", "καλό"), ("一部好电影", "好")]


def test_the_delimiter_that_divides_all_rows_alike_is_meant_not_the_most_frequent() -> None:
    assert read(b"text;label\na, b, c, d;x\ne, f;y\ng, h, i;x\n").delimiter == "semicolon"
    assert read(b"text\tlabel\na, b; c\tx\ne, f; g\ty\n").delimiter == "tab"
    assert read(b'text,label\n"a; b; c",x\n"d; e",y\n').delimiter == "comma"
    assert read(b"text;score\ngood, really;1,5\nbad, really;0,5\n").delimiter == "semicolon"
    assert read(b"sep=;\r\ntext;label\r\nfine;good\r\ndull;bad\r\n").columns == ("text", "label")


def test_quotes_delimiters_and_line_ends_within_a_cell() -> None:
    table = read(b'text,label\n"he said ""fine"", and left",good\n"two\r\nlines, one cell" , "bad"\nsix "so-called" words,bad\n')
    assert cells(table) == [('he said "fine", and left', "good"), ("two lines, one cell", "bad"), ('six "so-called" words', "bad")]
    assert [row.number for row in table.rows] == [2, 3, 4]  # a cell of two lines is one row


def test_empty_rows_count_as_a_spreadsheet_counts() -> None:
    table = read(b"text,label\n\nfine,good\n,\n \xe2\x80\x8b,\ndull,bad\n")
    assert [row.number for row in table.rows] == [3, 6]


def test_what_looks_like_a_program_stays_a_text() -> None:
    rows = [
        ("=1+1", "+cmd|' /C calc'!A0"),
        ("<script>alert(1)</script>", "<b>bad</b>"),
        ("@SUM(A1)", "-1"),
        ("{name}", "[x](javascript:1)"),
    ]
    assert cells(read(("text,label\n" + "\n".join(map(",".join, rows))).encode())) == rows


@pytest.mark.parametrize(
    ("table", "header"),
    [
        ("text,label\nfine,good\ndull,bad", True),
        ("fine,good\ndull,bad\nnice,good", False),  # its label comes again
        ("text,stars\nfine,5\ndull,1", True),
        ("fine,5\ndull,1", False),
        ("fine,1.5\ndull,0.5", False),
        (f"{'a very long text ' * 5},good\ndull,bad", False),
        ("text,\nfine,good", False),  # a column without a name
        ("text,text\nfine,good", False),
        (",text\n0,fine\n1,dull", True),  # as pandas and R write row numbers
    ],
)
def test_a_header_is_told_by_what_stands_in_it(table: str, header: bool) -> None:
    read_table = read(table.encode())
    assert read_table.header == header
    assert len(read_table.rows) == table.count("\n") + (not header)
    if not header:
        assert read_table.columns == ("column 1", "column 2") and read_table.rows[0].number == 1


def test_whether_there_is_a_header_can_be_said() -> None:
    assert read(TABLE, header=False).columns == ("column 1", "column 2") and len(read(TABLE, header=False).rows) == 4
    assert read(b"fine,5\ndull,1", header=True).columns == ("fine", "5")


def test_a_table_of_one_row_is_read() -> None:
    assert read(b"text,label").rows == ()
    assert cells(read(b"a fine film,1")) == [("a fine film", "1")]


def test_ragged_rows_are_kept_with_their_numbers() -> None:
    table = read(b"text,label\nfine,good\ndull\nnice, really,good\nsad,bad\nbad,bad\n")
    assert [len(row.cells) for row in table.rows] == [2, 1, 3, 2, 2]
    assert table.columns == ("text", "label") and table.cell(table.rows[1], 1) == ""


def test_a_header_with_fewer_cells_leaves_columns_without_a_name() -> None:
    table = read(b"text\nfine,good\ndull,bad\nnice,good\n")
    assert table.columns == ("text", "column 2") and table.named(0) == "column 1 (“text”)" and table.named(1) == "column 2"


def test_columns_are_suggested_by_length_and_by_number_of_values() -> None:
    lines = ["id,source,text,label", *(f"{number},forum,text of number {number},{'good' if number % 2 else 'bad'}" for number in range(20))]
    assert suggested(read("\n".join(lines).encode())) == (2, 3)  # the source is always the same


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (b"", "this file is empty"),
        (b" \n\r\n\t", "this file is empty"),
        (b"\xef\xbb\xbf", "this file is empty"),
        (b"PK\x03\x04rest", "a workbook"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR,\x90\n", "no plain text"),
        (bytes(range(256)) * 9, "no plain text"),
        ("text,label\nfine,good".encode("utf-16-le"), "no plain text"),  # does not begin by saying so
        (b"\xff\xfet\x00e\x00x", "no plain text"),
        ("text,label\nκαλό,1\nκακό,".encode() + b"\xe9\n", "damaged: 1, the first in line 3"),
        (b"text\nfine\ndull\n", "neither comma, semicolon nor tab"),
        (b"one word\nand, so, on\nuntil, the, end, of\nall\n", "neither comma, semicolon nor tab"),
        (b'text,label\nfine,good\ndull,bad\n"nice,good\nsad,bad\n', "row 4: a quote is opened here and not closed"),
        (b'"text,label\nfine,good\n', "row 1: a quote is opened"),
        (b'a,b\n"' + b"x" * 140_000 + b"\n", "row 2: a cell has more than 131,072 letters; perhaps a quote"),
        (b"a," * 100 + b"\n", f"more than {MOST_COLUMNS} columns"),
        (b"," * 4_000_000, "neither comma, semicolon nor tab"),
        (b"a,b\n" + b"\n" * 1_048_576, "more than 1,048,576 rows, most of them empty"),
        (("\u200b,\u200b\n" * 400_000).encode(), "neither comma, semicolon nor tab"),
        (b"a,b\n" * (MOST_BYTES // 4 + 1), "this file has more than 5 MB"),
    ],
)
def test_what_is_no_table_is_refused_in_a_sentence(content: bytes, refusal: str) -> None:
    with pytest.raises(ValueError, match=refusal):
        read(content)


def test_ten_thousand_rows_are_read_and_one_more_is_refused() -> None:
    rows = [f"text number {number},{number % 3}" for number in range(MOST_ROWS)]
    assert len(read("\n".join(["text,label", *rows]).encode()).rows) == MOST_ROWS == len(read("\n".join(rows).encode()).rows)
    with pytest.raises(ValueError, match=r"more than 10,000 rows; .* sorted by label"):
        read("\n".join(["text,label", *rows, "one more,1"]).encode())


def test_a_sheet_saved_with_a_million_empty_rows_is_read() -> None:
    assert len(read(TABLE + b"\n" + b",\n" * 1_000_000).rows) == 3


def test_the_preview_is_the_first_rows() -> None:
    table = read("\n".join(f"text {number},{number % 2}" for number in range(50)).encode())
    assert table.preview == table.rows[: own_table.PREVIEWED]
