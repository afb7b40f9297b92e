"""`GET /_mock/quickstart`: snippets to copy, with this server's URL and the account's key."""

import json
from shlex import quote
from string import Template

from mock_autopilot.account import errors

_SNIPPETS = {
    "environment": """\
export AUTOPILOT_BASE_URL=$base_url/v1/
export AUTOPILOT_API_KEY=$shell_key
""",
    "curl": """\
curl -s -H $header $base_url/v1/contact \\
  -d '{"contact": {"Email": "ada@example.com", "FirstName": "Ada"}}'

# What arrived, with warnings and the reasons of rejections:
curl -s -H $header$token $base_url/_mock/calls
""",
    "verify": """\
# Answered 200 when it holds, else 409 with an explanation; it waits up to 5 seconds:
curl -s -H $header$token $base_url/_mock/verify \\
  -d '{"contact": {"identifier": "ada@example.com", "fields": {"FirstName": "Ada"}}, "within": 5}'
""",
    "python": """\
import requests

answer = requests.post(
    "$base_url/v1/contact",
    headers={"autopilotapikey": $key},
    json={"contact": {"Email": "ada@example.com", "FirstName": "Ada"}},
    timeout=10,
)
print(answer.status_code, answer.json())
""",
    "pytest": """\
# test_signup.py: needs pytest and the package responses, and no server
import requests


def test_sign_up(autopilot_intercept):
    requests.post(  # what your code does
        "https://api2.autopilothq.com/v1/contact",
        headers={"autopilotapikey": autopilot_intercept.api_key},
        json={"contact": {"Email": "ada@example.com", "FirstName": "Ada"}},
        timeout=10,
    )
    autopilot_intercept.assert_contact("ada@example.com", FirstName="Ada")
""",
    "node": """\
const answer = await fetch("$base_url/v1/contact", {
  method: "POST",
  headers: {autopilotapikey: $key, "Content-Type": "application/json"},
  body: JSON.stringify({contact: {Email: "ada@example.com", FirstName: "Ada"}}),
});
console.log(answer.status, await answer.json());
""",
}
"""Templates by their names.

`$key` is the key as Python and JavaScript write a text, `$shell_key` as a shell does. `$header` is
the header with it, for curl; `$token` the one that control calls need.
"""


def quickstart(base_url: str, api_key: str, token: str | None, wanted: str | None = None) -> str:
    """Return the snippets for the server at `base_url`, or the one that is wanted.

    All of them together have headings. Raises `ApiError` (400) when there is no such snippet.
    """
    shown = f" -H {quote(f'Authorization: Bearer {token}')}" if token else ""
    values = {
        "base_url": base_url,
        "key": json.dumps(api_key),
        "shell_key": quote(api_key),
        "header": quote(f"autopilotapikey: {api_key}"),
        "token": shown,
    }
    filled = {name: Template(text).substitute(values) for name, text in _SNIPPETS.items()}
    if wanted is None:
        return "\n".join(f"--- {name} ---\n{text}" for name, text in filled.items())
    if wanted not in filled:
        problem = f"must be one of {', '.join(filled)}, got {wanted[:40]!r}."
        raise errors.BAD_FIELD(field="for", problem=problem)
    return filled[wanted]
