"""Twelve naive forwarders: each written from the specification alone, as a team would in a day.

They share no code, and differ where the specification leaves a choice.
"""

from importlib import import_module

from tests.contract.forwarders.forwarder import Factory

NAMES = (
    "address_path", "bulk", "dates", "flat", "jsontext", "lookup", "lowercase",
    "nulls_through", "onecall", "source_fields", "stdlib_only", "table",
)
NAIVE: dict[str, Factory] = {name: import_module(f"{__name__}.{name}").factory for name in NAMES}
