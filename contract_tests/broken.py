"""What a test raises when a clause is broken."""

from collections.abc import Iterable

from contract_tests.cases.differences import Difference
from contract_tests.cases.format import Json


class Broken(AssertionError):
    """A clause is broken; `counterexample` shows how.

    `clause` is its id if it is another one than the test is about.
    """

    def __init__(
        self, counterexample: Json, differences: Iterable[Difference], clause: str | None = None
    ) -> None:
        super().__init__("\n".join(map(str, differences)))
        self.counterexample = counterexample
        self.clause = clause
