"""Twenty correct forwarders: each written from the specification alone, by people who had not seen a clause.

They share no code with ours, and differ where the specification leaves a choice. They are not
twenty mappings, though: the eight long ones are by one author and share most of how they read
traits. What differs among these is how they deliver: the library, threads, what they read before
they write, and what they remember.
"""

from importlib import import_module

from tests.contract.forwarders.forwarder import Factory

NAMES = (
    "address_path", "bulk", "by_timestamp", "dataclass_raises", "dates", "flat", "httpx_builder",
    "jsontext", "lookup", "lowercase", "message_memory", "nulls_through", "onecall",
    "read_before_write", "source_fields", "stdlib_only", "table", "table_fifteen_digits",
    "threads_joined", "two_steps_and_name",
)  # fmt: skip
INDEPENDENT: dict[str, Factory] = {
    name: import_module(f"{__name__}.{name}").factory for name in NAMES
}
