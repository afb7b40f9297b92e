"""What is wrong with how a forwarder was set up, seen from the first messages of a run.

A forwarder with another key or base URL breaks nearly every clause, which says nothing of it.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from contract_tests.protocol import Result, Settings

Json = dict[str, Any]
_PROXIES = ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy")


def no_call(settings: Settings, result: Result, environment: Mapping[str, str]) -> str:
    """Return what to say of a forwarder of which no call arrived."""
    base_url = settings["base_url"]
    said = f"{result.status} {result.message[:200]!r}"
    proxies = [name for name in _PROXIES if environment.get(name)]
    hint = (
        f" {proxies[0]} is set here: a client that uses that proxy does not reach this machine; "
        "set NO_PROXY=127.0.0.1,localhost"
        if proxies
        else ""
    )
    return (
        f"no call reached the fake at {base_url}: the forwarder said {said}. Does it send to that "
        f"base URL? Set base_url of a factory's settings, or AUTOPILOT_BASE_URL={base_url}. Does "
        f"it deliver later? --settle SECONDS waits for it.{hint}"
    )


def wrong_setup(settings: Settings, calls: Sequence[Json], state: Json) -> str:
    """Return what is wrong and what to set, after some identifies and events; empty for nothing.

    Says something only where all that arrived shows it: one wrong call may be a mistake.
    """
    if not calls:
        return ""
    errors = [(call.get("error") or {}).get("id") for call in calls]
    if all(error == "unknown-key" for error in errors):
        return (
            "the forwarder sends another API key than the fake's account has: set "
            "AUTOPILOT_API_KEY (api_key of a factory's settings) to the fake's, or name the "
            "forwarder's own: --api-key KEY"
        )
    if all(error == "no-key" for error in errors):
        return (
            "the forwarder sends no API key: set AUTOPILOT_API_KEY (api_key of a factory's "
            "settings), which goes into the header autopilotapikey"
        )
    if all(error == "no-such-path" for error in errors):
        call = calls[0]
        return (
            f"the forwarder calls {call['method']} {call['path']}, which is no path of Autopilot's "
            f"API: set AUTOPILOT_BASE_URL (base_url of a factory's settings) to "
            f"{settings['base_url']}, with /v1/ at its end, once"
        )
    return _other_journeys(settings, state)


def _other_journeys(settings: Settings, state: Json) -> str:
    entered = [one["trigger_id"] for one in state["journeys"] if one["entries"]]
    own = set(settings["journeys"].values())
    if not entered or own & set(entered):
        return ""
    journeys = json.dumps(settings["journeys"])
    return (
        f"the forwarder has other journeys, or none: all events entered that of trigger "
        f"{', '.join(entered)}. Set AUTOPILOT_JOURNEYS (journeys of a factory's settings) to "
        f"{journeys}, or name the forwarder's own: --trigger EVENT=ID"
    )
