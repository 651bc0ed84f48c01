"""Entry pages, and the issues they are published in."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from digest.records.analysis import EMPTY
from digest.records.feeds import Origin

EntryShape = Literal["v1", "v2"]


@dataclass(frozen=True)
class SignalRow:
    """The four cells of a row as the entry page shows them."""

    signal: str
    change: str
    horizon_10y: str
    driving_force: str
    description: str = ""
    """Only pages of the second shape have it."""
    relevancy: str = ""
    """1 to 5, higher is more; only pages of the second shape have it."""
    suggested: tuple[str, ...] = ()
    """Names of cells that stand in italics: suggestions that nobody has taken over, and no statements."""
    italic: tuple[str, ...] = ()
    """Names of cells of a published entry that its editor set in italics: statements as all others are. A
    page does not tell these from suggestions; what is read from one has none."""
    suggested_before: tuple[str, ...] = ()
    """Names of cells of a published entry that an earlier version filled from its library and printed as
    the article's: they stay as they are printed, and are no statements either."""


def stated(row: SignalRow) -> SignalRow:
    """Give a row without its suggestions: what counts in search, trends, novelty and exports."""
    gone = (*row.suggested, *row.suggested_before)
    if not gone:
        return row
    return replace(row, suggested=(), suggested_before=(), **dict.fromkeys(gone, EMPTY))  # type: ignore[arg-type]


@dataclass(frozen=True)
class EntryTable:
    """A further table of a page of the second shape: Concerns, Behaviors, Technologies or Issues."""

    name: str
    """Its heading."""
    columns: tuple[str, ...]
    """As the page names them: name, description and what else there is."""
    rows: tuple[tuple[str, ...], ...]
    """As many cells a row as there are columns."""


@dataclass(frozen=True)
class Reference:
    """A bullet that links: title and target (an entry's id, or an address)."""

    title: str
    target: str


@dataclass(frozen=True)
class Part:
    """A part of an entry page that an editor wrote or moved."""

    name: str
    """`Head` (title and link), a section's name where it stands in that section's place, or empty for a
    section or text of the editor's own."""
    heading: str = ""
    """Its heading as written, in Markdown; empty where it has none or the one of its section."""
    text: str = ""
    """What stands below the heading as written, in Markdown; of a named part empty where the fields of the
    entry say all of it."""


@dataclass(frozen=True)
class Entry:
    """The fields of an entry page, in its order. Field texts are what a reader sees, without escapes."""

    title: str
    origin: Origin
    url: str
    summary: str
    keywords: tuple[str, ...]
    themes: tuple[str, ...]
    signals: tuple[SignalRow, ...]
    closest: tuple[Reference, ...]
    sources: tuple[Reference, ...] = ()
    shape: EntryShape = "v1"
    """Which of the two shapes of existing archives the page has; this program makes the first."""
    category: str = ""
    """'technology', 'culture' ...; second shape only."""
    type: str = ""
    """'news', 'blog post' ...; second shape only."""
    tables: tuple[EntryTable, ...] = ()
    """In the order of the page; second shape only."""
    parts: tuple[Part, ...] = ()
    """All parts of the page in order, where an editor went beyond what the fields say: own sections, block
    Markdown, sections in another order. Empty where the page is its fields."""


def searchable_text(entry: Entry) -> str:
    """Give all that a reader may look for in an entry: a line for each field or cell, the title first."""
    rows = (
        (row.signal, row.description, row.change, row.horizon_10y, row.driving_force)
        for row in map(stated, entry.signals)
    )
    texts = (
        entry.title,
        entry.summary,
        *entry.keywords,
        *entry.themes,
        *(cell for row in rows for cell in row),
        *(cell for table in entry.tables for row in table.rows for cell in row),
        *(text for part in entry.parts for text in (part.heading, _without_suggestions(part, entry.signals))),
    )
    return "\n".join(text for text in texts if text)


def _without_suggestions(part: Part, rows: tuple[SignalRow, ...]) -> str:
    """Give the text of a part; of a table that an editor wrote in, without what is only suggested."""
    text = part.text
    for row in rows if part.name == "Signals" else ():
        for name in row.suggested:
            text = text.replace(f"*{getattr(row, name)}*", EMPTY).replace(f"_{getattr(row, name)}_", EMPTY)
    return text


@dataclass(frozen=True)
class PublishedEntry:
    """An entry of a published issue, made here or imported."""

    id: str
    issue: str
    entry: Entry
    is_imported: bool = False
    note: str = ""
    """What readers are told of its publishing: 'Corrected on 28 November 2026.'"""


@dataclass(frozen=True)
class IssueEntry:
    """An approved entry as the issue shows it."""

    id: str
    entry: Entry
    theme: str
    """The theme it is grouped under."""
    note: str = ""
    """What readers are told of its publishing: 'Corrected on 28 November 2026.'"""

    @property
    def has_signals(self) -> bool:
        """Whether its table has rows."""
        return bool(self.entry.signals)


@dataclass(frozen=True)
class IssueTimes:
    """When readers were first shown an issue, and when what they see of it last changed; UTC."""

    published_at: datetime
    changed_at: datetime


@dataclass(frozen=True)
class SuggestedWords:
    """A sentence of an introduction, or a theme's line, that a language model suggests."""

    text: str
    """Plain text."""
    entries: tuple[str, ...]
    """Ids of those it rests on."""
    theme: str = ""
    """Whose line it is; empty for the introduction."""


@dataclass(frozen=True)
class OpeningLine:
    """What an issue says of one theme, in place of its strongest signal."""

    theme: str
    text: str
    """Markdown, on one line."""
    entries: tuple[str, ...] = ()
    """Ids of those it rests on; empty where nobody said."""


@dataclass(frozen=True)
class Opening:
    """An issue's own words, from its introduction file."""

    introduction: str = ""
    """Markdown."""
    lines: tuple[OpeningLine, ...] = ()
    has_suggestions: bool = False
    """Whether anything of it is a suggestion that nobody has taken over; it stands in italics."""


@dataclass(frozen=True)
class Newsletter:
    """The newsletter that issues belong to, as its readers are told of it."""

    title: str = "Digest"
    site: str = ""
    """Its address on the web; may be empty."""
    language: str = "en"
    """ISO 639-1."""
    time_zone: str = "UTC"
    """IANA name; dates that readers are told are of there."""


@dataclass(frozen=True)
class Issue:
    """One edition of the newsletter."""

    name: str
    """Its date, 20261122."""
    title: str
    """The newsletter's title."""
    site: str
    language: str
    entries: tuple[IssueEntry, ...]
    opening: Opening = Opening()
    """Empty where it has none."""
    withdrawn: tuple[str, ...] = ()
    """Of each story that was taken out after readers had it, what they are told: 'Withdrawn on 3 December
    2026'; not which it was, which its page says."""
