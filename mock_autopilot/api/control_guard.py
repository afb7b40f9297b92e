"""Who may make control calls: nobody from a web page, and from afar only who knows the token."""

import hmac
from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import Request

from mock_autopilot.account.errors import ErrorKind
from mock_autopilot.account.evidence import Evidence
from mock_autopilot.servers.network import is_ip

NO_TOKEN = ErrorKind(
    "no-control-token",
    401,
    "Unauthorized",
    "Control calls to this server need its control token: send the header "
    "Authorization: Bearer TOKEN. The server prints the token when it starts.",
    Evidence.OURS,
)
FOREIGN_HOST = ErrorKind(
    "foreign-host",
    403,
    "Forbidden",
    "Control calls must name this server by its IP address or as localhost, not as {host!r}.",
    Evidence.OURS,
)
FOREIGN_ORIGIN = ErrorKind(
    "foreign-origin",
    403,
    "Forbidden",
    "Control calls from a page of another origin ({origin}) are refused.",
    Evidence.OURS,
)


@dataclass(frozen=True)
class Guard:
    """Checks a control call. `token` is what it must show, None when none is needed.

    A page that a browser has loaded can point a name of its own at this machine, or post to it
    from elsewhere. The first shows in the Host header, the second in Origin. Who shows the token
    is no such page, whatever name it knows the server by.
    """

    token: str | None = None

    def check(self, request: Request) -> None:
        """Raise `ApiError` (401 or 403) when the call may not be made."""
        if self.token is not None:
            shown = request.headers.get("Authorization", "").removeprefix("Bearer ")
            if not hmac.compare_digest(shown.encode(), self.token.encode()):
                raise NO_TOKEN()
            return
        host = _host(f"//{request.headers.get('Host', '')}")
        if host != "localhost" and not is_ip(host):  # a stranger can point any other name here
            raise FOREIGN_HOST(host=host)
        origin = request.headers.get("Origin")
        if origin and urlsplit(origin).netloc != request.headers.get("Host"):
            raise FOREIGN_ORIGIN(origin=origin)


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return url
