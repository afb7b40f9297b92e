"""Mistakes in who a message is about: IDR."""

from urllib.parse import quote

from tests.contract.forwarders.broken.table import GOOD, broken, without
from tests.contract.forwarders.forwarder import MISSING, Answer, Forwarder, Json, Outcome


@broken("IDR-01", "An identify without identifiers is dropped in silence.")
class SilentIdentify(Forwarder):
    def identify(self, message: Json) -> Answer:
        who = self.identifiers(message)
        return super().identify(message) if "Email" in who or "user_id" in who else GOOD


@broken("IDR-01", "The 400 for an identify has a wording of its own.")
class OwnWording(Forwarder):
    def outcome(self, answer: Answer) -> Outcome:
        own = Answer(400, {"message": "email or userId is required"})
        return super().outcome(own if answer.status == 400 else answer)


@broken("IDR-01", "Someone without identifiers gets a made-up address.")
class MadeUpAddress(Forwarder):
    def identify(self, message: Json) -> Answer:
        who = self.identifiers(message)
        made_up = {} if "Email" in who or "user_id" in who else {"Email": "unknown@example.com"}
        return self.upsert({**self.contact(message), **made_up})


@broken("IDR-02", "An event without identifiers is dropped in silence.")
class SilentTrack(Forwarder):
    def track(self, message: Json) -> Answer:
        who = self.identifiers(message)
        return super().track(message) if "Email" in who or "user_id" in who else GOOD


@broken("IDR-02", "An event without identifiers takes the message's id for a user id.")
class MessageIdIsUser(Forwarder):
    def track(self, message: Json) -> Answer:
        if not self.identifiers(message).keys() & {"Email", "user_id"}:
            message = {**message, "userId": message.get("messageId") or "unknown"}
        return super().track(message)


@broken("IDR-02", "An event without identifiers tries to enter the contact None, and reports 404.")
class EntersNone(Forwarder):
    def track(self, message: Json) -> Answer:
        if self.identifiers(message).keys() & {"Email", "user_id"}:
            return super().track(message)
        return self.enter(self.path(self.trigger(message["event"]), {}, "None"), {})


@broken("IDR-03", "A user id of null becomes the text None.")
class NullIsNone(Forwarder):
    def identifiers(self, message: Json) -> Json:
        null = "userId" in message and message["userId"] is None
        return {**super().identifiers(message), **({"user_id": "None"} if null else {})}


@broken("IDR-03", "A blank identifier is replaced by a placeholder.")
class Placeholder(Forwarder):
    def user_id(self, value: object) -> str | None:
        blank = isinstance(value, str) and not value.strip()
        return "unknown" if blank else super().user_id(value)


@broken("IDR-03", "White space is percent-encoded into a user id.")
class EncodedSpace(Forwarder):
    def user_id(self, value: object) -> str | None:
        return quote(value) or None if isinstance(value, str) else super().user_id(value)


@broken("IDR-03", "A blank identifier is called an invalid one, in its own words.")
class InvalidBlank(Forwarder):
    def deliver(self, message: Json) -> Answer:
        given = (message.get("userId"), self.own(message).get("email"))
        if any(isinstance(value, str) and not value.strip() for value in given):
            return Answer(400, {"message": "Invalid identifier"})
        return super().deliver(message)


@broken("IDR-04", "The anonymous id is the user id of those who have none.")
class AnonymousIsUser(Forwarder):
    def identifiers(self, message: Json) -> Json:
        who = super().identifiers(message)
        alone = who.keys() == {"anonymous_id"}
        return {**who, "user_id": who["anonymous_id"]} if alone else who


@broken("IDR-04", "An anonymous id gets an address of its own.")
class AnonymousAddress(Forwarder):
    def email(self, message: Json) -> str | None:
        anonymous = not message.get("userId") and message.get("anonymousId")
        made_up = f"{anonymous}@anonymous.invalid" if anonymous else None
        return super().email(message) or made_up


@broken("IDR-04", "What an anonymous id sends is put by in silence, until there is a user id.")
class AnonymousPutBy(Forwarder):
    def deliver(self, message: Json) -> Answer:
        who = self.identifiers(message)
        return GOOD if who.keys() == {"anonymous_id"} else super().deliver(message)


@broken("IDR-04", "An anonymous id that came with a user id before stands for that user.")
class AnonymousRemembered(Forwarder):
    def identifiers(self, message: Json) -> Json:
        who = super().identifiers(message)
        if "anonymous_id" in who and "user_id" in who:
            self.memory[who["anonymous_id"]] = who["user_id"]
        known = self.memory.get(who.get("anonymous_id"))
        return {"user_id": known, **who} if known else who


@broken("IDR-05", "An address without a user id is refused.")
class NeedsUserId(Forwarder):
    def deliver(self, message: Json) -> Answer:
        known = "user_id" in self.identifiers(message)
        return super().deliver(message) if known else Answer(400, {"message": MISSING})


@broken("IDR-05", "An address alone is sent as the user id.")
class AddressIsUserId(Forwarder):
    def identifiers(self, message: Json) -> Json:
        who = super().identifiers(message)
        alone = "Email" in who and "user_id" not in who
        return {**without(who, "Email"), "user_id": who["Email"]} if alone else who


@broken("IDR-06", "A user id without an address is refused.")
class NeedsAddress(Forwarder):
    def deliver(self, message: Json) -> Answer:
        known = "Email" in self.identifiers(message)
        return super().deliver(message) if known else Answer(400, {"message": MISSING})


@broken("IDR-06", "A user id alone is sent as the address.")
class UserIdIsAddress(Forwarder):
    def identifiers(self, message: Json) -> Json:
        who = super().identifiers(message)
        alone = "user_id" in who and "Email" not in who
        return {**without(who, "user_id"), "Email": who["user_id"]} if alone else who


@broken("IDR-06", "A user id alone gets a made-up address as well.")
class UserIdMakesAddress(Forwarder):
    def email(self, message: Json) -> str | None:
        user_id = self.user_id(message.get("userId"))
        return super().email(message) or (f"{user_id}@users.invalid" if user_id else None)


@broken("IDR-06", "User ids are in lower case, as addresses are.")
class UserIdLower(Forwarder):
    def user_id(self, value: object) -> str | None:
        user_id = super().user_id(value)
        return user_id.lower() if user_id else None


@broken("IDR-07", "The user id 0 is as good as none.")
class ZeroIsNobody(Forwarder):
    def user_id(self, value: object) -> str | None:
        return super().user_id(value) if value else None


@broken("IDR-07", "A number as user id is dropped.")
class NumberIdDropped(Forwarder):
    def user_id(self, value: object) -> str | None:
        return super().user_id(value) if isinstance(value, str) else None


@broken("IDR-07", "A number as user id is written as a float: 5.0.")
class NumberIdIsFloat(Forwarder):
    def user_id(self, value: object) -> str | None:
        return str(float(value)) if isinstance(value, int) else super().user_id(value)


@broken("IDR-07", "A number as user id is written in scientific notation: 5.0e+00.")
class NumberIdIsScientific(Forwarder):
    def user_id(self, value: object) -> str | None:
        return f"{value:.1e}" if isinstance(value, int) else super().user_id(value)


@broken("IDR-08", "context.traits is never looked at for the address.")
class NoContextAddress(Forwarder):
    def email(self, message: Json) -> str | None:
        return super().email(without(message, "context"))


@broken("IDR-08", "context.traits is looked at for events only.")
class ContextForTrackOnly(Forwarder):
    def email(self, message: Json) -> str | None:
        track = message["type"] == "track"
        return super().email(message if track else without(message, "context"))


@broken("IDR-08", "The address is looked for in context, not in context.traits.")
class AddressInContext(Forwarder):
    def email(self, message: Json) -> str | None:
        context = message.get("context") or {}
        return super().email({**message, "context": {"traits": without(context, "traits")}})


@broken("IDR-09", "The address of context.traits goes before that of the properties.")
class ContextFirst(Forwarder):
    def email(self, message: Json) -> str | None:
        context = self.address(self.person(message).get("email"))
        return (message["type"] == "track" and context) or super().email(message)


@broken("IDR-09", "The address in the properties is not looked at.")
class NoPropertyAddress(Forwarder):
    def email(self, message: Json) -> str | None:
        return super().email(without(message, "properties"))


@broken("IDR-09", "The address of context.traits becomes the contact's new one.")
class ContextRenames(Forwarder):
    def identifiers(self, message: Json) -> Json:
        who = super().identifiers(message)
        other = self.address(self.person(message).get("email"))
        moves = message["type"] == "track" and other and other != who.get("Email")
        return {**who, "_NewEmail": other} if moves else who


@broken("IDR-10", "With an address the user id is left out, so that it is a second contact.")
class AddressReplacesUserId(Forwarder):
    def identifiers(self, message: Json) -> Json:
        who = super().identifiers(message)
        return without(who, "user_id") if "Email" in who else who


@broken("IDR-10", "The user id beside an address is a custom field.")
class UserIdIsCustom(Forwarder):
    def contact(self, message: Json) -> Json:
        contact = super().contact(message)
        if "Email" not in contact or "user_id" not in contact:
            return contact
        custom = {**contact.get("custom", {}), "string--user_id": contact["user_id"]}
        return {**without(contact, "user_id"), "custom": custom}


@broken("IDR-10", "The address and the user id are written one after the other, as two contacts.")
class TwoContacts(Forwarder):
    def upsert(self, contact: Json) -> Answer:
        if "Email" in contact and "user_id" in contact:
            super().upsert(without(contact, "Email", "_NewEmail"))
            contact = without(contact, "user_id")
        return super().upsert(contact)


@broken("IDR-11", "_NewEmail is ignored.")
class NewEmailIgnored(Forwarder):
    def identifiers(self, message: Json) -> Json:
        return without(super().identifiers(message), "_NewEmail")


@broken("IDR-11", "_NewEmail is sent as a custom field.")
class NewEmailIsCustom(Forwarder):
    def contact(self, message: Json) -> Json:
        contact = super().contact(message)
        new = contact.pop("_NewEmail", None)
        custom = {**contact.get("custom", {}), "string--_NewEmail": new}
        return {**contact, "custom": custom} if new else contact


@broken("IDR-11", "_NewEmail makes a second contact of that address.")
class NewEmailIsAnother(Forwarder):
    def identifiers(self, message: Json) -> Json:
        who = super().identifiers(message)
        new = who.pop("_NewEmail", None)
        return {**who, "Email": new} if new else who


@broken("IDR-11", "The contact is deleted and made anew under _NewEmail.")
class NewEmailDeletes(Forwarder):
    def upsert(self, contact: Json) -> Answer:
        if "_NewEmail" in contact:
            self.send("DELETE", f"contact/{quote(contact.get('Email', ''), safe='')}")
            contact = {**without(contact, "_NewEmail"), "Email": contact["_NewEmail"]}
        return super().upsert(contact)
