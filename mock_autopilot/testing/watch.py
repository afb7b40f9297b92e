"""What a fake receives while one test runs."""

from itertools import chain

from mock_autopilot.account_view import AccountView
from mock_autopilot.in_process import InProcessAutopilot
from mock_autopilot.recording.journal import Call
from mock_autopilot.testing.calls_text import calls_text


class Watch:
    """The calls that came, and the errors inside the fake, since a test began.

    `account` is the test's account of the fake.
    """

    def __init__(self, fake: InProcessAutopilot, account: AccountView) -> None:
        self._fake = fake
        self._account = account
        self._known_defects = fake.defects
        before = chain(fake.unauthenticated_calls, fake.calls)
        self._begun_after = max((call.number for call in before), default=0)
        self._ended: str | None = None

    def text(self) -> str:
        """Return the calls as a failed test shows them."""
        return self._text() if self._ended is None else self._ended

    def end(self) -> None:
        """Keep what is needed for `text`, since the account is closed next."""
        self._ended = self._text()

    def take_defects(self) -> list[Exception]:
        """Return the errors inside the fake that were not returned before."""
        known = set(map(id, self._known_defects))
        self._known_defects = self._fake.defects
        return [defect for defect in self._known_defects if id(defect) not in known]

    def _text(self) -> str:
        return calls_text(self._account.calls, self._other_keys())

    def _other_keys(self) -> list[Call]:
        """Return the calls with no key or an unknown one, or that of the fake's own account."""
        own = self._fake.api_key == self._account.api_key
        found = chain(self._fake.unauthenticated_calls, () if own else self._fake.calls)
        since = (call for call in found if call.number > self._begun_after)
        return sorted(since, key=lambda call: call.number)
