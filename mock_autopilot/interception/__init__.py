"""Calls of `requests` and `httpx` in this process, answered by a fake without a socket."""
