"""The ids that Autopilot makes, in the forms that were recorded. Their source is a parameter."""

from collections.abc import Callable
from hashlib import blake2b
from threading import Lock
from uuid import UUID, uuid4

CONTACT_PREFIX = "person_"
"""How a contact's id begins (`doc`, `client`)."""


class SeededUuids:
    """The same UUIDs each time for one seed and one name, whatever others are made meanwhile."""

    def __init__(self, seed: int, name: str) -> None:
        self._source = f"{seed}\0{name}\0".encode("utf-8", "surrogatepass")
        self._made = 0
        self._lock = Lock()

    def __call__(self) -> UUID:
        """Return the next one, in the form of version 4."""
        with self._lock:
            number = self._made
            self._made += 1
        digest = blake2b(self._source + str(number).encode(), digest_size=16).digest()
        return UUID(bytes=digest, version=4)

    @property
    def made(self) -> int:
        """How many were made."""
        with self._lock:
            return self._made

    def restart(self, made: int) -> None:
        """Go back to when so many had been made."""
        with self._lock:
            self._made = made


class Ids:
    """Makes new ids. `new_uuid` is where they come from."""

    def __init__(self, new_uuid: Callable[[], UUID] = uuid4) -> None:
        self._new_uuid = new_uuid
        self._seeded = new_uuid if isinstance(new_uuid, SeededUuids) else None

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

    def unused(self, make: Callable[[], str], taken: Callable[[str], bool]) -> str:
        """Return the first id of `make` that is not taken.

        A loaded state may have ids of the same seed. Random ones are never taken.
        """
        new = make()
        while self._seeded and taken(new):
            new = make()
        return new

    def position(self) -> int:
        """Return where a seeded source stands, for `restart`; 0 for any other."""
        return self._seeded.made if self._seeded else 0

    def restart(self, position: int) -> None:
        """Put a seeded source back; any other goes on."""
        if self._seeded:
            self._seeded.restart(position)


def make_ids(seed: int | None, name: str) -> Ids:
    """Return ids that are random without a seed, else the same each time for seed and name."""
    return Ids() if seed is None else Ids(SeededUuids(seed, name))
