"""Questions to the archive and what they find."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from digest.records.articles import Sentence
from digest.records.drafts import Status

SearchMode = Literal["hybrid", "words", "meaning"]
SearchUnit = Literal["articles", "entries", "signals"]


@dataclass(frozen=True)
class SearchFilter:
    """What results must be; an empty field asks for nothing."""

    theme: str = ""
    keyword: str = ""
    feed: str = ""
    """Words of the feed's address or title."""
    since: date | None = None
    """Not older than this day: published, or taken in where no date is known."""
    until: date | None = None
    issue: str = ""
    status: Status | Literal[""] = ""
    since_span: str = ""
    """In place of `since`: reaches back so far (`30d`) from the day on which it is asked."""
    until_span: str = ""


@dataclass(frozen=True)
class SearchQuestion:
    """A query with all that belongs to it: what is kept under a name."""

    query: str
    mode: SearchMode = "hybrid"
    unit: SearchUnit = "articles"
    filter: SearchFilter = field(default_factory=SearchFilter)


@dataclass(frozen=True)
class SavedSearch:
    """A question kept under a name."""

    name: str
    asked: SearchQuestion
    saved_at: datetime
    seen_version: int
    """What came up to here was shown (article_words.version)."""
    seen_at: datetime


@dataclass(frozen=True)
class FoundArticle:
    """What a result shows of an article."""

    id: str
    url: str
    title: str
    draft_title: str
    """The title its published entry has, or else its draft; empty where there is neither."""
    site: str
    published: date | None
    text: str
    sentences: tuple[Sentence, ...]
    copy_of: str
    story_id: str
    """Its own id where it belongs to no story."""
    entry_url: str = ""
    """The address its published entry links to; empty where none is published."""
    entry_text: str = ""
    """What its published entry says, title first (searchable_text); empty where none is published."""


@dataclass(frozen=True)
class FoundSignal:
    """A signal row with the article it stands in."""

    place: int
    article_id: str
    title: str
    url: str
    published: date | None
    """Title and address are those of its published entry, if there is one."""
    cells: tuple[str, str, str, str]
    """Signal, change, horizon, driving force."""


@dataclass(frozen=True)
class Hit:
    """A result of a search."""

    id: str
    """Of the article or entry; for a signal, of the entry it stands in."""
    title: str
    url: str
    score: float
    """For ranking; higher is better, comparable within one search only."""
    passage: str
    """The sentences that answer best, or the cells of the signal; the words asked for stand between
    START_MARK and END_MARK."""
    published: date | None = None
    site: str = ""
    others: int = 0
    """Further articles of the same story among the results, left out."""
    cells: tuple[str, ...] = ()
    """Signal, change, horizon and driving force, with marks; empty but for signals."""
