"""What a fake receives while one test runs."""

from collections.abc import Sequence

from mock_autopilot.account_view import AccountView
from mock_autopilot.assertions.seen import seen_by
from mock_autopilot.in_process import InProcessAutopilot
from mock_autopilot.recording.journal import Call
from mock_autopilot.recording.refused_calls import RefusedCall
from mock_autopilot.testing.calls_text import calls_text

_Received = tuple[str, Sequence[Call], Sequence[Call], Sequence[RefusedCall], bool]


class Watch:
    """The calls that came, and the errors inside the fake, since a test began.

    `account` is the test's account of the fake, `fixture` the name by which the test has it.
    """

    def __init__(self, fake: InProcessAutopilot, account: AccountView, fixture: str = "") -> None:
        self.fixture = fixture
        self._fake = fake
        self._account = account
        self._known_defects = fake.defects
        self._ended: _Received | None = None

    def text(self) -> str:
        """Return the calls as a failed test shows them."""
        return calls_text(*(self._ended or self._received()))

    def end(self) -> None:
        """Keep what `text` returns, since the account is closed next."""
        self._ended = self._received()

    def take_defects(self) -> list[Exception]:
        """Return the errors inside the fake that were not returned before."""
        known = set(map(id, self._known_defects))
        self._known_defects = self._fake.defects
        return [defect for defect in self._known_defects if id(defect) not in known]

    def _received(self) -> _Received:
        """Return the arguments of `calls_text`."""
        account = self._account._own_account  # the test may have closed it
        seen = seen_by(self._account._accounts, account)
        return seen.key, seen.calls, seen.other_calls(), seen.refused(), account.closed
