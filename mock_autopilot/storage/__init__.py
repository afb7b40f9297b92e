"""Where accounts keep their state: the interface, and the storages behind it."""
