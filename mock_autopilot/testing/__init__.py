"""What the pytest plugin and the unittest class share: options, and what a failed test shows."""
