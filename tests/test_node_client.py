"""A real client, unchanged: the npm package autopilot-api against a `serve` process."""

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import KEY, StartServe

PACKAGE = "autopilot-api@2.2.0"
SCRIPT = Path(__file__).with_name("node_client.cjs")


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """Install the package from the registry; return its folder."""
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        pytest.skip("npm is not on the PATH")
    options = ["--no-audit", "--no-fund", "--ignore-scripts", "--prefix", str(tmp_path)]
    try:
        result = subprocess.run(
            [npm, "install", *options, PACKAGE],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        problem = result.stderr.strip() if result.returncode else ""
    except subprocess.TimeoutExpired as error:
        problem = str(error)
    if problem:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(f"npm install failed: {problem}")
    return tmp_path / "node_modules" / "autopilot-api"


def test_the_npm_client_works_unchanged(package: Path, start_serve: StartServe) -> None:
    served = start_serve("--journey", "Welcome", "--journey", "Trial=0042")
    result = subprocess.run(
        ["node", str(SCRIPT), str(package), served.base_url, KEY],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
        # axios 0.15 would send calls to this machine through a proxy, too.
        env={k: v for k, v in os.environ.items() if not k.lower().endswith("_proxy")},
    )
    assert result.returncode == 0, result.stderr
    steps: dict[str, dict[str, Any]] = json.loads(result.stdout)

    assert {name: step["status"] for name, step in steps.items() if step["status"] != 200} == {
        "upsert too many": 400,
        "upsert nobody": 400,
        "enter nobody": 404,
        "get deleted": 404,
        "wrong key": 401,
        "callback": 404,
    }
    data = {name: step["data"] for name, step in steps.items()}

    contact_id = data["upsert"]["contact_id"]
    assert contact_id.startswith("person_")
    assert len(set(data["upsert many"]["contact_ids"])) == 100
    assert data["upsert many"]["email_contact_map"]["person100@example.com"]
    assert data["upsert nobody"]["error"] == "Bad Request"
    assert data["get by address"] == data["get by id"]
    assert data["get by id"]["contact_id"] == contact_id
    assert data["get by id"]["custom_fields"] == [
        {"kind": "Lucky Number", "value": 7, "fieldType": "integer", "deleted": False}
    ]

    first, second = data["list"], data["list on"]
    assert (len(first["contacts"]), len(second["contacts"])) == (100, 1)
    assert first["total_contacts"] == second["total_contacts"] == 101
    assert "bookmark" not in second
    listed = [contact["Email"] for contact in first["contacts"] + second["contacts"]]
    assert sorted(listed) == sorted(
        ["chris@example.com", *(f"person{number}@example.com" for number in range(1, 101))]
    )

    ids = [contact["contact_id"] for contact in first["contacts"] + second["contacts"]]
    assert ids == sorted(ids)

    assert data["fields"] == [{"name": "Lucky Number", "fieldType": "integer"}]
    assert data["get unsubscribed"]["unsubscribed"] is True
    assert data["journeys"]["triggers"] == [
        {"trigger_id": "0001", "journey": "Welcome", "trigger_type": "apiTrigger"},
        {"trigger_id": "0042", "journey": "Trial", "trigger_type": "apiTrigger"},
    ]
    for name, who in (("enter", "chris@example.com"), ("enter by id", contact_id)):
        order = data[name]
        assert (order["trigger_id"], order["contact_id_or_email"]) == ("0001", who)
        assert order["apiContact"]["_id"] == f"contacts_{contact_id}"
    journeys = served.call("GET", "/_mock/state").body["journeys"]
    assert [entry["contact_id"] for entry in journeys[0]["entries"]] == [contact_id] * 2
    assert data["wrong key"] == {
        "error": "Unauthorized",
        "message": "Provided autopilotapikey not valid.",
    }
    assert data["callback"] == "404"

    calls = served.call("GET", "/_mock/calls").body["calls"]
    assert [call["warnings"] for call in calls if call["warnings"]] == []
    made = [len(call["effects"]["contacts_created"]) for call in calls]
    assert made == [1, 100] + [0] * (len(calls) - 2)
    ended = {"contacts_deleted": [contact_id]}
    assert [
        {k: v for k, v in c["effects"].items() if v} for c in calls if c["method"] == "DELETE"
    ] == [ended]
