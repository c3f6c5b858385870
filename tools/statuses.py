"""Kinds of statuses."""

OPEN_KINDS = ("new", "open")
