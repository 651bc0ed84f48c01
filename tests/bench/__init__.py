"""Measurements side by side; not tests. Run with `make bench`."""
