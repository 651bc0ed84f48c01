"""Files of queries: one JSON object a line; a line that is none is answered in its place."""

import json
import sys
from pathlib import Path
from typing import Any

from digest.errors import DigestError


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
    try:
        text = sys.stdin.read() if str(path) == "-" else path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DigestError(f"{path}: cannot be read: {getattr(error, 'strerror', None) or error}") from error
    # Not splitlines: U+2028 and others stand as they are within JSON texts.
    return [_query(number, line, field) for number, line in enumerate(text.split("\n"), 1) if line.strip()]


def _query(number: int, line: str, field: str) -> dict[str, Any]:
    try:
        asked = json.loads(line)
    except json.JSONDecodeError as error:
        return {"id": number, "error": f"line {number}: not JSON: {error.msg}"}
    if isinstance(asked, dict) and isinstance(asked.get(field), str):
        return {"id": number, **asked}
    name = asked.get("id", number) if isinstance(asked, dict) else number
    needed = ", ".join(f'"{each}"' for each in dict.fromkeys(("id", field)))
    return {"id": name, "error": f"line {number}: expected {{{needed}}}"}
