"""Whether the rows of an archive hold what their columns say: kinds of values, records, sizes of blobs.

SQLite itself takes a text in a column of numbers. Whoever changed an archive by hand, or gave one away, may
have left such a row anywhere; what the program would then say tells nobody which.
"""

import json
import re
import sqlite3
import zlib
from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any, get_args

from sqlalchemy import Boolean, Column, Integer, LargeBinary, Table
from sqlalchemy.types import JSON

from digest.language.addresses import scheme_of
from digest.language.secrecy import shown_given
from digest.records import (
    Analysis,
    CallState,
    DraftGlance,
    Entry,
    FailedCheck,
    FinishReason,
    SearchQuestion,
)
from digest.records.plain_values import from_json
from digest.store import schema
from digest.store.likeness import MOST_COUNTS
from digest.store.model_calls import unpacked
from digest.store.schema import UtcDateTime
from digest.workspace.files import is_plain_name
from digest.workspace.json_text import JsonError, read_json

MOST_WHOLE = 1 << 53
"""Places, versions and the like grow one by one; those beyond would have no next."""

SCHEMES = frozenset({"http", "https", "mailto", "id", "file", ""})
"""Of addresses: those of the web, what a page of another archive may have, and what stands for none."""

ISSUE = re.compile(r"[0-9]{8}[a-z]?")
HASH = re.compile(r"[0-9a-f]{64}")

Look = Callable[[Any], str]
"""Says what is wrong with a value; empty where nothing is."""

MISSING: tuple[tuple[str, str], ...] = (
    ("a copy of what is not there", "SELECT id FROM articles WHERE copy_of NOT IN (SELECT id FROM articles)"),
    ("an article without a link", "SELECT id FROM articles WHERE id NOT IN (SELECT id FROM links)"),
    ("a draft of no issue", "SELECT id FROM drafts WHERE issue NOT IN (SELECT name FROM issues)"),
)
"""What belongs to something that is not there, though no rule of the tables says so."""


def value_faults(archive: sqlite3.Connection, *, most: int = 5) -> list[str]:
    """Look at every value of every row; the schema is as digest makes it.

    Returns:
        At most so many, each with its table, column and row; of a column the first.
    """
    before, archive.text_factory = archive.text_factory, _text
    try:
        # Who changed one value of a column by a statement changed all of them.
        faults: dict[str, str] = {}
        for where, what in _faults(archive):
            faults.setdefault(where, what)
            if len(faults) == most:
                break
        return list(faults.values())
    except sqlite3.Error as error:
        return [f"damaged: {error}"]
    finally:
        archive.text_factory = before


def _faults(archive: sqlite3.Connection) -> Iterator[tuple[str, str]]:
    """Give (where, what), the same `where` for the same kind of fault."""
    for table in schema.metadata.sorted_tables:
        yield from _of_table(archive, table)
    yield from _of_vectors(archive)
    for what, query in MISSING:
        if found := archive.execute(f"{query} LIMIT 1").fetchone():
            yield what, f"{what}: {_shown(found[0])}"


def _of_table(archive: sqlite3.Connection, table: Table) -> Iterator[tuple[str, str]]:
    looks = [(column.name, _look(table, column)) for column in table.columns]
    keys = [at for at, column in enumerate(table.columns) if column.primary_key]
    names = ", ".join(f'"{name}"' for name, _ in looks)
    for row in archive.execute(f'SELECT {names} FROM "{table.name}"'):
        for value, (name, look) in zip(row, looks, strict=True):
            if problem := look(value):
                key = ", ".join(_shown(row[at]) for at in keys)
                yield f"{table.name}.{name}", f"{table.name}, row {key}: {name}: {problem}"
        if look_at_row := _ROWS.get(table.name):
            where, problem = look_at_row(dict(zip(table.columns.keys(), row, strict=True)))
            if problem:
                yield where, problem
        blobs = [value for value in row if isinstance(value, bytes)]
        if table is schema.neighbours and len(blobs) == 2 and len(blobs[0]) != 2 * len(blobs[1]):
            what = f"neighbours, row {_shown(row[0])}: places and similarities are not equally many"
            yield "neighbours", what


def _of_article(row: dict[str, Any]) -> tuple[str, str]:
    """Look at what depends on two columns; each alone is looked at elsewhere."""
    what = f"articles, row {_shown(row['place'])}: sentences: some lie beyond its text"
    return "articles: spans", "" if _fits(row) else what


def _fits(row: dict[str, Any]) -> bool:
    if not isinstance(row["text"], str):
        return True
    try:
        spans = json.loads(row["sentences"])
        return all(0 <= start <= end <= len(row["text"]) for start, end in spans)
    except (ValueError, TypeError, RecursionError):
        return True


def _of_entry(row: dict[str, Any]) -> tuple[str, str]:
    """Look at what an entry leads to."""
    record = _mapping(row["record"])
    problem = _other_id(record, row["id"])
    for name, target in _targets(record):
        problem = problem or (f"{name}: {found}" if (found := _target(target)) else "")
    return "entries: record", f"entries, row {_shown(row['id'])}: record: {problem}" if problem else ""


def _of_analysis(row: dict[str, Any]) -> tuple[str, str]:
    problem = _other_id(_mapping(row["record"]), row["article_id"])
    return "analyses: id", f"analyses, row {_shown(row['article_id'])}: record: {problem}" if problem else ""


def _mapping(record: Any) -> dict[str, Any]:
    """Give a record as plain values; what is none is told of elsewhere."""
    try:
        found = json.loads(record)
    except (ValueError, TypeError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _other_id(record: dict[str, Any], expected: Any) -> str:
    found = record.get("id", expected)
    return (
        ""
        if found == expected
        else f"id: expected {_shown(expected)}, as its row has it, got {_shown(found)}"
    )


def _targets(record: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    yield "url", record.get("url")
    origin = record.get("origin")
    yield "origin", origin.get("url") if isinstance(origin, dict) else None
    for name in ("closest", "sources"):
        found = record.get(name)
        for each in found if isinstance(found, list) else ():
            yield name, each.get("target") if isinstance(each, dict) else None


def _target(value: Any) -> str:
    """Look at an id or an address; of another kind it is told of elsewhere."""
    if not isinstance(value, str):
        return ""
    return _address(value) or ("" if scheme_of(value) or "../" not in f"{value}/" else _id(value))


def _of_vectors(archive: sqlite3.Connection) -> Iterator[tuple[str, str]]:
    query = "SELECT model_id, count(DISTINCT length(vector)) FROM vectors GROUP BY model_id"
    for model, count in archive.execute(query):
        if count > 1:
            yield "vectors", f"vectors of {_shown(model)}: expected one length, got {count} different ones"


def _text(raw: bytes) -> "str | _NotText":
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return _NotText(raw)


class _NotText(bytes):
    """A text that is not UTF-8."""


# -- columns -------------------------------------------------------------------------------------------------


def _look(table: Table, column: "Column[Any]") -> Look:
    """Say how the values of a column are looked at."""
    look = _SPECIAL.get(f"{table.name}.{column.name}") or _of_kind(column)
    is_optional = bool(column.nullable)

    def whole(value: Any) -> str:
        if value is None:
            return "" if is_optional else "expected a value, got none"
        return look(value)

    return whole


def _of_kind(column: "Column[Any]") -> Look:
    kinds: tuple[tuple[type[Any], Look], ...] = (
        (UtcDateTime, _moment),
        (Boolean, _truth),
        (Integer, _whole),
        (LargeBinary, _blob),
        (JSON, _json),
    )
    return next((look for kind, look in kinds if isinstance(column.type, kind)), _words)


def _words(value: Any) -> str:
    if isinstance(value, _NotText):
        return "expected text in UTF-8, got another encoding"
    return "" if isinstance(value, str) else f"expected text, got {_shown(value)}"


def _whole(value: Any) -> str:
    is_good = isinstance(value, int) and abs(value) < MOST_WHOLE
    return "" if is_good else f"expected a whole number, got {_shown(value)}"


def _truth(value: Any) -> str:
    return "" if isinstance(value, int) and value in (0, 1) else f"expected 0 or 1, got {_shown(value)}"


def _blob(value: Any) -> str:
    is_good = isinstance(value, bytes) and not isinstance(value, _NotText)
    return "" if is_good else f"expected bytes, got {_shown(value)}"


def _moment(value: Any) -> str:
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) and value[10:11] == " " else None
    except ValueError:
        found = None
    is_good = found is not None and found.tzinfo is None
    return "" if is_good else f"expected a date and time, got {_shown(value)}"


def _day(value: Any) -> str:
    try:
        date.fromisoformat(value)
    except (TypeError, ValueError):
        return f"expected a date, got {_shown(value)}"
    return ""


def _one_of(*allowed: str) -> Look:
    return lambda value: (
        "" if value in allowed else f"expected one of {', '.join(allowed)}, got {_shown(value)}"
    )


def _like(pattern: re.Pattern[str], what: str) -> Look:
    def look(value: Any) -> str:
        is_good = isinstance(value, str) and pattern.fullmatch(value)
        return "" if is_good else f"expected {what}, got {_shown(value)}"

    return look


def _id(value: Any) -> str:
    return "" if is_plain_name(value) else f"expected an id that can name a file, got {_shown(value)}"


def _name(value: Any) -> str:
    """Look at an id that other archives may have given: it leads nowhere."""
    is_good = isinstance(value, str) and value.isprintable() and not re.search(r"[/\\]|\A\.*\Z", value)
    return "" if is_good else f"expected an id, got {_shown(value)}"


def _address(value: Any) -> str:
    if problem := _words(value):
        return problem
    is_good = scheme_of(value) in SCHEMES
    return "" if is_good else f"expected an http(s) address, got {_shown(shown_given(value))}"


def _feed_address(value: Any) -> str:
    """Look at a feed's address, or a mailbox's."""
    return "" if scheme_of(str(value)) in ("imap", "imaps") and not _words(value) else _address(value)


def _page_address(value: Any) -> str:
    """Look at a page's address, or the key of a mail whose text is kept."""
    is_mail = isinstance(value, str) and re.fullmatch(r"mail:[0-9a-f]{32}", value)
    return "" if is_mail else _address(value)


def _in_units(size: int, count: int | None = None) -> Look:
    def look(value: Any) -> str:
        if problem := _blob(value):
            return problem
        if len(value) % size or (count is not None and len(value) != size * count):
            wanted = f"{size * count}" if count is not None else f"a multiple of {size}"
            return f"expected {wanted} bytes, got {len(value)}"
        return ""

    return look


def _vector(value: Any) -> str:
    return "expected a vector, got no bytes" if value == b"" else _in_units(2)(value)


def _counts(value: Any) -> str:
    if problem := _blob(value):
        return problem
    unpacking = zlib.decompressobj()
    try:
        found = unpacking.decompress(value, MOST_COUNTS)
    except zlib.error as error:
        return f"cannot be unpacked: {error}"
    is_good = unpacking.eof and len(found) % 4 == 0
    return "" if is_good else "expected packed counts, got something else"


def _packed(value: Any) -> str:
    if problem := _blob(value):
        return problem
    try:
        unpacked(value)
    except (ValueError, RecursionError) as error:
        return f"cannot be unpacked: {error}"
    return ""


def _json(value: Any) -> str:
    return _record(Any)(value)


def _record(kind: Any) -> Look:
    def look(value: Any) -> str:
        if problem := _words(value):
            return problem
        try:
            # Half a character can be written as an escape alone.
            return misfit(kind, read_json(value) if "\\u" in value else json.loads(value))
        except (ValueError, RecursionError, JsonError) as error:
            return f"broken JSON: {error}"

    return look


def misfit(kind: Any, value: Any) -> str:
    """Say where a value of JSON is no record of a kind; empty where it is one."""
    try:
        from_json(kind, value)
    except TypeError as error:
        return str(error)
    return ""


def _shown(value: Any) -> str:
    if isinstance(value, bytes):
        return f"{len(value)} bytes"
    text = ascii(value)
    return text if len(text) <= 60 else f"{text[:60]}..."


_NAMES = {str: "text", int: "a whole number", float: "a number", bool: "true or false"}

_ISSUE = _like(ISSUE, "an issue's date")
_STATUS = _one_of("pending", "approved", "rejected", "deferred")

_SPECIAL: dict[str, Look] = {
    **dict.fromkeys(("articles.id", "links.id", "addresses.id", "addresses.link_id"), _name),
    **dict.fromkeys(("stories.article_id", "stories.story_id", "analyses.article_id"), _name),
    **dict.fromkeys(("labels.article_id", "signal_rows.article_id", "draft_log.id"), _name),
    **dict.fromkeys(("articles.url", "articles.canonical_url", "links.url", "links.origin_url"), _address),
    **dict.fromkeys(("left_out.url", "left_out.origin_url", "addresses.url"), _address),
    **dict.fromkeys(("feeds.url", "links.feed_url", "left_out.feed_url"), _feed_address),
    **dict.fromkeys(("pages.url", "pages.final_url"), _page_address),
    **dict.fromkeys(("snapshots.url", "snapshots.final_url"), _page_address),
    "articles.published": _day,
    "articles.sentences": _record(tuple[tuple[int, int], ...]),
    "articles.signature": _in_units(4, 128),
    "analyses.record": _record(Analysis),
    "article_words.words": _in_units(6),
    "draft_log.issue": _ISSUE,
    "draft_log.status": _STATUS,
    "drafts.accepted": _record(tuple[FailedCheck, ...]),
    "drafts.failed": _record(tuple[FailedCheck, ...]),
    "drafts.glance": _record(DraftGlance | None),
    "drafts.id": _id,
    "drafts.issue": _ISSUE,
    "drafts.status": _STATUS,
    "draft_versions.id": _id,
    "draft_versions.issue": _ISSUE,
    "draft_versions.sections": _record(tuple[str, ...]),
    "draft_versions.status": _STATUS,
    "entries.id": _id,
    "entries.issue": _ISSUE,
    "entries.record": _record(Entry),
    "frequencies.counts": _counts,
    "issues.name": _ISSUE,
    "labels.kind": _one_of("theme", "keyword"),
    "links.state": _one_of("new", "kept", "dropped", "alias"),
    "model_calls.finish": _one_of(*get_args(FinishReason)),
    "model_calls.question": _packed,
    "model_calls.state": _one_of(*get_args(CallState)),
    "neighbours.others": _in_units(8),
    "neighbours.similarities": _in_units(4),
    "pages.headers": _record(tuple[tuple[str, str], ...]),
    "pages.redirects": _record(tuple[tuple[int, str], ...]),
    "pages.sha256": _like(HASH, "a SHA-256"),
    "runs.issue": _ISSUE,
    "saved_searches.asked": _record(SearchQuestion),
    "shown_issues.words": _in_units(8),
    "snapshots.cited": _record(tuple[str, ...]),
    "snapshots.entry": _id,
    "snapshots.headers": _record(tuple[tuple[str, str], ...]),
    "snapshots.sha256": _like(HASH, "a SHA-256"),
    "step_changes.kind": _one_of("file", "entry", "issue", "story", "accepted"),
    "steps.state": _one_of("open", "done", "undone", "gone"),
    "terms.terms": _in_units(4),
    "vectors.vector": _vector,
}
"""Columns that hold less than their kind would let them."""

_ROWS: dict[str, Callable[[dict[str, Any]], tuple[str, str]]] = {
    "articles": _of_article,
    "entries": _of_entry,
    "analyses": _of_analysis,
}
"""Rows whose columns must fit each other: (what kind of fault, the fault or nothing)."""
