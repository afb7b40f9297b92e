"""Request bodies of a contact: with any value in it, nested, padded, in chunks."""

from collections.abc import Iterator
from typing import Any

from tests.api.hostile_bodies.account import dumped


def contact(**fields: object) -> bytes:
    return dumped({"contact": {"Email": "new@example.com", **fields}})


def nested(levels: int) -> Any:
    """Return that many arrays, one inside the other."""
    value: Any = 1
    for _ in range(levels):
        value = [value]
    return value


def padded(length: int) -> bytes:
    return contact().ljust(length)


def chunks(body: bytes) -> Iterator[bytes]:
    return (body[at : at + 100_000] for at in range(0, len(body), 100_000))
