"""Which addresses of an issue lead nowhere: asked once, and what was found is kept for a while."""

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from digest.records.plain_values import from_json
from digest.workspace.files import FileError, read_text, write_text

FINE_FOR = timedelta(days=7)
"""How long an address that answered is not asked again: a week's issue is checked several times a day."""

DEAD_FOR = timedelta(hours=1)
"""How long one that did not is believed: somebody may be mending it, or its server was down."""

MOST_KEPT = 20_000
"""Addresses that are remembered, the newest; a year of large issues."""

Ask = Callable[[Sequence[str]], Awaitable[Mapping[str, str]]]
"""Asks addresses; gives of each why it leads nowhere, empty where it leads somewhere or nobody can tell."""


async def dead_links(output: Path, addresses: Sequence[str], ask: Ask, *, now: datetime) -> dict[str, str]:
    """Find addresses that lead nowhere.

    Args:
        output: The workspace's output folder; what was found is kept in sent/links.json.
        addresses: Without secrets in them.
        ask: Asks those of which nothing is known, or was too long ago.
        now: Aware, UTC.

    Returns:
        By address: why.
    """
    path = output / "sent" / "links.json"
    known = {
        address: (at, reason)
        for address, (at, reason) in _read(path).items()
        if now - at < (DEAD_FOR if reason else FINE_FOR)
    }
    new = [each for each in dict.fromkeys(addresses) if each not in known]
    if new:
        found = await ask(new)
        known |= {each: (now, found.get(each, "")) for each in new}
        newest = sorted(known.items(), key=lambda item: item[1][0])[-MOST_KEPT:]
        kept = {address: [at.isoformat(), reason] for address, (at, reason) in newest}
        write_text(path, json.dumps(kept, ensure_ascii=False, indent=0) + "\n", within=output)
    return {each: known[each][1] for each in addresses if known[each][1]}


def _read(path: Path) -> dict[str, tuple[datetime, str]]:
    """Read what was found before; nothing where that is not as it is written here: it is found anew."""
    try:
        found: dict[str, tuple[datetime, str]] = from_json(
            dict[str, tuple[datetime, str]], json.loads(read_text(path))
        )
    except (FileError, ValueError, TypeError):
        return {}
    return {address: each for address, each in found.items() if each[0].tzinfo is not None}
