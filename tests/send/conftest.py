"""The command `send`, run in an empty folder."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mock_autopilot import AccountView
from mock_autopilot.cli import main
from tests.send.support import Send


@pytest.fixture
def send(account: AccountView, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Send:
    """Run `send` in an empty folder: `send({"a.json": "{…}"}, "--default-trigger", "1")`."""
    monkeypatch.chdir(tmp_path)

    def send(
        files: dict[str, str | bytes],
        *options: str,
        names: list[str] | None = None,
        key: str | None = None,
        base_url: str | None = None,
        stdin: str | bytes | None = None,
    ) -> Result:
        for name, content in files.items():
            raw = content.encode() if isinstance(content, str) else content
            (tmp_path / name).write_bytes(raw)
        target = ["--base-url", base_url or account.base_url]
        target += ["--api-key", key or account.api_key]
        arguments = ["send", *target, *options, *(list(files) if names is None else names)]
        return CliRunner().invoke(main, arguments, input=stdin, catch_exceptions=False)

    return send
