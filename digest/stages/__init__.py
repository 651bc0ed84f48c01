"""The steps of a run: pure functions of records, settings and ports; none imports another."""
