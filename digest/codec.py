"""Records as JSON and back, for the archive's columns, `--json` and `--jsonl`; names are the records'.

Words as numbers, for the archive's counts of words.
"""

import dataclasses
import zlib
from datetime import date, datetime
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from digest.records import Article
from digest.secrecy import secretless_url


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
    """Make a record of type `kind` from what to_json gave. Unknown names are ignored.

    Raises:
        TypeError: a field without a default is missing.
    """
    if isinstance(kind, type) and dataclasses.is_dataclass(kind):
        hints = get_type_hints(kind)
        known = {field.name for field in dataclasses.fields(kind)}
        return kind(**{name: from_json(hints[name], item) for name, item in value.items() if name in known})
    origin = get_origin(kind)
    if origin is tuple:
        inner = get_args(kind)
        if len(inner) == 2 and inner[1] is Ellipsis:
            return tuple(from_json(inner[0], item) for item in value)
        return tuple(from_json(each, item) for each, item in zip(inner, value, strict=True))
    if origin in (Union, UnionType):
        if value is None:
            return None
        return from_json(next(each for each in get_args(kind) if each is not type(None)), value)
    if origin is Literal or value is None:
        return value
    if kind is datetime:
        return datetime.fromisoformat(value)
    if kind is date:
        return date.fromisoformat(value)
    return value


def article_row(article: Article) -> dict[str, Any]:
    """Give an article as `digest extract --jsonl` writes it."""
    return {
        "id": article.id,
        "url": secretless_url(article.url),
        "title": article.title,
        "author": article.author,
        "published": article.published.isoformat() if article.published else None,
        "language": article.language,
        "text": article.text,
        "sentences": [{"start": sentence.start, "end": sentence.end} for sentence in article.sentences],
    }


def word_hash(word: str) -> int:
    """Number a word, the same on every machine: its CRC-32."""
    return zlib.crc32(word.encode("utf-8", "surrogatepass"))
