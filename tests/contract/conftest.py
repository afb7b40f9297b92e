"""Forwarders of all kinds as modules in a folder, for runs of the command."""

from pathlib import Path

import pytest

from tests.contract.own_factory import open_target as open_target

#: A forwarder that drops what is false, and some that cannot be judged.
MODULES = {
    "broken": """
        from adapter.contract import factory as reference
        def factory(settings):
            deliver = reference(settings)
            def forward(message):
                traits = message.get("traits") or {}
                kept = {k: v for k, v in traits.items() if v is not False}
                return deliver({**message, "traits": kept} if traits else message)
            return forward
        """,
    "raising": """
        def factory(settings):
            raise RuntimeError("no such region")
        """,
    "unwritten": "def factory(settings) return None",
    "elsewhere": """
        def factory(settings):
            return lambda message: None
        """,
    "wordy": """
        def factory(settings):
            return lambda message: "fine"
        """,
    "late": """
        from adapter.contract import factory as reference
        def factory(settings):
            deliver, count = reference(settings), []
            def forward(message):
                count.append(1)
                return deliver(message) if len(count) < 6 else "fine"
            return forward
        """,
    "line": """
        import json, os, sys
        from adapter.contract import factory
        deliver = factory({
            "base_url": os.environ["AUTOPILOT_BASE_URL"],
            "api_key": os.environ["AUTOPILOT_API_KEY"],
            "journeys": json.loads(os.environ["AUTOPILOT_JOURNEYS"]),
            "default_trigger": os.environ["AUTOPILOT_DEFAULT_TRIGGER"],
        })
        for line in sys.stdin:
            print("got one", file=sys.stderr, flush=True)
            print(*sys.argv[1:], json.dumps(deliver(json.loads(line))), flush=True)
        """,
    "otherwise": """
        from adapter.contract import factory as reference
        def factory_of(**others):
            return lambda settings: reference({**settings, **others})
        other_key = factory_of(api_key="another")
        no_journeys = factory_of(journeys={})
        def other_path(settings):
            return reference({**settings, "base_url": settings["base_url"].replace("/v1", "")})
        """,
    "once": """
        raise RuntimeError("no region")
        """,
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("forwarders")
    for name, code in MODULES.items():
        lines = code.strip("\n").splitlines()
        indent = len(lines[0]) - len(lines[0].lstrip())
        (folder / f"{name}.py").write_text("\n".join(line[indent:] for line in lines))
    return folder
