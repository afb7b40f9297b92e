"""Who may make control calls: no web page, and another machine only with the token."""

import hmac
from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import Request

from mock_autopilot.account import errors
from mock_autopilot.servers.network import is_ip


@dataclass(frozen=True)
class Guard:
    """Checks a control call. `token` is what it must show, None when none is needed.

    A page in a browser can give this machine a host name of its own (DNS rebinding), or post to
    it from another origin. The first shows in the header Host, the second in Origin. With a token
    neither is looked at: such a page does not know it.
    """

    token: str | None = None

    def check(self, request: Request) -> None:
        """Raise `ApiError` (401 or 403) when the call may not be made."""
        if self.token is not None:
            shown = request.headers.get("Authorization", "").removeprefix("Bearer ")
            if not hmac.compare_digest(shown.encode(), self.token.encode()):
                raise errors.NO_CONTROL_TOKEN()
            return
        host = _host(f"//{request.headers.get('Host', '')}")
        if host != "localhost" and not is_ip(host):
            raise errors.FOREIGN_HOST(host=host)
        origin = request.headers.get("Origin")
        if origin and urlsplit(origin).netloc != request.headers.get("Host"):
            raise errors.FOREIGN_ORIGIN(origin=origin)


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return url
