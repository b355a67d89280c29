"""From the bytes of a file to its text: the encoding is read off the bytes, and said, for a wrong one changes letters silently."""

import codecs
import re

from llmviz.text.incoming import BROKEN

_CONTROL = re.compile("[\x00-\x08\x0e-\x1f]")  # all but white space: text holds none of them, and in a program or a picture they abound
_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_ARCHIVE = b"PK\x03\x04"  # how a ZIP begins, and with it .xlsx, .ods and .docx


def unicode(content: bytes) -> tuple[str, str]:
    """The text of a file in UTF-8, or in UTF-16 where it begins by saying so, and the name of its encoding.

    Raises UnicodeError for any other file.
    """
    marked = content.startswith(_MARKS)
    text = content.decode("utf-16" if marked else "utf-8-sig")
    if "\0" in text:
        raise UnicodeError("a text holds no NUL")
    return text, "UTF-16" if marked else "UTF-8"


def exported(content: bytes) -> tuple[str, str]:
    """The text of a file as spreadsheets write it, in UTF-8, UTF-16 or Windows-1252 (Western European), and the name of its encoding.

    Nearly any bytes are Windows-1252, so it is only tried last. Raises ValueError, in a sentence, for what is no text, and for UTF-8 that
    is damaged.
    """
    if content.startswith(_ARCHIVE):
        raise ValueError("this file is a workbook or another archive, not plain text; save the sheet as CSV (UTF-8) and choose that")
    try:
        return unicode(content)
    except UnicodeError:
        pass
    lenient = content.decode("utf-8-sig", "replace")
    broken = lenient.count(BROKEN)
    if broken < sum(letter > "\x7f" for letter in lenient) - broken:  # é of Windows-1252 is no UTF-8: such a file has hardly a whole letter
        line = len(re.findall("\r\n?|\n", lenient[: lenient.index(BROKEN)])) + 1
        raise ValueError(
            f"this file is UTF-8, but letters in it are damaged: {broken:,}, the first in line {line:,}; save it again as UTF-8"
        )
    try:
        text = content.decode("cp1252") if not content.startswith(_MARKS) else "\0"
    except UnicodeDecodeError:
        text = "\0"
    if _CONTROL.search(text):
        raise ValueError("this file is no plain text in UTF-8, UTF-16 or Windows-1252; save the table as CSV (UTF-8) and choose that")
    return text, "Windows-1252"
