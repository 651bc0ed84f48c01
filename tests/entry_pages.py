"""Entries of an existing archive that was taken apart, put together again."""

import json
from pathlib import Path
from typing import Any

from digest.records import Entry, EntryTable, Origin, Reference, SignalRow

FIRST = ("Signal", "Change", "10y horizon", "Driving force")
SECOND = ("name", "change", "10-year", "driving-force", "description", "relevancy")


def entry_of(row: dict[str, Any]) -> Entry:
    """Make the entry that a row of the development data stands for."""
    is_second = row["format"] == "v2"
    names = SECOND if is_second else FIRST
    tables = [
        EntryTable(
            name.capitalize(),
            ("name", "description"),
            tuple((each["name"], each["description"]) for each in row[name]),
        )
        for name in ("concerns", "behaviors", "technologies", "issues")
        if name in row
    ]
    return Entry(
        title=row["title"],
        origin=Origin(row["origin"], f"https://kghosh.substack.com/p/{row['origin']}"),
        url=row["url"],
        summary=row["summary"],
        keywords=tuple(row["keywords"]),
        themes=tuple(row["themes"]),
        signals=tuple(SignalRow(*(str(signal[name]) for name in names)) for signal in row["signals"]),
        closest=tuple(Reference(closest["title"], closest["id"]) for closest in row.get("closest", ())),
        shape=row["format"],
        category=row.get("category", ""),
        type=row.get("type", ""),
        tables=tuple(tables),
    )


def rows_of(dev_data: Path) -> list[dict[str, Any]]:
    """Read the taken-apart pages of the development data."""
    return [json.loads(path.read_text("utf-8")) for path in sorted((dev_data / "entries").glob("*.json"))]
