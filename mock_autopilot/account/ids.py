"""The ids that Autopilot makes, in the forms that were recorded. Their source is a parameter."""

from collections.abc import Callable
from uuid import UUID, uuid4

CONTACT_PREFIX = "person_"
"""How a contact's id begins (`doc`, `client`)."""


class Ids:
    """Makes new ids. `new_uuid` is where they come from."""

    def __init__(self, new_uuid: Callable[[], UUID] = uuid4) -> None:
        self._new_uuid = new_uuid

    def contact(self) -> str:
        """Return a contact's id (`client`: `person_` and an upper-case UUID)."""
        return f"{CONTACT_PREFIX}{str(self._new_uuid()).upper()}"

    def journey(self) -> str:
        """Return a journey's id (`doc`: `campaign_` and an upper-case UUID)."""
        return f"campaign_{str(self._new_uuid()).upper()}"

    def hexadecimal(self) -> str:
        """Return 32 hexadecimal digits, as accounts, revisions and API keys have them."""
        return self._new_uuid().hex

    def version_1(self) -> str:
        """Return a UUID in the form of version 1, as the steps of a work order have it."""
        return str(UUID(int=self._new_uuid().int, version=1))
