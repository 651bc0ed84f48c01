"""One alembic revision a change, each in one transaction, numbered in order."""
