"""The effects on record, done again from nothing: they must lead to what the model holds."""

from collections import Counter
from typing import Any

from tests.state_machine.model import Model


class Replay:
    """Contacts, lists and journeys as the recorded effects of calls say they are."""

    def __init__(self) -> None:
        self.fields: dict[str, dict[str, Any]] = {}
        self.members: dict[str, list[str]] = {}
        self.entries: Counter[tuple[str, str]] = Counter()

    def apply(self, effects: dict[str, Any]) -> None:
        """Do what one call's record says that it changed."""
        for change in effects["contacts_created"]:
            assert change["contact_id"] not in self.fields
            self.fields[change["contact_id"]] = {}
            self._change(change)
        moved = [one for change in effects["contacts_updated"] for one in self._change(change)]
        assert effects["addresses_changed"] == moved
        for change in effects["list_members_added"]:
            self.members.setdefault(change["contact_id"], []).append(change["list_id"])
        for merge in effects["contacts_merged"]:
            assert merge["into"] in self.fields
            del self.fields[merge["contact_id"]]
        for contact_id in effects["contacts_deleted"]:
            del self.fields[contact_id]
        for kind in ("entries_made", "entries_ended"):
            self.entries.update((kind, entry["trigger_id"]) for entry in effects[kind])

    def _change(self, change: dict[str, Any]) -> list[dict[str, Any]]:
        """Write the fields of a contact; return its change of address, if there is one."""
        contact_id = change["contact_id"]
        moved = []
        for one in change["fields"]:
            name, before, after = one["field"], one["before"], one["after"]
            assert before != after or isinstance(before, bool) != isinstance(after, bool)
            if name.endswith(".fieldType"):
                continue
            assert self.fields[contact_id].pop(name, None) == before
            if after is not None:
                self.fields[contact_id][name] = after
            if name == "Email" and after.lower() != (before or "").lower():
                moved.append({"contact_id": contact_id, "before": before, "after": after})
        return moved

    def compare(self, model: Model) -> None:
        """Fail unless the model holds the same contacts, list members and entries."""
        assert self.fields == {
            contact.contact_id: contact.fields
            | {f"custom_fields.{kind}": value for kind, (_, value) in contact.custom.items()}
            for contact in model.contacts()
        }
        for contact in model.contacts():
            assert self.members.get(contact.contact_id, []) == contact.lists
        for trigger_id, made in model.entries.items():
            assert self.entries["entries_made", trigger_id] == len(made)
            ejected = sum(entry.ejected for entry in made)
            assert self.entries["entries_ended", trigger_id] == ejected
