"""Generated people, traits and properties, messages of them, and what libraries add."""

import re
from typing import Any

from hypothesis import strategies as st

from contract_tests.protocol import Message, Person

#: Names that mean something of their own, to Segment or to Autopilot, in any spelling.
RESERVED = frozenset(
    {
        "address", "age", "avatar", "birthday", "company", "createdat", "description", "email",
        "firstname", "gender", "id", "lastname", "name", "phone", "title", "username",
        "website", "anonymousid", "userid", "industry", "mobilephone", "fax", "salutation",
        "status", "leadsource", "twitter", "linkedin", "unsubscribed", "numberofemployees",
        "mailingstreet", "mailingcity", "mailingstate", "mailingpostalcode", "mailingcountry",
        "ownername", "notify", "newemail", "autopilotlist", "autopilotsessionid", "contactid",
        "custom", "customfields", "lists", "type", "apioriginated", "updatedat",
        "mergedcontactids",
    }
)  # fmt: skip

#: What a contact may have beside its identifiers and what the account makes.
STANDARD_FIELDS = (
    "FirstName", "LastName", "Salutation", "Company", "NumberOfEmployees", "Title", "Industry",
    "Phone", "MobilePhone", "Fax", "Website", "Twitter", "LinkedIn", "LeadSource", "Status",
    "MailingStreet", "MailingCity", "MailingState", "MailingPostalCode", "MailingCountry",
    "owner_name", "unsubscribed", "notify",
)  # fmt: skip

#: What the account may have of somebody, a value in each field.
KNOWN_FIELDS: dict[str, Any] = {
    **{name: f"their {name}" for name in STANDARD_FIELDS},
    "NumberOfEmployees": 12,
    "unsubscribed": False,
}

#: Names that look the same in every notation: what is hard about names has a clause of its own.
PLAIN_NAMES = st.sampled_from(["plan", "logins", "score", "is_admin", "last_order"])
USER_IDS = st.sampled_from(["u1", "12091906-01011992", "Ada", "007"])
EMAILS = st.sampled_from(["ada@example.com", "john.doe@example.com", "Grace@example.org"])
#: Local parts that need care in a path, or in a comparison.
ODD_EMAILS = st.text(st.sampled_from("aZ0.+/%?#&'éßж漢"), min_size=1, max_size=6).map(
    lambda local: f"{local}@example.com"
)
#: An address for each character that needs care.
ODD_ADDRESSES = [f"{local}@example.com" for local in ("a+b", "a/b", "50%", "%2F", "a?b", "a#b")]
ODD_ADDRESSES += [f"{local}@example.com" for local in ("a&b", "o'neil", "josé", "漢", "A.b")]
ODD_TEXTS = [
    " both ends ", "a  b", "tab\tand\nline", "<b>Fish & Chips</b>", 'say "hi"\\', "50% off+more",
    "naïve", "漢字", "😀", "ﬁne Å", "null", "None", "True", "007", "1e3", "x" * 300, "Lorem " * 500,
    "bell\a, null\0 and escape\x1b[0m", "é" * 15_000,
]  # fmt: skip
ODD_NAMES = [
    "Lucky Number", "lastSeen", "UPPER", "snake_case", "e-mail opt-in?", "Größe (cm)", "100%",
    "a.b", "x:y/z", "漢字", "Plan", "plan2go", "order_completed_last_30days",
    "constructor", "toString", "__proto__", "hasOwnProperty", "class", "self", "None",
]  # fmt: skip
ODD_DATES = [
    "2026-02-14", "2026-02-14T12:02:49", "2026-02-14T12:02:49.123Z", "1969-07-20",
    "2026-02-14T12:02:49+02:00", "2026-02-14T23:02:49.5-05:30",
]  # fmt: skip
#: Any text that UTF-8 can carry.
TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
LONG_TEXTS = st.integers(200, 3000).map(lambda length: "Lorem ipsum, dolor. " * (length // 20))
WHOLE = st.integers(-(2**53), 2**53)
#: Fractions, also when 15 digits of them are written: that must not make integers of them.
FLOATS = st.floats(allow_nan=False, allow_infinity=False).filter(
    lambda number: not (number.is_integer() or float(f"{number:.15g}").is_integer())
)
FALSY: st.SearchStrategy[Any] = st.sampled_from([False, 0, ""])
DATES = st.one_of(
    st.dates().map(lambda date: date.isoformat()),
    st.datetimes().map(lambda time: time.isoformat(timespec="seconds")),
    st.datetimes().map(lambda time: time.isoformat(timespec="milliseconds") + "Z"),
).filter(lambda text: text[0] != "0")


def usual_name(name: str) -> bool:
    """Return whether a name means nothing of its own, and can be read back as it was sent."""
    spelling = "".join(char for char in name if char.isalnum()).lower()
    # White space is written -- on the way in, so dashes around it cannot be distinguished.
    clear = not re.search(r"--|-\s|\s-", name)
    return spelling not in RESERVED and clear and name == name.strip() != ""


#: Names with white space and punctuation inside.
NAMES = st.one_of(
    PLAIN_NAMES,
    st.text(
        st.sampled_from("aZ0 _-:/'\"?!.,;()[]{}&%$#@+*=<>|~^éж漢"), min_size=1, max_size=12
    ).filter(usual_name),
    st.sampled_from(["Favourite Colour", "lastSeen", "a b c", "e-mail opt-in?", "100%", "X", "x"]),
)

SCALARS = st.one_of(st.booleans(), st.integers(-1000, 1000), FLOATS, st.text(max_size=8))
#: Where it matters only that a value arrives: what is hard about values has its own clauses.
PLAIN_VALUES: st.SearchStrategy[Any] = st.sampled_from(["gold", "free", 3, 12, True, False])
JSON_VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=5,
)
PROPERTIES = st.dictionaries(
    st.sampled_from(["property", "total", "coupon", "products", "Item Name", "is gift"]),
    JSON_VALUES,
    max_size=4,
)

#: Named otherwise than `PLAIN_NAMES`: a forwarder may write properties to the contact as well.
PLAIN_PROPERTIES = st.dictionaries(
    st.sampled_from(["property", "total", "coupon"]), PLAIN_VALUES, max_size=2
)

#: What libraries put into messages beside what they were asked to send.
NOISE = st.fixed_dictionaries(
    {},
    optional={
        "timestamp": st.just("2026-02-14T12:02:49.000Z"),
        "sentAt": st.just("2026-02-14T12:02:50.000Z"),
        "version": st.just(2),
        "channel": st.sampled_from(["client", "server"]),
        "context": st.fixed_dictionaries(
            {},
            optional={
                "library": st.just({"name": "analytics-python", "version": "2.2.0"}),
                "ip": st.just("192.0.2.7"),
                "page": st.just({"path": "/", "title": "Home", "url": "https://example.com/"}),
            },
        ),
    },
)


def identify(person: Person, traits: dict[str, Any], noise: Message | None = None) -> Message:
    """Make an identify of a person, the address in its traits."""
    own = {**traits, "email": person.email} if person.email else traits
    user = {} if person.user_id is None else {"userId": person.user_id}
    return {"type": "identify", **user, "traits": own, **(noise or {})}


def track(
    person: Person, event: str, properties: dict[str, Any], noise: Message | None = None
) -> Message:
    """Make a track of a person, the address in its properties."""
    own = {**properties, "email": person.email} if person.email else properties
    user = {} if person.user_id is None else {"userId": person.user_id}
    return {"type": "track", **user, "event": event, "properties": own, **(noise or {})}
