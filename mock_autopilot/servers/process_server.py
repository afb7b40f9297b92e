"""The server behind `mock-autopilot serve`: granian, the fastest of the maintained WSGI servers.

All state is in granian's one worker process. The process that starts it only watches.
"""

import multiprocessing
import os
import socket
import sys
from collections.abc import Callable
from functools import partial
from http.client import HTTPConnection, HTTPException
from threading import Event, Thread
from typing import Any

from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server

from mock_autopilot.servers import network

App = Callable[..., Any]


def serve(
    make_app: Callable[[], App], reserved: socket.socket, on_ready: Callable[[int], None]
) -> None:
    """Serve the application that `make_app` makes in the worker, until SIGINT or SIGTERM.

    `reserved` is bound to the address (see `network.bind`). `on_ready` gets the port once calls
    are answered.
    """
    with reserved:
        address, port = reserved.getsockname()[:2]
        if sys.platform == "linux":
            # granian always binds with SO_REUSEPORT, and would share a port that another granian
            # has. So the port was bound without it first; from here on granian may bind it too.
            reserved.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        else:
            reserved.close()
        stopped = Event()
        Thread(target=_announce, args=(address, port, on_ready, stopped), daemon=True).start()
        server = Server(
            "mock_autopilot",
            address=address,
            port=port,
            interface=Interfaces.WSGI,
            blocking_threads=network.THREADS,
            websockets=False,
            log_level=LogLevels.error,
            workers_kill_timeout=1,
        )
        # On SIGHUP (a closed terminal) granian would start a new worker, with an empty state.
        server.signal_handler_reload = server.signal_handler_interrupt  # type: ignore[method-assign]
        try:
            server.serve(target_loader=partial(_load, make_app), wrap_loader=False)
        finally:
            stopped.set()


def _load(make_app: Callable[[], App]) -> App:
    """Make the application, in the worker."""
    # granian copies the environment's variables into every request's environ: that costs time,
    # and a variable such as HTTP_PROXY would look like a header of the request.
    os.environ.clear()
    if hasattr(os, "setpgrp"):
        os.setpgrp()  # the terminal's signals are for the parent, which stops this one
    Thread(target=_follow_parent, daemon=True).start()
    return make_app()


def _follow_parent() -> None:
    """End the worker when its parent process was killed."""
    parent = multiprocessing.parent_process()
    if parent:
        parent.join()
        os._exit(1)


def _announce(address: str, port: int, on_ready: Callable[[int], None], stopped: Event) -> None:
    target = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(address, address)  # noqa: S104  # compared with, not bound to
    while not stopped.wait(0.005):
        connection = HTTPConnection(target, port, timeout=1)
        try:  # a connection alone does not say that the worker is there
            connection.request("GET", "/_mock/health")
            connection.getresponse()
        except (OSError, HTTPException):
            continue
        finally:
            connection.close()
        on_ready(port)
        return
