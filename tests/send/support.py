"""What the tests of `send` have in common."""

import json
from collections.abc import Callable
from typing import Any

from click.testing import Result

NULL = "is null: it is left out, since null must not erase"
MISSING = "Missing unique identifier traits. Either `email` or `user_id` traits must be provided"

Send = Callable[..., Result]


def person(number: int, **traits: Any) -> dict[str, Any]:
    email = f"person{number}@example.com"
    return {
        "type": "identify",
        "userId": f"user-{number}",
        "traits": {"email": email, "firstName": "Chris", **traits},
    }


def event(number: int, name: str = "Song Played") -> dict[str, Any]:
    return {"type": "track", "userId": f"user-{number}", "event": name, "properties": {"n": 1}}


def lines(*messages: Any) -> str:
    return "".join(f"{m if isinstance(m, str) else json.dumps(m)}\n" for m in messages)


def table(result: Result) -> list[str]:
    """Return the table of outcomes: the lines before the first reason."""
    return result.output.split("\n\n")[0].splitlines()
