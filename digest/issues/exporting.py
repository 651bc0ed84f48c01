"""The archive's records as rows of plain values: entries, signals, articles, with all their fields.

Rows are nested as the records are. For a table they are made flat: a field of a field gets a name with a dot
(`origin.title`), a list of texts becomes one cell with `; ` between them, and a list of records becomes JSON.
"""

import csv
import json
import re
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal, TextIO

from digest.errors import StoreError
from digest.issues.decisions import draft_path
from digest.issues.drafts import accepted_entry, read_draft
from digest.issues.drafts.same_row import same_row
from digest.issues.pages import admit, public_entry
from digest.issues.published import published_entries
from digest.issues.suggestions import ideas_of, with_own_italics
from digest.language.secrecy import secretless_url, shown_addresses, shown_text
from digest.records import (
    CELLS,
    EMPTY,
    Analysis,
    Article,
    DraftRow,
    Entry,
    Signal,
    SignalBasis,
    SignalRow,
)
from digest.records.entries import stated
from digest.records.plain_values import to_json
from digest.store import Store
from digest.workspace.files import is_there, read_text

Unit = Literal["entries", "signals", "articles"]


UNKNOWN_OF_IMPORTED = ("kind", "steep", "claim_strength")
"""What a page of another archive does not say of a signal; exported empty."""

FORMULA = re.compile(
    r"""[\s\x00-\x1f"'\u00ad\u200b-\u200f\u2060-\u2064\ufeff]*  # what spreadsheets skip, or people do not see
        (?: [=+\-@\uff1d\uff0b\uff0d\uff20] | (?<=[\t\r\n]) )    # also as East Asian programs type them""",
    re.VERBOSE,
)
"""How a text begins that some spreadsheet takes for a formula, or that runs into one."""

NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
"""What begins like a formula and is a number."""

BYTE_ORDER_MARK = "\ufeff"
"""Without it some spreadsheets read UTF-8 as something else."""

SLICE = 500
"""Articles read at once: all texts of a large archive need not be in memory."""


def export_rows(
    store: Store,
    output: Path,
    unit: Unit,
    *,
    with_suggestions: bool = False,
    library: Collection[str] = (),
    tell: Callable[[str], None] = lambda _: None,
) -> Iterator[dict[str, Any]]:
    """Give the archive's records as rows.

    Args:
        store: The archive.
        output: Where drafts and entry pages are.
        unit: `entries` (drafts of every status, and what was published or imported), `signals` (a row for
            each of theirs), or `articles`.
        with_suggestions: Whether cells that are only suggested come along; else they are empty.
        library: Every phrase that may be suggested, beside those that analyses offer.
        tell: Told of each draft that is left out because its file cannot be read.

    Returns:
        In order of being seen. Every row of a unit has the same names.
    """
    if unit == "articles":
        yield from _articles(store)
        return
    published = {each.id: each for each in published_entries(store, output)}
    rows = store.drafts.drafts()
    analyses = store.articles.analyses_for(
        row.id for row in rows if unit == "signals" or row.id not in published
    )
    ideas = ideas_of((), library)
    for row in rows:
        kept = published.get(row.id)
        entry = public_entry(kept.entry) if kept else _drafted(output, row, tell)
        if entry is None:
            continue
        if not kept:
            found = analyses.get(row.id)
            entry = with_own_italics(entry, ideas | ideas_of([found] if found else []))
        if not with_suggestions:
            entry = replace(entry, signals=tuple(map(stated, entry.signals)))
        place = {
            "id": row.id,
            "issue": row.issue,
            "status": row.status,
            # What was approved since its issue came out, or again, is in it when that is published anew.
            "is_published": kept is not None,
            "is_imported": bool(kept and kept.is_imported),
        }
        if unit == "entries":
            yield {**place, **to_json(entry)}
        else:
            yield from _signals(place, entry, analyses.get(row.id))


def write_csv(rows: Iterable[dict[str, Any]], file: TextIO, *, with_mark: bool = False) -> int:
    """Write rows as a table with a header, after RFC 4180; returns how many.

    A text that a spreadsheet would run as a formula gets an apostrophe before it: one that begins with
    = + - @, also after white space or quotes, and is no number, or that begins with a tab or a line break.
    JSON Lines have it as it is. Nothing is written where there are no rows.

    Args:
        rows: All with the same names.
        file: Takes UTF-8.
        with_mark: Whether a byte order mark comes first.
    """
    writer, count = csv.writer(file), 0
    header: list[str] = []
    for row in rows:
        flat = dict(_flat(row))
        if not header:
            header = list(flat)
            file.write(BYTE_ORDER_MARK if with_mark else "")
            writer.writerow(header)
        writer.writerow([_harmless(flat[name]) for name in header])
        count += 1
    return count


def write_json_lines(rows: Iterable[dict[str, Any]], file: TextIO) -> int:
    """Write rows as one JSON object a line; returns how many."""
    count = 0
    for row in rows:
        file.write(json.dumps(row, ensure_ascii=False) + "\n")
        count += 1
    return count


def _articles(store: Store) -> Iterator[dict[str, Any]]:
    keys, story_of = store.articles.listing(), store.drafts.story_ids()
    for at in range(0, len(keys), SLICE):
        part = keys[at : at + SLICE]
        found = store.articles.get(key.id for key in part)
        paid = store.pages.not_to_republish([article.url for article in found.values()])
        for key in part:
            more = {
                "copy_of": key.copy_of,
                "story": story_of.get(key.copy_of or key.id, ""),
                "is_imported": key.is_imported,
            }
            article = found[key.id]
            # Of the text offsets are kept; it was looked through when it was taken from its page.
            # Somebody's access opened it, which does not make the text theirs to pass on.
            text = {"text": "", "sentences": []} if article.url in paid else {}
            yield {**to_json(_public(article)), **more, **text}


def _public(article: Article) -> Article:
    """Leave out what is secret in the short fields, which earlier versions took as they came."""
    return replace(
        article,
        url=secretless_url(article.url),
        canonical_url=secretless_url(article.canonical_url),
        title=shown_addresses(article.title),
        author=shown_addresses(article.author),
        site=shown_text(article.site),
    )


def _drafted(output: Path, row: DraftRow, tell: Callable[[str], None]) -> Entry | None:
    """Read a draft's entry as its file says it; None where the file was deleted or cannot be read."""
    path = draft_path(output, row.issue, row.id)
    if not is_there(path):
        return None
    try:
        return accepted_entry(read_draft(read_text(path), path))
    except StoreError as error:
        tell(f"left out: {error}")
        return None


def _signals(place: dict[str, Any], entry: Entry, analysis: Analysis | None) -> Iterator[dict[str, Any]]:
    of = {**place, "title": entry.title, "url": entry.url, "origin": entry.origin.title}
    for number, row in enumerate(entry.signals, 1):
        signal = to_json(_signal_of(row, analysis))
        # What was offered for a row is nothing the row says.
        del signal["ideas"]
        if place["is_imported"]:
            signal |= dict.fromkeys(UNKNOWN_OF_IMPORTED, "")
        yield {**of, "row": number, **signal, "description": row.description, "relevancy": row.relevancy}


def _signal_of(row: SignalRow, analysis: Analysis | None) -> Signal:
    """Give what is known of a row: cells that an editor changed are the editor's, and rest on nothing."""
    cells = {name: getattr(row, name) for name in CELLS}
    found = same_row(row, analysis.signals if analysis else ())
    suggested: dict[str, Any] = dict.fromkeys(row.suggested, "suggested")
    if found is None:
        basis = replace(SignalBasis("editor", "editor", "editor", "editor"), **suggested)
        return Signal(**cells, basis=basis, evidence=())
    changed = [name for name in CELLS if admit(getattr(found, name)) != cells[name]]
    edited: dict[str, Any] = {name: "none" if cells[name] == EMPTY else "editor" for name in changed}
    return replace(
        found,
        **cells,
        basis=replace(found.basis, **edited | suggested),
        evidence=tuple(each for each in found.evidence if (each.field or "signal") not in changed),
    )


def _flat(value: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, item in value.items():
        if isinstance(item, dict):
            yield from _flat(item, f"{prefix}{name}.")
        elif isinstance(item, list) and all(isinstance(each, str) for each in item):
            yield prefix + name, "; ".join(item)
        elif isinstance(item, list):
            yield prefix + name, json.dumps(item, ensure_ascii=False)
        else:
            yield prefix + name, item


def _harmless(value: Any) -> Any:
    if not isinstance(value, str) or not FORMULA.match(value) or NUMBER.fullmatch(value):
        return value
    return "'" + value
