"""The command line's calls to a fake, with the client of the forwarder."""

import socket
from typing import Any
from urllib.parse import urljoin, urlsplit

import click

from mock_autopilot.account import errors
from mock_autopilot.servers.network import is_loopback

NO_ACCOUNT = errors.NO_ACCOUNT.message.partition("{")[0]
"""How the message begins that says that no account has the key."""


class ControlCallFailed(Exception):
    """The server at the base URL did not answer a control call as a fake does."""


class StateUnavailable(Exception):
    """The server at the base URL does not show the state of the account."""


def require_server(base_url: str) -> None:
    """Raise `ClickException` if the base URL is on this machine and no server listens there.

    So a missing server is reported at once, not after all the retries of the first call.
    """
    url = urlsplit(base_url)
    if not is_loopback(url.hostname or ""):
        return
    try:
        port = url.port or {"http": 80, "https": 443}[url.scheme]
        socket.create_connection((url.hostname, port), timeout=5).close()
    except OSError as error:
        raise click.ClickException(
            f"no server answers at {base_url} ({error.strerror or error}). "
            "Start one with: mock-autopilot serve"
        ) from None


def account_state(base_url: str, api_key: str) -> dict[str, Any]:
    """Return the state of the account, as `GET /_mock/state` answers it.

    Raises:
        StateUnavailable: the server is not a fake, or does not show it; the text says why.

    """
    url = urljoin(base_url, "/_mock/state")
    try:
        state = _asked(url, {"autopilotapikey": api_key})
    except ControlCallFailed as error:
        raise StateUnavailable(str(error)) from None
    if "contacts" not in state:
        raise StateUnavailable(f"{url} is not a fake's")
    return state


def account_export(
    base_url: str, api_key: str, control_token: str | None, *, anonymise: bool
) -> dict[str, Any]:
    """Return what the account received, as `GET /_mock/export` answers it.

    Raises:
        ControlCallFailed: it is not answered so; the text says why.

    """
    url = urljoin(base_url, f"/_mock/export?anonymise={int(anonymise)}")
    token = {"Authorization": f"Bearer {control_token}"} if control_token else {}
    # Every call is made again: 10,000 take 10 seconds or more.
    export = _asked(url, {"autopilotapikey": api_key, **token}, timeout=300)
    if "case" not in export:
        raise ControlCallFailed(f"{url} is not a fake's")
    return export


def _asked(url: str, headers: dict[str, str], timeout: float = 30) -> dict[str, Any]:
    """Return the JSON object that a control call is answered with, within so many seconds."""
    # Imported here because requests is slow to import.
    import requests

    from adapter.client import new_session, no_proxies

    try:
        with new_session() as session:
            answer = session.get(
                url,
                headers=headers,
                timeout=timeout,
                proxies=no_proxies(url),
                allow_redirects=False,  # following one would send the key to another host
            )
    except requests.RequestException as error:
        raise ControlCallFailed(str(error)) from None
    try:
        body = answer.json()
    except requests.RequestException:
        text = f"{url} answers {answer.status_code}, but not in JSON: it is not a fake's"
        raise ControlCallFailed(text) from None
    if not isinstance(body, dict):
        raise ControlCallFailed(f"{url} is not a fake's")
    if not answer.ok:
        reason = body.get("message") or answer.reason
        if str(reason).startswith(NO_ACCOUNT):
            reason = f"{reason} Give the account's key by --api-key."
        raise ControlCallFailed(f"{reason} ({answer.status_code} for {url})")
    return body
