"""Read the body of a call: unpack it, parse it, and warn of what the live API may not take."""

import zlib
from typing import Any

from mock_autopilot.account import call_warnings as warn
from mock_autopilot.account import errors
from mock_autopilot.account.call_warnings import Warnings
from mock_autopilot.account.fields import scalar_text
from mock_autopilot.account.json_text import BODY, byte_order_mark, parse
from mock_autopilot.account.validation import wrong_type

_WINDOWS = {"gzip": zlib.MAX_WBITS | 16, "x-gzip": zlib.MAX_WBITS | 16, "deflate": zlib.MAX_WBITS}
"""How zlib is told the format, by the content encodings that are known."""
_IDENTIFYING = ("Email", "_NewEmail", "user_id", "contact_id")


def unpacked(raw: bytes, encoding: str, limit: int, warnings: Warnings) -> bytes:
    """Return a body as it was before it was compressed (that the API takes such a one is `ours`).

    `encoding` is the value of Content-Encoding, `limit` is in bytes. Raises `ApiError`: 415 for an
    unknown encoding, 400 for a body that is not in it, 413 for one that is too large.
    """
    name = encoding.strip().lower()
    if name in ("", "identity"):
        return raw
    if name not in _WINDOWS:
        raise errors.UNKNOWN_ENCODING(encoding=encoding.strip()[:100])
    warnings.add(warn.CONTENT_ENCODING("Content-Encoding", encoding=name))
    whole, rest = b"", raw
    while rest:  # gzip allows several members, one after the other
        unpacker = zlib.decompressobj(_WINDOWS[name])
        try:
            whole += unpacker.decompress(rest, limit + 1 - len(whole))
        except zlib.error:
            raise errors.BAD_BODY(problem=f"The request body is no {name}.") from None
        if len(whole) > limit:
            raise errors.BODY_TOO_LARGE(limit=limit)
        if not unpacker.eof:
            raise errors.BAD_BODY(problem=f"The request body's {name} breaks off.")
        rest = unpacker.unused_data
    return whole


def parse_body(raw: bytes, warnings: Warnings) -> dict[str, Any]:
    """Return the JSON object that is a call's body.

    Three PHP clients of one family send JSON in a JSON string, and worked against the live service
    for years (`client`). Raises as `json_text.parse`, and when the body is no object.
    """
    value = parse(raw, warnings)
    if byte_order_mark(raw):
        warnings.add(warn.BYTE_ORDER_MARK(BODY))
    if isinstance(value, str):
        inner = Warnings()
        try:
            parsed = parse(value.encode(), inner)
        except errors.ApiError:  # then it was a string and nothing else
            raise wrong_type(BODY, "a JSON object", value) from None
        warnings.add(warn.ENCODED_TWICE(BODY), *inner)
        value = parsed
    if not isinstance(value, dict):
        raise wrong_type(BODY, "a JSON object", value)
    return value


def identifiers_in(raw: bytes) -> set[str]:
    """Return the identifiers of the contacts that a call's body is about; none if it is no JSON."""
    try:
        body = parse_body(raw, Warnings())
    except errors.ApiError:
        return set()
    bulk = body.get("contacts")
    contacts = [body.get("contact"), *(bulk if isinstance(bulk, list) else ())]
    values = (one.get(key) for one in contacts if isinstance(one, dict) for key in _IDENTIFYING)
    return {text.strip() for value in values if (text := scalar_text(value)) is not None}
