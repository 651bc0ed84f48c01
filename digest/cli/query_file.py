"""Files of queries: one JSON object a line; a line that is none is answered in its place."""

import io
from pathlib import Path
from typing import Any

from digest.cli.inputs import bytes_of
from digest.workspace.json_text import JsonError, json_lines

MOST_QUERIES = 100_000_000
"""Bytes of a file of queries."""


def read_queries(path: Path, *, field: str) -> list[dict[str, Any]]:
    """Read the lines of a file of queries.

    Args:
        path: The file; - for standard input.
        field: What every line must have as text.

    Returns:
        In order: the object of each line with its id, or {"id", "error"} for a line that cannot be asked.
        Without an id the number of the line stands in its place.

    Raises:
        DigestError: the file cannot be read.
    """
    content = bytes_of(path, most_bytes=MOST_QUERIES)
    return [_query(number, asked, field) for number, asked in json_lines(io.BytesIO(content))]


def _query(number: int, asked: Any, field: str) -> dict[str, Any]:
    if isinstance(asked, JsonError):
        return {"id": number, "error": f"line {number}: {asked}"}
    if isinstance(asked, dict) and isinstance(asked.get(field), str):
        return {"id": number, **asked}
    name = asked.get("id", number) if isinstance(asked, dict) else number
    needed = ", ".join(f'"{each}"' for each in dict.fromkeys(("id", field)))
    return {"id": name, "error": f"line {number}: expected {{{needed}}}"}
