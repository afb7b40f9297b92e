"""Freedoms in who a message is about."""

import json
from itertools import count

from tests.contract.forwarders.forwarder import Answer, Forwarder, Json
from tests.contract.forwarders.variants.table import variant

PLACEHOLDERS = ("null", "undefined", "none", "nan", "[object object]")


@variant("A placeholder may count as missing.")
class NoPlaceholders(Forwarder):
    def address(self, value: object) -> str | None:
        found = super().address(value)
        return found if found and "@" in found else None

    def user_id(self, value: object) -> str | None:
        found = super().user_id(value)
        return None if found and found.lower() in PLACEHOLDERS else found


@variant("A user id that is an address may be the address too.")
class AddressInUserId(Forwarder):
    def email(self, message: Json) -> str | None:
        user_id = self.user_id(message.get("userId"))
        return super().email(message) or (user_id if user_id and "@" in user_id else None)


@variant("An address may be written in lower case.")
class LowerAddress(Forwarder):
    def address(self, value: object) -> str | None:
        found = super().address(value)
        return found.lower() if found else None


@variant("An identifier of a wrong type may be its text.", "IDR-12")
class WrongTypesAreText(Forwarder):
    def address(self, value: object) -> str | None:
        return super().address(
            value if value is None or isinstance(value, str) else self.text(value)
        )

    def user_id(self, value: object) -> str | None:
        other = isinstance(value, bool | list | dict)
        return super().user_id(self.text(value) if other else value)

    def text(self, value: object) -> str:
        return json.dumps(value)


@variant("The anonymous id need not be written.")
class NoAnonymousId(Forwarder):
    def identifiers(self, message: Json) -> Json:
        return {k: v for k, v in super().identifiers(message).items() if k != "anonymous_id"}


@variant("The anonymous id may be replaced.")
class NewAnonymousId(Forwarder):
    def __init__(self, settings: Json) -> None:
        super().__init__(settings)
        self.numbers = count(1)

    def identifiers(self, message: Json) -> Json:
        return {**super().identifiers(message), "anonymous_id": f"anonymous-{next(self.numbers)}"}


@variant("A merge is the account's: ids and times of the contact that is lost are free.")
class MergesItself(Forwarder):
    def upsert(self, contact: Json) -> Answer:
        alone: list[Json] = [{n: contact[n]} for n in ("Email", "user_id") if n in contact]
        for one in alone if len(alone) > 1 and "_NewEmail" not in contact else ():
            answer = super().upsert(one)
            if not answer.good:
                return answer
        return super().upsert(contact)
