"""Writing the site: what changed is written, what is gone is removed, all else is left alone."""

import json
import os
from pathlib import Path

from digest.errors import StoreError
from digest.issues.site.tree import Site, SitePage, by_path
from digest.workspace.files import MOST_PAGE, FileError, inside, read_text, remove, write_text

MADE = "made.json"
"""Which pages there are, and what each was made of."""
UNFINISHED = ""
"""In place of what a page was made of, while it is written."""


def write_site(site: Site, output: Path) -> int:
    """Write output/site.

    Killed anywhere and done again, it gives the same files; so it does where what was published was taken
    back in between: before anything is written, the list says of what is about to be that it is of no state.

    Returns:
        How many pages were written.
    """
    folder = output / "site"
    made = _made(folder)
    pages = by_path(site.pages())
    changed = [page for page in pages.values() if _is_new(page, made, folder)]
    if changed:
        made |= dict.fromkeys((page.path for page in changed), UNFINISHED)
        _list(made, folder, output)
    for page in changed:
        write_text(inside(output, folder / page.path), page.make(), within=output)
    now = {path: page.key for path, page in pages.items()}
    for path in made.keys() - pages.keys():
        try:
            remove(folder / path, within=folder)
        except (OSError, StoreError):
            # Tried again the next time.
            now[path] = UNFINISHED
    if now != made:
        _list(now, folder, output)
    return len(changed)


def _list(made: dict[str, str], folder: Path, output: Path) -> None:
    # A line a page; asked for an indent, json takes its slow way.
    listed = json.dumps(made, sort_keys=True, separators=(",\n", ": "))
    write_text(folder / MADE, f"{{\n{listed[1:-1]}\n}}\n", within=output)


def _is_new(page: SitePage, made: dict[str, str], folder: Path) -> bool:
    # Of thousands of pages: pathlib takes four times as long.
    return made.get(page.path) != page.key or not os.path.isfile(f"{folder}/{page.path}")


def _made(folder: Path) -> dict[str, str]:
    """What was made before; nothing where the list is gone or was spoilt: then all is made again."""
    try:
        found = json.loads(read_text(folder / MADE, most_bytes=MOST_PAGE))
    except (FileError, ValueError):
        return {}
    return {str(path): str(key) for path, key in found.items()} if isinstance(found, dict) else {}
