"""How accounts behave: the options that the server and Python code share."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Options:
    """How accounts behave.

    `strict` turns warnings into 400. `auto_journeys` makes a journey of an unknown trigger on its
    first use. `max_body` is in bytes. `journal_size` is in calls, for each account.
    """

    strict: bool = False
    auto_journeys: bool = True
    max_body: int = 1024 * 1024
    journal_size: int = 10_000
