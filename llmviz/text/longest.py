"""WordPiece: of a word take the longest piece that the vocabulary has, then the longest of the rest. Knows entries; knows no scores."""

from collections.abc import Container

from llmviz.core.cut import Try

GOES_ON = "##"  # stands before a piece that goes on with a word


def walk(word: str, vocabulary: Container[str]) -> tuple[Try, ...]:
    """All that is looked up, in order. It ends with a piece that reaches the end of the word, or with a letter that is not there."""
    tries, start = list[Try](), 0
    while start < len(word):
        for end in range(len(word), start, -1):
            piece = (GOES_ON if start else "") + word[start:end]
            tries.append(Try(start, piece, piece in vocabulary))
            if tries[-1].found:
                start = end
                break
        else:
            break
    return tuple(tries)


def pieces(tries: tuple[Try, ...]) -> tuple[str, ...]:
    """The pieces of the word; none where one of its letters was not there, for then the whole word is unknown."""
    if not tries or not tries[-1].found:
        return ()
    return tuple(step.piece for step in tries if step.found)
