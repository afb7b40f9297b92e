"""One intercepted call without I/O: the head, the body as it comes, and the answer.

What differs between client libraries (how a body is read, what they raise) is theirs.
"""

from collections.abc import Mapping
from http import HTTPStatus

from mock_autopilot.account import errors
from mock_autopilot.api.dispatch import Dispatcher
from mock_autopilot.api.exchange import MAX_DRAINED, Answer, Body, BodyError, RequestHead

_WITHOUT_BODY = (HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED)


class Exchange:
    """One call under way.

    Within a `with`, feed it the body as long as it wants more; then take its `answer`.
    """

    def __init__(self, dispatcher: Dispatcher, head: RequestHead) -> None:
        self._dispatcher = dispatcher
        self._head = head
        self._opened = dispatcher.open(head)
        self._limit = self._opened.limit if isinstance(self._opened, Body) else 0
        self._chunks: list[bytes] = []
        self._size = 0

    @property
    def wants_body(self) -> bool:
        """Whether any more of the body is read, if there is more."""
        opened = self._opened
        if isinstance(opened, Answer):
            return False
        return self._size < (MAX_DRAINED if opened.length is None else opened.length)

    def feed(self, chunk: bytes) -> bool:
        """Take a part of the body, and return whether it wants more.

        What is beyond the limit is only counted.
        """
        if self._size <= self._limit:
            self._chunks.append(chunk)
        self._size += len(chunk)
        return self.wants_body

    def __enter__(self) -> None:
        """Begin to send the body."""

    def __exit__(self, failed: type[BaseException] | None, *_: object) -> None:
        """End it; record a call whose client has failed before it had sent all."""
        if failed and isinstance(self._opened, Body):
            sent = b"".join(self._chunks)
            broken = BodyError(errors.INCOMPLETE_BODY, self._size, sent)
            self._dispatcher.finish(self._head, broken)

    def answer(self) -> Answer:
        """Return the answer as it reaches the client, and record the call."""
        answer = self._opened
        if isinstance(answer, Body):
            answer = self._dispatcher.finish(self._head, self._body(answer))
        return _as_received(self._head.method, answer)

    def _body(self, wanted: Body) -> bytes | BodyError:
        received = b"".join(self._chunks)
        if wanted.length is not None:
            received = received[: wanted.length]
            whole = len(received) == wanted.length
            return received if whole else BodyError(errors.INCOMPLETE_BODY, len(received), received)
        if self._size <= wanted.limit:
            return received
        return BodyError(errors.BODY_TOO_LARGE, self._size, received[: wanted.limit + 1])


def _as_received(method: str, answer: Answer) -> Answer:
    """Return an answer with its length, and without the body that HTTP takes from it."""
    status, headers, body = answer.status, answer.headers, answer.body
    if status in _WITHOUT_BODY:
        return Answer(status, headers, b"", answer.transport, answer.delay)
    sent = b"" if method == "HEAD" else body
    with_length: Mapping[str, str] = {**headers, "Content-Length": str(len(body))}
    return Answer(status, with_length, sent, answer.transport, answer.delay)
