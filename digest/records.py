"""Every record that passes between stages, in the words of the design. Holds no behaviour but small views.

One type per step of knowledge: Feed -> FeedEntry -> Link -> Page -> Article -> Story -> Analysis -> Entry
-> Issue. Records are frozen; a stage makes new ones. Datetimes are aware and UTC. Arrays stay outside
records, except in TokenVectors, which is nothing else.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
"""Shape (n, d), rows L2-normalised unless said otherwise."""

FeedKind = Literal["articles", "roundup"]
Basis = Literal["observed", "inferred", "suggested", "editor"]
Status = Literal["pending", "approved", "rejected", "deferred"]
Steep = Literal["society", "technology", "economy", "environment", "politics", "values"]
SignalKind = Literal["weak signal", "trend", "event", "wild card"]
ClaimStrength = Literal["done", "committed", "proposed", "opinion"]
EntryShape = Literal["v1", "v2"]
Standing = Literal["strong signal", "weak signal", "well-known", "latent"]
Relation = Literal["same story", "follow-up", "related"]


@dataclass(frozen=True)
class Feed:
    """One line of feeds.yaml."""

    url: str
    kind: FeedKind = "articles"
    title: str | None = None
    """The editor's name for it; without one, the feed's own title is used."""
    tags: tuple[str, ...] = ()
    limit: int | None = None
    """At most this many feed entries a run; None for the default."""


@dataclass(frozen=True)
class FeedEntry:
    """What feedparser calls an entry, or an item of a JSON Feed."""

    url: str
    """Its address, absolute, according to the feed; empty where the feed names none."""
    title: str
    published: datetime | None
    """According to the feed; None where it says nothing readable."""
    body_html: str
    """The fullest text the feed carries, HTML; empty where there is none."""
    author: str = ""


@dataclass(frozen=True)
class ParsedFeed:
    """A feed's own words, as far as it could be parsed."""

    title: str
    site: str
    """Address of the site, according to the feed; may be empty."""
    entries: tuple[FeedEntry, ...]
    problem: str = ""
    """What was wrong with it though entries were found: 'not well-formed: ...'; empty if nothing."""


@dataclass(frozen=True)
class Origin:
    """Where an entry came from: the roundup's issue, or the feed's title and site."""

    title: str
    url: str


@dataclass(frozen=True)
class Link:
    """An address found in a feed entry."""

    url: str
    """Exactly as the feed or newsletter gave it (made absolute), trackers included."""
    title: str
    """Its anchor text in a roundup, else the feed entry's title."""
    origin: Origin
    feed_url: str
    place: int
    """Order within the feed, 0 first."""
    published: datetime | None = None
    """When the feed says the article (or the roundup's issue) appeared."""
    body_html: str = ""
    """The article's text where the feed carried it (kind articles only)."""


@dataclass(frozen=True)
class Page:
    """One HTTP answer, kept whole."""

    url: str
    """The address asked for."""
    final_url: str
    """The address that answered, after redirects."""
    status: int
    headers: tuple[tuple[str, str], ...]
    """Names lower-cased, in the order received."""
    body: bytes
    """Decoded from gzip and the like, not from its charset."""
    fetched_at: datetime
    redirects: tuple[tuple[int, str], ...] = ()
    """(status, address it led to) of each redirect followed, in order."""

    def header(self, name: str) -> str:
        """Return the first header of that name (lower case), or an empty string."""
        return next((value for key, value in self.headers if key == name), "")

    @property
    def sha256(self) -> str:
        """Hash of the body, which names the kept file."""
        return hashlib.sha256(self.body).hexdigest()


@dataclass(frozen=True)
class Sentence:
    """Character offsets of a sentence in an article's text; end is exclusive."""

    start: int
    end: int


@dataclass(frozen=True)
class Article:
    """A page's main text and what the page says of it."""

    id: str
    """Id of the entry it would make (addresses.entry_id of `url`)."""
    url: str
    """As the feed or newsletter gave it."""
    canonical_url: str
    """What the page itself says its address is; else the address that answered."""
    title: str
    author: str
    published: date | None
    language: str
    """ISO 639-1, guessed from the text."""
    text: str
    """Paragraphs separated by blank lines or line breaks; no markup."""
    sentences: tuple[Sentence, ...]
    site: str = ""
    """The publisher's name according to the page, else the host."""
    is_from_feed: bool = False
    """The text is the one the feed carried, because the page was walled or forbidden."""

    @property
    def text_hash(self) -> str:
        """SHA-256 of title and text: what costly results are keyed by."""
        return hashlib.sha256(f"{self.title}\0{self.text}".encode()).hexdigest()

    def sentence_text(self, index: int) -> str:
        """Return the words of sentence `index`."""
        sentence = self.sentences[index]
        return self.text[sentence.start : sentence.end]


class VectorRows(NamedTuple):
    """Vectors of articles of the archive, all as of one moment."""

    places: NDArray[np.int64]
    """Shape (n,), ascending."""
    vectors: Vectors
    """Shape (n, d); (0, 0) if there are none."""
    without: NDArray[np.int64]
    """Places of the articles asked for that have none, ascending."""
    newest: int
    """The highest version of any article's words."""
    counted: int
    """How many articles have their words counted."""


@dataclass(frozen=True)
class TokenVectors:
    """Contextual vectors of every token of one text, from one pass of the model."""

    starts: NDArray[np.int32]
    """Shape (t,): character offset where each token starts; ascending."""
    ends: NDArray[np.int32]
    """Shape (t,): exclusive ends."""
    vectors: NDArray[np.float32]
    """Shape (t, d), not normalised; tokens of overlapping windows averaged."""
    model_id: str = ""
    """The embedder's, empty where not known. What was learned from one model's vectors means nothing for
    another's."""

    def pool(self, spans: Sequence[tuple[int, int]]) -> Vectors:
        """Mean-pool the tokens inside each character span and L2-normalise.

        Args:
            spans: (start, end) offsets, end exclusive.

        Returns:
            Shape (len(spans), d), float32; a row of zeros for a span that holds no token.
        """
        width = self.vectors.shape[1] if self.vectors.ndim == 2 else 0
        sums = np.zeros((len(self.starts) + 1, width), dtype=np.float64)
        np.cumsum(self.vectors, axis=0, dtype=np.float64, out=sums[1:])
        out = np.zeros((len(spans), width), dtype=np.float32)
        for row, (start, end) in enumerate(spans):
            first = int(np.searchsorted(self.ends, start, side="right"))
            last = int(np.searchsorted(self.starts, end, side="left"))
            if last > first:
                mean = (sums[last] - sums[first]) / (last - first)
                norm = float(np.linalg.norm(mean))
                out[row] = mean / norm if norm else 0.0
        return out

    def whole(self, text: str) -> NDArray[np.float32]:
        """Pool all tokens of the text they belong to. Shape (d,), L2-normalised."""
        row: NDArray[np.float32] = self.pool([(0, len(text))])[0]
        return row


@dataclass(frozen=True)
class Story:
    """Articles about the same event."""

    id: str
    """Id of the article that came first; it stays when others join."""
    article_ids: tuple[str, ...]
    """The lead first (its entry stands for the story), then the others in order of arrival."""


@dataclass(frozen=True)
class Evidence:
    """Words of the article that a statement rests on."""

    start: int
    end: int
    quote: str
    """Exactly text[start:end] of the article."""
    field: str = ""
    """For signals: which cell it supports (signal, change, horizon_10y, driving_force)."""


@dataclass(frozen=True)
class Problem:
    """What a check found: the claim says one thing, the article another or nothing."""

    kind: str
    """number, comparison, date, name, role, quote, negation, opposite, unsupported, unrelated."""
    claim: str
    document: str
    """What the article has instead, as written; empty where it has nothing of the kind."""
    start: int | None = None
    """Offset of `document` in the article's text; None where that is empty."""
    end: int | None = None
    """Exclusive end."""


@dataclass(frozen=True)
class Check:
    """What became of checking a claim against a text."""

    score: float
    """Probability that the text supports the claim, 0..1."""
    supported: bool
    """The verdict: the score reaches the one threshold."""
    problems: tuple[Problem, ...]
    """Why not, in the order of the claim; empty for a claim that is supported."""


@dataclass(frozen=True)
class SummarySentence:
    text: str
    evidence: tuple[Evidence, ...]
    basis: Basis = "observed"
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class Keyword:
    keyword: str
    """As written in the text."""
    score: float
    """For ranking; higher is better."""


@dataclass(frozen=True)
class Theme:
    theme: str
    """A label of prompts/themes.yaml."""
    score: float
    """Cosine of article and theme, -1..1."""


@dataclass(frozen=True)
class SignalBasis:
    """Who says each cell."""

    signal: Basis = "observed"
    change: Basis = "suggested"
    horizon_10y: Basis = "suggested"
    driving_force: Basis = "suggested"


@dataclass(frozen=True)
class Signal:
    """One row of the signals table, with what is known about it."""

    signal: str
    change: str
    horizon_10y: str
    driving_force: str
    basis: SignalBasis
    evidence: tuple[Evidence, ...]
    kind: SignalKind = "event"
    steep: Steep = "society"
    claim_strength: ClaimStrength = "done"
    problems: tuple[Problem, ...] = ()
    novelty: float | None = None
    """Against the archive, 0..1; 1: nothing like it before. None until a draft is made of it: an analysis
    alone knows no archive."""
    sources: int = 1
    """Independent publishers of the story whose articles say it; at least 1, the article itself."""


@dataclass(frozen=True)
class Analysis:
    """Title, summary, keywords, themes and signals of one article."""

    id: str
    title: str
    summary: tuple[SummarySentence, ...]
    keywords: tuple[Keyword, ...]
    themes: tuple[Theme, ...]
    signals: tuple[Signal, ...]
    analyzer: str
    """Name and version of what made it; part of the cache key."""
    notes: tuple[str, ...] = ()
    """What the editor should know: 'fewer than 3 sentences report a change'."""


@dataclass(frozen=True)
class ThemeLabel:
    """A line of prompts/themes.yaml."""

    theme: str
    steep: Steep
    description: str
    examples: tuple[str, ...] = ()


@dataclass(frozen=True)
class Pattern:
    """A kind of change, from prompts/patterns.yaml, with phrasings that may be suggested for a row."""

    pattern: str
    steep: Steep
    description: str
    cues: tuple[str, ...]
    unless: tuple[str, ...]
    change: tuple[str, ...]
    horizon_10y: tuple[str, ...]
    driving_force: tuple[str, ...]


@dataclass(frozen=True)
class ClosestEntry:
    """A near article of the archive, with why it is near."""

    id: str
    title: str
    similarity: float
    """0..1, higher is nearer: meaning, words and names together, see likeness.measure."""
    relation: Relation
    reason: str
    """Shared keywords, names or theme, in words."""


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


@dataclass(frozen=True)
class PublishedEntry:
    """An entry of a published issue, made here or imported."""

    id: str
    issue: str
    entry: Entry
    is_imported: bool = False


@dataclass(frozen=True)
class Draft:
    """An entry waiting for an editor, with everything the draft file shows."""

    id: str
    issue: str
    status: Status
    entry: Entry
    analysis: Analysis
    closest: tuple[ClosestEntry, ...] = ()
    """With similarity and reason; the same entries as in `entry.closest`."""
    notes: tuple[str, ...] = ()
    """What the editor should know, in sentences."""


@dataclass(frozen=True)
class IssueEntry:
    """An approved entry as the issue shows it."""

    id: str
    entry: Entry
    theme: str
    """The theme it is grouped under."""


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


@dataclass(frozen=True)
class Period:
    """A stretch of time that trends count in; there is at least one entry in it."""

    name: str
    """An issue (20261122), a month (2026-11), a quarter (2026-Q4) or a year."""
    issues: int
    entries: int
    articles: int
    """With the sources of stories of several articles."""


@dataclass(frozen=True)
class Emergence:
    """Where a name stands on one of the two maps of Yoon (2012)."""

    frequency: float
    """Mean a period: of mentions (visibility) or of entries (diffusion)."""
    growth: float
    """Geometric mean growth rate a period of its time-weighted share; 0.1 is ten percent."""
    standing: Standing


@dataclass(frozen=True)
class TrendLine:
    """A theme or keyword over time. Tuples have one number a period."""

    name: str
    """As most entries write it."""
    kind: Literal["theme", "keyword"]
    entries: tuple[int, ...]
    articles: tuple[int, ...]
    mentions: tuple[int, ...]
    """Times it is said in the entries; for a theme, the articles under it."""
    issues: int
    first_issue: str
    last_issue: str
    publishers: int
    """Independent ones, told apart by their host."""
    spread: float
    """Chance that two of its articles, drawn with replacement, are of different publishers; 0 for one."""
    growth: float | None = None
    """Geometric mean growth rate of its entries a period; None where there are too few periods."""
    relative_growth: float | None = None
    """The same against the archive's: 0 for what grows as the archive does."""
    visibility: Emergence | None = None
    diffusion: Emergence | None = None


@dataclass(frozen=True)
class FirstSeen:
    """A theme or keyword and the issue it was first seen in."""

    name: str
    kind: Literal["theme", "keyword"]
    issue: str
    entries: int
    """Entries that have it since then."""


@dataclass(frozen=True)
class Trends:
    """Themes and keywords of all published entries over time."""

    periods: tuple[Period, ...]
    growth: float | None
    """Geometric mean growth rate of the archive's entries a period; None where there are too few periods."""
    lines: tuple[TrendLine, ...]
    first_seen: tuple[FirstSeen, ...]
    """Newest issue first, those with most entries first; without the first issue, where everything is new."""
    note: str = ""
    """What is missing, in words: 'growth needs ...'."""


@dataclass(frozen=True)
class SeenSignal:
    """A signal as a published entry has it."""

    signal: str
    entry_id: str
    issue: str
    title: str
    """The entry's."""


@dataclass(frozen=True)
class SignalLine:
    """A signal that came up in several issues, oldest first."""

    signals: tuple[SeenSignal, ...]
    similarity: float
    """Least cosine that tied one of them to an earlier one."""


@dataclass(frozen=True)
class Dropped:
    """A loss: what was left behind, at which stage, and why."""

    url: str
    stage: str
    reason: str
    is_retryable: bool = False


@dataclass(frozen=True)
class FeedHealth:
    """How a feed did in a run."""

    url: str
    title: str
    status: Literal["ok", "unchanged", "broken"]
    new_links: int = 0
    problem: str = ""
    """Why it is broken, or what was wrong though it could be read."""
    broken_since: datetime | None = None
    moved_to: str = ""
    """Where a permanent redirect leads; empty otherwise."""


@dataclass(frozen=True)
class StageTime:
    """A line of the report: what went into a stage and what came out."""

    stage: str
    taken: int
    kept: int
    dropped: int
    seconds: float


@dataclass(frozen=True)
class RunReport:
    """What a run did."""

    issue: str
    started: datetime
    feeds: tuple[FeedHealth, ...]
    stages: tuple[StageTime, ...]
    dropped: tuple[Dropped, ...]
    stories: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """(title of the lead, the other articles' titles and sites) of each story of several articles."""
    drafts: tuple[tuple[str, str], ...] = ()
    """(id, title) of every draft made or renewed."""
    notes: tuple[str, ...] = field(default=())


@dataclass(frozen=True)
class FeedState:
    """What the last readings of a feed left behind."""

    etag: str = ""
    last_modified: str = ""
    read_at: datetime | None = None
    broken_since: datetime | None = None

    @property
    def is_first_run(self) -> bool:
        """Whether the feed was never read before."""
        return self.read_at is None


@dataclass(frozen=True)
class StoredLink:
    """A link with its place in the archive."""

    link: Link
    id: str
    """Id of the entry it makes."""
    place: int
    """Order of being seen over the whole archive."""
    tries: int
    """Runs that tried it in vain."""


@dataclass(frozen=True)
class ArticleKey:
    """What deduplication and grouping need of an article, without its text."""

    id: str
    place: int
    canonical_key: str
    text_hash: str
    title: str
    site: str
    published: date | None
    language: str
    copy_of: str
    """Id of the article it repeats; empty for an original."""
    is_imported: bool


@dataclass(frozen=True)
class DraftRow:
    """Where a draft stands."""

    id: str
    issue: str
    status: Status
    title: str


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
    """The title its draft or entry has; empty where there is none."""
    site: str
    published: date | None
    text: str
    sentences: tuple[Sentence, ...]
    copy_of: str
    story_id: str
    """Its own id where it belongs to no story."""


@dataclass(frozen=True)
class FoundSignal:
    """A signal row with the article it stands in."""

    place: int
    article_id: str
    title: str
    url: str
    published: date | None
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
