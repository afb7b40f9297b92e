"""The interceptions that are active in this process, and which of them answers a call.

This is the one piece of process-wide state of the project. It has to be one for the process, since
what it changes is: `HTTPAdapter.send` of `requests` and the transports of `httpx`. They are changed
when the first interception starts, and put back when the last one stops, in whatever order the
ones between come and go.
"""

from collections import deque
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from contextvars import ContextVar
from dataclasses import dataclass
from threading import Lock
from typing import Any

from mock_autopilot.api.dispatch import Dispatcher
from mock_autopilot.interception.refusals import reason, refusal
from mock_autopilot.interception.urls import BaseUrl, Passthrough, Url
from mock_autopilot.recording.refused_calls import RefusedCall

_ORIGINAL = "mock_autopilot_original"
"""The attribute of a replacement that has itself, and the method in whose place it is."""


class Refused(Exception):
    """A call that no interception answers or lets through; the text says why.

    `asked` are the interceptions that could have answered it.
    """

    def __init__(self, text: str, call: RefusedCall, asked: Iterable["Interception"]) -> None:
        super().__init__(text)
        self._call = call
        self._asked = asked

    def keep(self) -> None:
        """Keep the call, for what is said of a test that fails, since nobody sends it now."""
        for one in self._asked:
            one.refused.append(self._call)


@dataclass(eq=False)
class Interception:
    """What one `intercept()` answers, while it is active.

    `enclosing` are the interceptions around it, outermost first.
    """

    dispatcher: Dispatcher
    base_urls: tuple[BaseUrl, ...]
    passthrough: Passthrough
    refused: deque[RefusedCall]
    """Takes the calls that were refused."""
    enclosing: tuple["Interception", ...] = ()
    active: bool = False

    def api_path(self, url: Url) -> str | None:
        """Return the path of a call as the dispatcher takes it; None when it answers no such."""
        for base in self.base_urls:
            path = base.api_path(url)
            if path is not None and not self.passthrough.names(url):
                return path
        return None

    def lets_through(self, url: Url) -> bool:
        """Return whether a call that it does not answer is sent as ever."""
        return self.passthrough.everything or self.passthrough.names(url)


Change = Callable[["ActiveInterceptions", ExitStack], None]
"""Changes the client libraries; what puts them back is added to the stack."""


class ActiveInterceptions:
    """All interceptions that are active in the process; `change` makes them see the calls."""

    def __init__(self, change: Change) -> None:
        self._change = change
        self._lock = Lock()
        self._active: tuple[Interception, ...] = ()
        self._undo = ExitStack()
        self._entered: ContextVar[tuple[Interception, ...]] = ContextVar(
            "mock_autopilot_entered", default=()
        )
        """The interceptions around the code that runs: those of its thread or asyncio task."""

    def start(self, interception: Interception) -> None:
        """Make an interception active, the innermost one of this context."""
        with self._lock:
            if not self._active:
                with ExitStack() as undo:  # if it fails halfway, what it has done is undone
                    self._change(self, undo)
                    self._undo = undo.pop_all()
            self._active = (*self._active, interception)
        interception.active = True
        interception.enclosing = self._around()
        self._entered.set((*interception.enclosing, interception))

    def stop(self, interception: Interception) -> None:
        """End an interception. Once is enough."""
        interception.active = False
        self._entered.set(tuple(one for one in self._entered.get() if one.active))
        with self._lock:
            if interception not in self._active:
                return
            self._active = tuple(one for one in self._active if one is not interception)
            if not self._active:
                self._undo.close()

    def route(self, method: str, url: Url) -> tuple[Interception, str] | None:
        """Return who answers a call, and its path for the dispatcher; None lets it through.

        The interceptions around the code that makes the call are asked, innermost first. A thread
        that was started inside one does not know it (before Python 3.14): where there are none
        around, the only active interception that claims the URL answers. Raises `Refused`.
        """
        around = self._around()
        for one in reversed(around):
            path = one.api_path(url)
            if path is not None:
                return one, path
        if around:
            deciding = around[-1:]
        else:
            deciding = self._active
            if (only := self._only_claim(method, url, deciding)) is not None:
                return only
        if not deciding or any(one.lets_through(url) for one in deciding):
            return None
        asked = around or deciding
        base_urls = [base for one in asked for base in one.base_urls]
        call = RefusedCall(method, str(url), reason(url, base_urls))
        raise Refused(refusal(method, url, base_urls), call, asked)

    def _around(self) -> tuple[Interception, ...]:
        entered = self._entered.get()
        if all(one.active for one in entered):
            return entered
        return tuple(one for one in entered if one.active)

    def _only_claim(
        self, method: str, url: Url, active: tuple[Interception, ...]
    ) -> tuple[Interception, str] | None:
        """Return the only active interception that claims a URL; one inside another goes first.

        Code that was started inside an interception that has ended since is not answered by the
        next one, which is another test's.
        """
        claims = [(one, path) for one in active if (path := one.api_path(url)) is not None]
        outer = {id(around) for one, _ in claims for around in one.enclosing}
        claims = [claim for claim in claims if id(claim[0]) not in outer]
        if claims and self._entered.get():
            raise Refused(
                f"{method} {url} was not answered: the interception in which this code was started "
                "has ended. Wait for it, or close its client, before the interception ends.",
                RefusedCall(method, str(url), "its interception has ended"),
                self._entered.get(),
            )
        if len(claims) > 1:
            raise Refused(
                f"{method} {url} was not answered: {len(claims)} interceptions of this URL are "
                "active, and none of them was entered by this thread. Run the thread's function "
                "with contextvars.copy_context().run, or give each interception a base URL of "
                "its own.",
                RefusedCall(method, str(url), f"{len(claims)} interceptions of it"),
                [one for one, _ in claims],
            )
        return claims[0] if claims else None


def original_of(owner: type, name: str) -> Any:
    """Return a method of a class as it is without `replace`.

    A replacement is left over when somebody else has put theirs over it, and took it away later.
    """
    found = getattr(owner, name)
    replacement, original = getattr(found, "__dict__", {}).get(_ORIGINAL, (None, None))
    return original if replacement is found else found  # a wrapper may have the attribute copied


def replace(undo: ExitStack, owner: type, name: str, replacement: Any) -> None:
    """Replace a method of a class; undoing it leaves what somebody else has put there since."""
    original = original_of(owner, name)
    vars(replacement)[_ORIGINAL] = replacement, original
    setattr(owner, name, replacement)

    def put_back() -> None:
        if getattr(owner, name) is replacement:
            setattr(owner, name, original)

    undo.callback(put_back)
