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
    "server": """
        import json, os, subprocess, sys
        from base64 import b64encode
        from http.server import BaseHTTPRequestHandler, HTTPServer
        from pathlib import Path
        from adapter.contract import factory
        deliver = factory({
            "base_url": os.environ["AUTOPILOT_BASE_URL"],
            "api_key": os.environ["AUTOPILOT_API_KEY"],
            "journeys": json.loads(os.environ["AUTOPILOT_JOURNEYS"]),
            "default_trigger": os.environ["AUTOPILOT_DEFAULT_TRIGGER"],
        })
        wanted = sys.argv[1:]
        child = subprocess.Popen(["sleep", "600"])
        with Path("pids.txt").open("a") as pids:
            print(os.getpid(), child.pid, file=pids)
        class Handler(BaseHTTPRequestHandler):
            count = 0
            def do_POST(self):
                Handler.count += 1
                if "--crash" in wanted and Handler.count > 9:
                    print("Error: out of memory", flush=True)
                    os._exit(3)
                message = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                if "--note" in wanted:
                    with Path("seen.txt").open("a") as seen:
                        print(message["messageId"], file=seen)
                if "--token" in wanted and self.headers.get("X-Token") != "s3cret":
                    answer = {"status": 403, "message": "who are you?"}
                elif "--user" in wanted and self.headers.get("Authorization") != (
                    "Basic " + b64encode(b"ann:pass word").decode()
                ):
                    answer = {"status": 403, "message": "who are you?"}
                else:
                    answer = deliver(message)
                self.send_response(answer["status"])
                self.end_headers()
                self.wfile.write(json.dumps({"message": answer["message"]}).encode())
            def log_message(self, *_): pass
        print("ready", flush=True)
        HTTPServer(("127.0.0.1", int(os.environ["PORT"])), Handler).serve_forever()
        """,
    "early": """
        import threading, time
        from queue import Queue
        from adapter.contract import factory as reference
        def queued(settings, change=lambda message: None):
            deliver, waiting, over = reference(settings), Queue(), threading.Event()
            def work():
                while True:
                    message = waiting.get()
                    time.sleep(0.01)
                    change(message)
                    deliver(message)
                    waiting.task_done()
            threading.Thread(target=work, daemon=True).start()
            def take(message):
                waiting.put(message)
                return {"status": 202}
            return take, waiting.join
        def factory(settings):
            return queued(settings)[0]
        def flushed(settings):
            take, take.flush = queued(settings)
            return take
        def without_plan(settings):
            return queued(settings, lambda message: (message.get("traits") or {}).pop("plan", 0))[0]
        def flushed_without_plan(settings):
            take, flush = queued(settings, lambda m: (m.get("traits") or {}).pop("plan", 0))
            take.flush = flush
            return take
        class Reporting:
            def __init__(self, settings):
                self.forward, self.waiting, self.result = reference(settings), [], None
            def deliver(self, message):
                self.waiting.append(message)
                return {"status": 202}
            async def flush(self):
                results = [self.forward(message) for message in self.waiting]
                self.waiting.clear()
                return next((one for one in results if one["status"] >= 300), None)
        limited_since = []
        def limited(settings):
            deliver = reference(settings)
            def take(message):
                now = time.monotonic()
                limited_since[:] = [one for one in limited_since if one > now - 0.2]
                if len(limited_since) >= 4:
                    return {"status": 429, "message": "slow down"}
                limited_since.append(now)
                return deliver(message)
            return take
        """,
    "losing": """
        from adapter.contract import factory as reference
        def factory(settings):
            deliver, count = reference(settings), []
            def forward(message):
                count.append(1)
                lost = len(count) > 5 and len(count) % 7 == 0
                return {"status": 200} if lost else deliver(message)
            return forward
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
