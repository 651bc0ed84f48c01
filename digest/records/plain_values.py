"""Records as plain values and back, for the archive's columns and for JSON; names are the records'."""

import dataclasses
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from pydantic import TypeAdapter, ValidationError


def to_json(value: Any) -> Any:
    """Turn a record into dicts, lists, strings and numbers. Dates become ISO 8601."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: to_json(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, list | tuple):
        return [to_json(item) for item in value]
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, float):
        return round(value, 6)
    return value


def from_json(kind: Any, value: Any) -> Any:
    """Make a record of type `kind` from what `to_json` gave. Unknown names are ignored.

    Raises:
        TypeError: It is none: a field is missing, or holds something else. The message says where.
    """
    try:
        return _adapter(kind).validate_python(value)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise TypeError(f"{where}: {first['msg']}" if where else first["msg"]) from error


@lru_cache(maxsize=64)
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)
