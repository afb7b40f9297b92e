"""The table of variants, and how they enter it."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.contract.forwarders.forwarder import Factory, Forwarder


@dataclass(frozen=True)
class Variant:
    """What a forwarder is free to do, who does it, and the SHOULD clauses that may object."""

    freedom: str
    factory: Factory
    should: frozenset[str] = frozenset()


VARIANTS: dict[str, Variant] = {}


def variant(freedom: str, *should: str) -> Callable[[type[Forwarder]], type[Forwarder]]:
    """Enter a class into the table, under its own name."""

    def enter(factory: type[Forwarder]) -> type[Forwarder]:
        assert factory.__name__ not in VARIANTS, factory.__name__
        VARIANTS[factory.__name__] = Variant(freedom, factory, frozenset(should))
        return factory

    return enter
