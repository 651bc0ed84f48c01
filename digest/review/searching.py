"""The archive searched from the desk: by words and meaning, or likeness to an article; each hit says why."""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal, cast, get_args

from digest.errors import ConfigError, DigestError
from digest.issues.issue_names import check_known
from digest.issues.pages.inert import may_lead_to
from digest.issues.published import keep_older
from digest.language.secrecy import secretless_url
from digest.ports import Embedder
from digest.records import Hit, SearchFilter, SearchMode, SearchQuestion, SearchUnit, TokenVectors, Vectors
from digest.records.drafts import Status
from digest.review.workspace import Workspace
from digest.search import Searcher
from digest.search.passages import cut_at_marks
from digest.store import Store
from digest.stories.neighbours import Archive
from digest.workspace.config_values import since_datetime

MODES: tuple[SearchMode, ...] = get_args(SearchMode)
UNITS: tuple[SearchUnit, ...] = get_args(SearchUnit)
STATUSES: tuple[Status, ...] = get_args(Status)

USUAL_HITS, MOST_HITS = 10, 100
"""Hits shown where nothing else is asked for, as on the command line; and at most: what fits a page."""

MOST_QUERY = 2_000
"""Characters of a query or filter; an address of a page can be as long, a pasted article is refused."""

Piece = tuple[str, bool]
"""Text, and whether it is a word that was looked for."""


class SharedEmbedder:
    """One model for all requests: loaded when it is first asked for, and asked by one of them at a time."""

    def __init__(self, embedder: Embedder) -> None:
        """Take a model that loads at its first use."""
        self._embedder = embedder
        self._lock = threading.Lock()

    @property
    def model_id(self) -> str:
        """Name and version of the model."""
        return self._embedder.model_id

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Embed each text whole; shape (n, d)."""
        with self._lock:
            return self._embedder.encode(texts)

    def encode_tokens(self, texts: Sequence[str]) -> list[TokenVectors]:
        """Give the token vectors of each text."""
        with self._lock:
            return self._embedder.encode_tokens(texts)


@dataclass(frozen=True)
class Asked:
    """What the form holds, as typed."""

    query: str = ""
    like: str = ""
    """An id, the beginning of one, or an address of the archive."""
    mode: str = "hybrid"
    unit: str = "articles"
    theme: str = ""
    keyword: str = ""
    feed: str = ""
    since: str = ""
    until: str = ""
    issue: str = ""
    status: str = ""
    count: str = str(USUAL_HITS)

    @property
    def is_filtered(self) -> bool:
        """Whether anything but the query is set."""
        return self != Asked(query=self.query, like=self.like)


@dataclass(frozen=True)
class Shown:
    """A hit as the page shows it."""

    id: str
    title: tuple[Piece, ...]
    url: str
    """Empty where it is no address to be opened."""
    about: str
    """Site, day, and how many others of its story were found."""
    cells: tuple[tuple[Piece, ...], ...]
    """Of a row of signals; empty for others."""
    passage: tuple[Piece, ...]
    reason: str
    has_draft: bool


def asked_of(query: Mapping[str, str]) -> Asked:
    """Read the form.

    Raises:
        DigestError: Something in it is longer than anything one looks for.
    """
    names = {"q": "query", "in": "unit", "k": "count"}
    typed = {
        names.get(name, name): " ".join(query.get(name, "").split())
        for name in (
            "q",
            "like",
            "mode",
            "in",
            "theme",
            "keyword",
            "feed",
            "since",
            "until",
            "issue",
            "status",
            "k",
        )
    }
    if name := next((name for name, value in typed.items() if len(value) > MOST_QUERY), ""):
        raise DigestError(f"{name}: expected at most {MOST_QUERY:,} characters")
    return Asked(**{name: value for name, value in typed.items() if value})


def find(store: Store, workspace: Workspace, asked: Asked) -> list[Shown]:
    """Answer what was asked.

    Raises:
        DigestError: A filter is none, or nothing is looked for.
    """
    if asked.like:
        return _alike(store, workspace, asked)
    question = question_of(asked, dict(store.drafts.issues()), now=workspace.now())
    keep_older(store, workspace.output)
    embedder = workspace.embedder
    searcher = Searcher(store, model_id=embedder.model_id, make_embedder=lambda: embedder)
    hits = searcher.search(question, limit=_count(asked.count))
    drafts = _with_draft(store, [hit.id for hit in hits])
    return [_shown(hit, question.mode, has_draft=hit.id in drafts) for hit in hits]


def question_of(asked: Asked, issues: Mapping[str, datetime | None], *, now: datetime) -> SearchQuestion:
    """Turn the form into the question that the command line would ask.

    Args:
        asked: The form.
        issues: Those there are.
        now: What spans such as `30d` count from.

    Raises:
        DigestError: A filter is none.
    """
    _expect("search by", asked.mode, MODES)
    _expect("find", asked.unit, UNITS)
    if asked.status:
        _expect("status", asked.status, STATUSES)
    if asked.issue:
        check_known(asked.issue, dict(issues))
    return SearchQuestion(
        asked.query,
        cast("SearchMode", asked.mode),
        cast("SearchUnit", asked.unit),
        SearchFilter(
            asked.theme,
            asked.keyword,
            asked.feed,
            _day("since", asked.since, now),
            _day("until", asked.until, now),
            asked.issue,
            cast("Status | Literal['']", asked.status),
        ),
    )


def _alike(store: Store, workspace: Workspace, asked: Asked) -> list[Shown]:
    archive = Archive(store, model_id=workspace.embedder.model_id)
    known = archive.resolve(asked.like)
    if len(known) != 1:
        what = f"stands for {len(known)} entries; give more of the id" if known else "not in the archive"
        raise DigestError(f"{asked.like[:200]}: {what}")
    found = archive.closest_to(known[0], min_similarity=workspace.min_similarity(), limit=_count(asked.count))
    ids = [each.id for each in found]
    articles, drafts = store.articles.get(ids), _with_draft(store, ids)
    return [
        Shown(
            each.id,
            ((each.title, False),),
            _address(secretless_url(articles[each.id].url)),
            f"similarity {each.similarity:.2f}",
            (),
            (),
            f"{each.relation}; {each.reason}",
            each.id in drafts,
        )
        for each in found
    ]


def _shown(hit: Hit, mode: SearchMode, *, has_draft: bool) -> Shown:
    cells = tuple(cut_at_marks(cell) for cell in hit.cells)
    passage = cut_at_marks(hit.passage)
    title = cut_at_marks(hit.title)
    about = [hit.site, str(hit.published or ""), f"and {hit.others} more of this story" if hit.others else ""]
    return Shown(
        hit.id,
        title,
        _address(hit.url),
        " · ".join(part for part in about if part),
        cells,
        () if cells else passage,
        _reason([*passage, *(piece for cell in cells for piece in cell)], mode),
        has_draft,
    )


def _reason(pieces: Sequence[Piece], mode: SearchMode) -> str:
    """Say why something was found: the words it holds, or its meaning."""
    words = list(dict.fromkeys(text.casefold() for text, is_marked in pieces if is_marked))
    if words and mode != "meaning":
        return f"holds: {', '.join(words)}"
    return "near in meaning" + (f"; holds: {', '.join(words)}" if words else "")


def _with_draft(store: Store, ids: Sequence[str]) -> set[str]:
    return {row.id for row in store.drafts.drafts(ids=ids)}


def _address(url: str) -> str:
    return url if may_lead_to(url) else ""


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= MOST_HITS):
        raise DigestError(f"at most: expected a number from 1 to {MOST_HITS}, got {text[:40]!r}")
    return int(text)


def _expect(what: str, got: str, known: Sequence[str]) -> None:
    if got not in known:
        raise DigestError(f"{what}: expected one of {', '.join(known)}, got {got[:40]!r}")


def _day(what: str, text: str, now: datetime) -> date | None:
    if not text:
        return None
    try:
        moment = since_datetime(text, now=now)
    except ConfigError as error:
        raise DigestError(
            f"{what}: expected a date such as 2026-11-22 or a span such as 30d, got {text[:40]!r}"
        ) from error
    return moment.date() if moment else None


def choices() -> dict[str, Any]:
    """Give what the form's lists offer."""
    return {"modes": MODES, "units": UNITS, "statuses": STATUSES, "most": MOST_HITS}


def title_of(store: Store, name: str) -> str:
    """Give the title of the article that an id or address stands for; empty for none, or several."""
    known = store.links.resolve(name)
    return store.articles.get(known)[known[0]].title if len(known) == 1 else ""
