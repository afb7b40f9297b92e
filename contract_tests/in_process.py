"""A forwarder in this process, made by a factory."""

from collections.abc import Callable
from dataclasses import replace

from contract_tests.protocol import Message, Result, Settings, failed, result_of

Factory = Callable[[Settings], Callable[[Message], object]]


class FactoryTarget:
    """A forwarder that a factory at hand makes."""

    def __init__(self, factory: Factory, settings: Settings) -> None:
        self._deliver = factory(settings)
        self._flush: Callable[[], object] | None = getattr(self._deliver, "flush", None)

    def deliver(self, message: Message) -> Result:
        """Call it; what it raises is a failed delivery with the exception's text and status."""
        try:
            answer = self._deliver(message)
            flushed = self._flush() if self._flush else None
        except Exception as error:  # noqa: BLE001  # whatever a forwarder raises
            return failed(str(error) or type(error).__name__, getattr(error, "status", None))
        if isinstance(flushed, dict) and "status" in flushed:
            return result_of(flushed)
        return replace(result_of(answer), early=self._flush is not None)

    def close(self) -> None:
        """Do nothing: no resource is held."""
