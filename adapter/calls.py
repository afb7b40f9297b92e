"""The two kinds of call that a message can cause at Autopilot."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar
from urllib.parse import quote

from adapter.json_values import json_text

_CONTACT_ID = "{contact_id}"


class Call(ABC):
    """One call to Autopilot, always a POST.

    Attributes:
        idempotent: whether making the call twice has the same effect as making it once.

    """

    idempotent: ClassVar[bool]

    def __str__(self) -> str:
        return f"POST {self.path} {json_text(self.body)}"

    @property
    @abstractmethod
    def path(self) -> str:
        """The path below the base URL, with `{contact_id}` where a contact's id goes."""

    @property
    @abstractmethod
    def body(self) -> dict[str, Any]:
        """The request body."""

    def path_for(self, contact_id: str) -> str:
        """Return the path with that id in the place of `{contact_id}`, if it has one."""
        return self.path.replace(_CONTACT_ID, quote(contact_id, safe=""))


@dataclass(frozen=True)
class UpsertContact(Call):
    """Add a contact, or update the one that it identifies: `POST contact {"contact": …}`."""

    contact: dict[str, Any]

    idempotent = True

    @property
    def path(self) -> str:
        """`contact`."""
        return "contact"

    @property
    def body(self) -> dict[str, Any]:
        """The contact under `contact`."""
        return {"contact": self.contact}


@dataclass(frozen=True)
class EnterJourney(Call):
    """Enter the contact of the upsert into a journey, with the properties of an event.

    `POST trigger/{trigger_id}/contact/{contact_id} {"property": …}` (`client`). The contact's id
    comes from the answer to the upsert, so that no unusual address ever stands in a path.
    """

    trigger_id: str
    properties: dict[str, Any]

    idempotent = False

    @property
    def path(self) -> str:
        """`trigger/…/contact/{contact_id}`."""
        return f"trigger/{quote(self.trigger_id, safe='')}/contact/{_CONTACT_ID}"

    @property
    def body(self) -> dict[str, Any]:
        """The event's properties under `property`."""
        return {"property": self.properties}
