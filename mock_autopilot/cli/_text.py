"""Text for the terminal."""


def printable(text: str) -> str:
    """Return `text` as one line that cannot control the terminal: other characters are escaped."""
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode() for char in text
    )


def count(number: int, noun: str) -> str:
    """Return a number and its noun: `1 sync`, `2 syncs`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
