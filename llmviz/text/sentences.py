"""A text as sentences."""

CLOSING = (".", "!", "?")


def sentences(text: str) -> tuple[str, ...]:
    """The sentences of a text whose words are divided by spaces, each with its closing mark; what follows the last mark is one too."""
    found: list[list[str]] = [[]]
    for word in text.split():
        found[-1].append(word)
        if word in CLOSING:
            found.append([])
    return tuple(" ".join(words) for words in found if words)
