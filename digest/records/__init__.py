"""Every record that passes between stages, in the words of the design. Holds no behaviour but small views.

One type per step of knowledge: Feed -> FeedEntry -> Link -> Page -> Article -> Story -> Analysis -> Entry
-> Issue. Records are frozen; a stage makes new ones. Datetimes are aware and UTC. Arrays stay outside
records, except in TokenVectors, which is nothing else.
"""

from digest.records.analysis import (
    Analysis,
    Basis,
    Check,
    ClaimStrength,
    Evidence,
    Keyword,
    Problem,
    Signal,
    SignalBasis,
    SignalKind,
    SummarySentence,
    Theme,
)
from digest.records.articles import Article, ArticleKey, Sentence, Story
from digest.records.drafts import ClosestEntry, Draft, DraftRow, Relation, Status
from digest.records.entries import (
    Entry,
    EntryShape,
    EntryTable,
    Issue,
    IssueEntry,
    PublishedEntry,
    Reference,
    SignalRow,
)
from digest.records.feeds import (
    Feed,
    FeedEntry,
    FeedHealth,
    FeedKind,
    FeedState,
    Link,
    Origin,
    ParsedFeed,
    StoredLink,
)
from digest.records.pages import Page
from digest.records.prompts import Pattern, Steep, ThemeLabel
from digest.records.runs import Dropped, RunReport, StageTime
from digest.records.search import (
    FoundArticle,
    FoundSignal,
    Hit,
    SavedSearch,
    SearchFilter,
    SearchMode,
    SearchQuestion,
    SearchUnit,
)
from digest.records.trends import (
    Emergence,
    FirstSeen,
    Period,
    SeenSignal,
    SignalLine,
    Standing,
    TrendLine,
    Trends,
)
from digest.records.vectors import TokenVectors, Vectors

__all__ = [
    "Analysis",
    "Article",
    "ArticleKey",
    "Basis",
    "Check",
    "ClaimStrength",
    "ClosestEntry",
    "Draft",
    "DraftRow",
    "Dropped",
    "Emergence",
    "Entry",
    "EntryShape",
    "EntryTable",
    "Evidence",
    "Feed",
    "FeedEntry",
    "FeedHealth",
    "FeedKind",
    "FeedState",
    "FirstSeen",
    "FoundArticle",
    "FoundSignal",
    "Hit",
    "Issue",
    "IssueEntry",
    "Keyword",
    "Link",
    "Origin",
    "Page",
    "ParsedFeed",
    "Pattern",
    "Period",
    "Problem",
    "PublishedEntry",
    "Reference",
    "Relation",
    "RunReport",
    "SavedSearch",
    "SearchFilter",
    "SearchMode",
    "SearchQuestion",
    "SearchUnit",
    "SeenSignal",
    "Sentence",
    "Signal",
    "SignalBasis",
    "SignalKind",
    "SignalLine",
    "SignalRow",
    "StageTime",
    "Standing",
    "Status",
    "Steep",
    "StoredLink",
    "Story",
    "SummarySentence",
    "Theme",
    "ThemeLabel",
    "TokenVectors",
    "TrendLine",
    "Trends",
    "Vectors",
]
