"""Text that can be shown anywhere, whatever a caller has sent."""


def printable(text: str) -> str:
    """Return `text` as one line that cannot control the terminal: other characters are escaped."""
    if text.isprintable():
        return text
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode() for char in text
    )
