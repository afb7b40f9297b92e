"""The table of broken forwarders, and how they enter it."""

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from tests.contract.forwarders.forwarder import Answer, Factory, Forwarder, Json, folded, is_date


@dataclass(frozen=True)
class Broken:
    """The clause that a mistake breaks, the mistake in one sentence, and who makes it."""

    clause: str
    mistake: str
    factory: Factory


BROKEN: dict[str, Broken] = {}


def broken(clause: str, mistake: str) -> Callable[[type[Forwarder]], type[Forwarder]]:
    """Enter a class into the table, under its own name."""

    def enter(factory: type[Forwarder]) -> type[Forwarder]:
        assert factory.__name__ not in BROKEN, factory.__name__
        BROKEN[factory.__name__] = Broken(clause, mistake, factory)
        return factory

    return enter


GOOD = Answer(200, {"contact_id": "none"})


def without(fields: Json, *names: str) -> Json:
    return {name: value for name, value in fields.items() if name not in names}


def shortened(value: float) -> float:
    """Return the nearest number of 32 bits."""
    return float(struct.unpack("f", struct.pack("f", value))[0])


def is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


class Values(Forwarder):
    """Base of broken ones: changes the values of custom fields by `value`."""

    def value(self, value: Any) -> Any:
        return value

    def custom_value(self, value: Any) -> Any:
        return self.value(super().custom_value(value))


class Texts(Values):
    """Base of broken ones: changes texts by `text`."""

    def text(self, text: str) -> str:
        return text

    def value(self, value: Any) -> Any:
        return self.text(value) if isinstance(value, str) and not is_date(value) else value


class Dates(Values):
    """Base of broken ones: changes dates by `date`."""

    def date(self, date: str) -> Any:
        return date

    def value(self, value: Any) -> Any:
        return self.date(value) if isinstance(value, str) and is_date(value) else value


class Parts(Forwarder):
    """Base of broken ones: changes how the objects other than address and company arrive."""

    def nested(self, name: str, value: Json) -> Iterator[tuple[str, Any]]:
        return super().parts(name, value)

    def parts(self, name: str, value: Json) -> Iterator[tuple[str, Any]]:
        known = folded(name) in ("address", "company")
        return super().parts(name, value) if known else self.nested(name, value)
