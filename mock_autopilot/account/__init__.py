"""The domain: an account, its contacts and journeys, and all tables. No HTTP."""
