"""What is sent: values from small pools, so that calls meet the same contacts again."""

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import Bundle

LISTS = ("contactlist_1", "contactlist_2")
ON_A_LIST = {"_autopilot_list": LISTS[0]}
TRIGGERS = st.sampled_from(["0001", "0001", "Wel come", "0002"])
ADDRESSES = st.sampled_from(
    [
        "ann@example.com",
        "Ann@Example.com",
        " ANN@EXAMPLE.COM",
        "bob+tag@example.com",
        "BOB+TAG@example.com",
        "a/b%2F@example.com",
        "A/B%2f@example.com",
        "zoë@example.com",
        "ZOË@EXAMPLE.COM ",
    ]
)
ANYBODY = ADDRESSES | st.just("nobody@example.com")
USER_IDS: st.SearchStrategy[Any] = st.sampled_from(["u1", "u2", " u2 ", "7", 7, 7.0, "U1", 0.5])
INVALID_NAMES = USER_IDS.map(str)
"""What can name no contact in a path, being neither an address nor an id of the service."""
NOBODY = st.sampled_from([None, "", "  "])
JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2)
    | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=4,
)  # fmt: skip
TEXT = st.none() | st.text(max_size=5)
OTHER_FIELDS: dict[Any, st.SearchStrategy[Any]] = {
    "FirstName": TEXT,
    "LastName": TEXT,
    "Company": TEXT,
    "NumberOfEmployees": st.none() | st.integers(0, 99) | st.just("10-50"),
    "unsubscribed": st.none() | st.booleans(),
    "anonymous_id": st.none() | st.sampled_from(["anon", "u1"]),
    "shoe_size": JSON,
    "email": JSON,
    "Name": JSON,
    "created_at": JSON,
    "_autopilot_list": st.none() | st.sampled_from([*LISTS, "", "contactlist_404"]),
}
CUSTOM_VALUES = st.one_of(
    st.none(),
    st.text(max_size=5),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.booleans(),
    st.sampled_from([True, 1, 1.0, "2016-02-14T12:02:49", "2016-02-14", "yesterday"]),
    st.just([{"a": None}]),
)
CUSTOM_KEYS = st.sampled_from(
    [
        "string--Plan",
        "integer--Plan",
        "float--a-b",
        "boolean--Is--On",
        "date--Joined",
        "Plan",
        "Is--On",
        "Lucky Number",
        "text--Plan",
        "string--",
        "",
    ]
)
CUSTOM = st.none() | st.dictionaries(CUSTOM_KEYS, CUSTOM_VALUES, max_size=3)
WRONG = st.sampled_from(
    [
        ("Email", 5),
        ("user_id", True),
        ("user_id", ["u1"]),
        ("FirstName", {"a": 1}),
        ("NumberOfEmployees", [5]),
        ("unsubscribed", "x"),
        ("custom", [1]),
        ("custom", "x"),
        ("_NewEmail", False),
        ("contact_id", 7),
        ("_autopilot_list", []),
    ]
)


@st.composite
def bodies_of(draw: st.DrawFn, *identifiers: str) -> dict[str, Any]:
    """Make a contact of these identifiers and of other fields."""
    pools = {"Email": ADDRESSES, "_NewEmail": ADDRESSES, "user_id": USER_IDS}
    body = {name: draw(pools[name]) for name in identifiers}
    body |= draw(st.fixed_dictionaries({}, optional=OTHER_FIELDS)) if draw(st.booleans()) else {}
    if draw(st.booleans()):
        body["custom"] = draw(CUSTOM)
    if body.get("_autopilot_list") == "contactlist_404" and draw(st.integers(0, 3)):
        del body["_autopilot_list"]
    return dict(draw(st.permutations(list(body.items()))))


IDENTIFIED = st.one_of(
    bodies_of("Email"),
    bodies_of("user_id"),
    bodies_of("Email", "user_id"),
    bodies_of("Email", "_NewEmail"),
    bodies_of("user_id", "_NewEmail"),
    bodies_of("Email", "user_id", "_NewEmail"),
)
BAD = st.one_of(
    bodies_of(),
    bodies_of("_NewEmail"),
    st.builds(lambda body, nobody: body | {"Email": nobody}, bodies_of(), NOBODY),
    st.builds(lambda body, wrong: body | dict([wrong]), IDENTIFIED, WRONG),
)
PROPERTIES = st.dictionaries(st.text(max_size=3), JSON, max_size=2)
IDS = Bundle("ids")
"""Ids of contacts that upserts have answered."""
BOOKMARKS = Bundle("bookmarks")
