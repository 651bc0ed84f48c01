"""The sentences that an editor cited for rows of signals, in the draft's front matter: runs leave them alone.

A row is known by the hash of its signal, as in what is recorded of the rows last made.
"""

import re
from collections.abc import Mapping

from digest.issues.drafts.front_matter import join, parse
from digest.issues.drafts.merge import as_it_was
from digest.issues.pages.markdown_blocks import split_front_matter

KEY = "cited"
"""Of the front matter."""

PLACES = re.compile("[0-9]{1,5}(?: [0-9]{1,5})*")

Cited = Mapping[str, tuple[int, ...]]
"""Numbers of sentences, 1 first, by row."""


def cited_in(text: str, path: str) -> dict[str, tuple[int, ...]]:
    """Read which sentences were cited; what is no such record is left out.

    Raises:
        StoreError: The front matter has something of the kind and cannot be read.
    """
    raw, _, _ = split_front_matter(text)
    # Reading YAML takes longer than all else of a story, and most have none cited.
    if raw is not None and KEY not in raw:
        return {}
    found = parse(text, path)[0].texts(KEY)
    return {row: tuple(map(int, said.split())) for row, said in found.items() if PLACES.fullmatch(said)}


def with_cited(text: str, path: str, cited: Cited) -> str:
    """Write which sentences are cited; everything else stays.

    Raises:
        StoreError: The front matter cannot be read.
    """
    if cited_in(text, path) == cited:
        return text
    front, body, _ = parse(text, path)
    values = {row: " ".join(map(str, places)) for row, places in cited.items()}
    return as_it_was(text, join(front.with_values({KEY: values}), body))
