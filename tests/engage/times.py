"""Instants for the tests, counted from when a space begins."""

from datetime import UTC, datetime, timedelta

START = datetime(2026, 1, 1, tzinfo=UTC)


def hours(count: float) -> datetime:
    return START + timedelta(hours=count)


def days(count: float) -> datetime:
    return START + timedelta(days=count)
