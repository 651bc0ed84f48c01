"""What readers are told of an entry that is not what they have seen: when it was corrected, what of it."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from digest.issues.pages import admit
from digest.records import Entry, Part, PublishedEntry

FIELDS = {
    "title": "title",
    "origin": "origin",
    "url": "link",
    "summary": "summary",
    "keywords": "keywords",
    "themes": "themes",
    "category": "category",
    "type": "type",
    "signals": "signals",
    "sources": "sources",
}
"""What a correction calls the fields of an entry, in the order of its page. Closest is none of them: links
to other entries come and go with those, which is no correction."""

LINKS_TO_OTHERS = "Closest"
HEAD = "Head"

LONGEST_HEADING = 60
"""Characters of an own section's heading that a correction names; a line of a page holds about twice that."""

LINK = re.compile(r"!?\[([^\]]*)\](?:\([^)]*\))?")
MARKUP = re.compile(r"[#*_`~\\,.“”]+|<[^>]*>")
"""No words of a heading; and commas and full stops, which part what a note says."""


def corrected(now: Entry, before: PublishedEntry, day: str) -> str:
    """Say that an entry was corrected, and what of it; what was said of earlier days stays.

    Args:
        now: As it is published.
        before: As readers have seen it, with what they were told.
        day: In words.

    Returns:
        A sentence for each day: 'Corrected on 3 December 2026: summary, signals.' What was said already,
        where nothing but links to other entries changed.
    """
    changed = list(changes(now, before.entry))
    if not changed:
        return before.note
    moment = f"Corrected on {day}"
    earlier, is_same_day, said = before.note.rpartition(moment)
    if is_same_day:
        changed = [*filter(None, said.removeprefix(":").removesuffix(".").strip().split(", ")), *changed]
    elif said:
        earlier = f"{said} "
    return f"{earlier}{moment}: {', '.join(dict.fromkeys(changed))}."


def published_again(day: str) -> str:
    """Say that an entry is back which was withdrawn."""
    return f"Corrected on {day}: published again."


def changes(now: Entry, before: Entry) -> Iterator[str]:
    """Name what of an entry differs, each once; nothing where only links to other entries do."""
    fields = [name for field, name in FIELDS.items() if getattr(now, field) != getattr(before, field)]
    tables = [{each.name: each for each in entry.tables} for entry in (now, before)]
    named = [*fields, *map(str.casefold, _differing(*tables))]
    written = list(_differing(_written(now.parts), _written(before.parts)))
    named += written
    if not named and _order(now.parts) != _order(before.parts):
        named = ["order of the sections"]
    yield from dict.fromkeys(named)


def _differing(now: dict[str, Any], before: dict[str, Any]) -> Iterator[str]:
    return (name for name in {**now, **before} if now.get(name) != before.get(name))


def _written(parts: Sequence[Part]) -> dict[str, list[tuple[str, str]]]:
    """Give what an editor wrote, by the name a reader knows it by; not what fields say."""
    found: dict[str, list[tuple[str, str]]] = {}
    for part in parts:
        if part.name != LINKS_TO_OTHERS and (part.heading or part.text):
            found.setdefault(_name(part), []).append((part.heading, part.text))
    return found


def _name(part: Part) -> str:
    if part.name:
        return "link" if part.name == HEAD else part.name.casefold()
    first = LINK.sub(lambda link: link[1], part.heading.split("\n")[0])
    words = admit(MARKUP.sub("", first))
    if len(words) > LONGEST_HEADING:
        words = f"{words[: LONGEST_HEADING - 1].rstrip()}…"
    return f"“{words}”" if words else "text"


def _order(parts: Sequence[Part]) -> list[Part]:
    return [part for part in parts if part.name != LINKS_TO_OTHERS]
