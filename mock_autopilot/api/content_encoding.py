"""Unpack a request body that is compressed, within the limit for bodies (`ours`)."""

import zlib

from mock_autopilot.account import call_warnings as warn
from mock_autopilot.account import errors
from mock_autopilot.account.call_warnings import CallWarning

_WINDOWS = {"gzip": zlib.MAX_WBITS | 16, "x-gzip": zlib.MAX_WBITS | 16, "deflate": zlib.MAX_WBITS}
"""How zlib is told the format, by the encodings that are known."""


def unpacked(raw: bytes, encoding: str, limit: int, warnings: list[CallWarning]) -> bytes:
    """Return the body as it was before it was encoded; warn of what the live API may not take.

    `encoding` is the header's value, `limit` is in bytes. Raises `ApiError`: 415 for an encoding
    that is unknown, 400 for a body that is none such, 413 for one that is too large.
    """
    name = encoding.strip().lower()
    if name in ("", "identity"):
        return raw
    if name not in _WINDOWS:
        raise errors.UNKNOWN_ENCODING(encoding=encoding.strip()[:100])
    warnings.append(warn.CONTENT_ENCODING("Content-Encoding", encoding=name))
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
