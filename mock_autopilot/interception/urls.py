"""Which URLs an interception answers, and which it lets through. Plain values, no I/O."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple, Self
from urllib.parse import urlsplit

API_PATH = "/v1"
"""Where the API is, as the dispatcher knows its paths."""
DEFAULT_BASE_URL = "https://api2.autopilothq.com/v1/"

PORTS = {"http": 80, "https": 443}


class Url(NamedTuple):
    """The URL of a call: `path` and `query` are percent-encoded, as they are sent."""

    scheme: str
    host: str
    port: int | None
    path: str
    query: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the parts of a URL as they are compared: its default port, letters lower case.

        Raises ValueError when its port is no number.
        """
        scheme, location, path, query, _ = urlsplit(text)
        return cls(*_origin(scheme, location), path or "/", query)

    @property
    def location(self) -> str:
        """The host, with its port unless that is the default: what the header `Host` says."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS.get(self.scheme) else f"{host}:{self.port}"

    def __str__(self) -> str:
        return f"{self.scheme}://{self.location}{self.path}"


@lru_cache
def _origin(scheme: str, location: str) -> tuple[str, str, int | None]:
    parts = urlsplit(f"{scheme}://{location}")
    return parts.scheme, parts.hostname or "", parts.port or PORTS.get(parts.scheme)


@dataclass(frozen=True)
class BaseUrl:
    """A base URL whose calls are answered.

    One that ends in /v1 owns what is beside /v1 too: a call there is the 404 that says what is
    wrong with its path, as the server answers.
    """

    text: str
    """As the code under test is given it: it ends in a slash."""
    root: Url
    """What it owns: everything below this URL."""
    mounted_at: str
    """The dispatcher's path for the root."""

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return a base URL; ValueError says what is wrong with it."""
        url = _checked(text, "a base URL")
        if url.query or "#" in text:
            raise ValueError(f"a base URL has no query and no fragment, got {text!r}")
        path = url.path.rstrip("/")
        root, mounted_at = (
            (path.removesuffix(API_PATH), "") if path.endswith(API_PATH) else (path, API_PATH)
        )
        return cls(text.rstrip("/") + "/", url._replace(path=root), mounted_at)

    def api_path(self, url: Url) -> str | None:
        """Return the path of a call as the dispatcher takes it; None when it owns no such URL."""
        root = self.root
        if url[:3] != root[:3]:
            return None
        if not root.path:
            return self.mounted_at + url.path
        if url.path == root.path or url.path.startswith(f"{root.path}/"):
            return self.mounted_at + url.path.removeprefix(root.path)
        return None


@dataclass(frozen=True)
class Passthrough:
    """Calls that are sent as ever: all of them, or those to these hosts and below these URLs."""

    everything: bool = False
    hosts: tuple[tuple[str, int | None], ...] = ()
    """Names, each with a port, or with None for any."""
    urls: tuple[Url, ...] = ()

    @classmethod
    def parse(cls, wanted: str | Iterable[str] | bool) -> Self:
        """Read the option: True, or hosts (`localhost`, `localhost:8080`) and URLs' beginnings.

        Raises TypeError or ValueError that says what is wrong with it.
        """
        if isinstance(wanted, bool):
            return cls(everything=wanted)
        hosts, urls = [], []
        for one in [wanted] if isinstance(wanted, str) else wanted:
            if not isinstance(one, str):
                raise TypeError(f"passthrough takes hosts and URLs, got {one!r}")
            if "*" in one:
                raise ValueError(
                    f"passthrough knows no *: name each host, or True for all: {one!r}"
                )
            if "://" in one:
                urls.append(_checked(one, "passthrough's URL"))
                continue
            url = _checked(f"http://{one}", "passthrough's host", shown=one)
            if url.path != "/":
                raise ValueError(f"passthrough's URL needs http:// or https://, got {one!r}")
            hosts.append((url.host, url.port if _has_port(one) else None))
        return cls(hosts=tuple(hosts), urls=tuple(urls))

    def names(self, url: Url) -> bool:
        """Return whether a URL is one of those that are named."""
        return any(
            host == url.host and port in (None, url.port) for host, port in self.hosts
        ) or any(one[:3] == url[:3] and url.path.startswith(one.path) for one in self.urls)


def _has_port(host: str) -> bool:
    return host.rpartition("]")[2].rpartition(":")[1] == ":"


def _checked(text: str, what: str, shown: str | None = None) -> Url:
    """Return the parts of a URL that a user gave; ValueError when it is no absolute one."""
    wanted = f"{what} is like {DEFAULT_BASE_URL}, got {shown or text!r}"
    try:
        url = Url.parse(text)
    except (ValueError, AttributeError, TypeError):
        raise ValueError(wanted) from None
    if url.scheme not in PORTS or not url.host:
        raise ValueError(wanted)
    return url
