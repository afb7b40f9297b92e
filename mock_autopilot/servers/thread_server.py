"""A server in a thread of this process, for tests: waitress, up and down in milliseconds.

granian, which is faster, does not say which port it took, and cannot run in a thread.
"""

import logging
import socket
from collections.abc import Callable
from logging import Logger
from threading import Thread
from typing import Any

from waitress import wasyncore
from waitress.server import create_server

from mock_autopilot.servers.network import (
    CLOSE_CONNECTION,
    DROP_CONNECTION,
    THREADS,
    bind,
    port_of,
)


class ThreadServer:
    """Serves a WSGI application on one port until it is closed.

    Port 0 takes a free one. Raises OSError when the port is taken.
    """

    def __init__(self, app: Callable[..., Any], *, host: str = "127.0.0.1", port: int = 0) -> None:
        self._sockets: dict[int, Any] = {}
        listener = bind(host, port)
        server: Any = create_server(
            _with_drop(app),
            map=self._sockets,
            sockets=[listener],
            threads=THREADS,
            connection_limit=1000,
            asyncore_use_poll=True,
            # The application has a limit of its own, and answers in the API's form.
            max_request_body_size=1 << 40,
            log_socket_errors=False,
        )
        self.host = host
        self.port = port_of(listener)
        self._server = server
        # Calls that wait for a thread are no event: its warnings would land in a test's output.
        server.task_dispatcher.queue_logger = Logger("waitress.queue", logging.ERROR)
        self._thread = Thread(target=server.run, name="mock-autopilot", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop: finish the calls under way, then close every connection. Once is enough."""
        if not self._thread.is_alive():
            return
        self._server.task_dispatcher.shutdown()
        # The sockets belong to the server's thread, so that is where they are closed; its loop
        # ends when none is left. The trigger goes last, since it may be pulled until then.
        self._server.trigger.pull_trigger(self._close_sockets)
        self._thread.join()
        self._server.trigger.close()

    def _close_sockets(self) -> None:
        trigger = self._server.trigger
        trigger.del_channel()
        for one in list(self._sockets.values()):
            wasyncore.dispatcher.close(one)


def _with_drop(app: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap an application so that it can drop a connection, or close it after the answer."""

    def wrapped(environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        # The connection itself is reached by the one bound method of it that a request gets.
        channel = environ["waitress.client_disconnected"].__self__
        environ[DROP_CONNECTION] = lambda: channel.socket.shutdown(socket.SHUT_RDWR)
        # waitress closes, and says so, when the client asked for it; it refuses the header itself.
        asked = channel.requests[0].headers
        environ[CLOSE_CONNECTION] = lambda: asked.update(CONNECTION="close")
        return app(environ, start_response)

    return wrapped
