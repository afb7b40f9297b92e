"""Where an account's contacts live. In memory; the interface is small so that others can follow."""

from mock_autopilot.storage.memory import MemoryContacts, address_key

__all__ = ["MemoryContacts", "address_key"]
