"""Making drafts: one of every new story, and the pending ones of the issue renewed."""

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from pathlib import Path

from digest import __version__
from digest.checks.checker import checker
from digest.issues.draft_files import DraftFiles, find_drafts, new_path
from digest.issues.draft_texts import still_says
from digest.issues.drafts import evidence_of, merge_draft
from digest.issues.history.keeping import keep_version, note_files, one_step
from digest.issues.known_drafts import KnownDrafts
from digest.issues.pages import admit, public_entry
from digest.issues.pages.admit import admit_address
from digest.issues.pages.inert import may_lead_to
from digest.issues.repeated import Repeated
from digest.issues.suggestions import row_of, suggested
from digest.issues.worth import worth_of
from digest.language.addresses import host
from digest.language.secrecy import public_url, shown_addresses
from digest.records import (
    ATTACHED,
    Analysis,
    Article,
    ArticleKey,
    ClosestEntry,
    Draft,
    DraftRow,
    Entry,
    Reference,
    StoredLink,
)
from digest.store import Store
from digest.stories.neighbours import Archive
from digest.stories.novelty import with_standing
from digest.workspace.config import Suggestions
from digest.workspace.files import write_text

FORM = 6
"""Counted up when drafts are set out anew, so that pending ones are renewed: 2 shows source sentences,
3 escapes what any Markdown reader would take, and leaves secrets out, 4 escapes it in the front matter, 5
offers ideas, 6 records the rows of signals."""

FEW_CLOSEST = 3
"""With fewer the draft says why."""

MOST_CLOSEST = 10
"""By the shape of an entry page."""

MUCH_FULLER = 1.5
"""A text so much longer leads its story: it has room for what the other leaves out."""


@dataclass(frozen=True)
class _Known:
    """What making drafts needs of the archive, read once."""

    keys: dict[str, ArticleKey]
    story_of: dict[str, str]
    rows: dict[str, DraftRow]
    published: set[str]

    def members(self, story_id: str) -> list[str]:
        """Articles of a story and their copies, in order of being seen."""
        return [
            each.id for each in self.keys.values() if self.story_of.get(each.copy_of or each.id) == story_id
        ]


def write_drafts(
    store: Store,
    output: Path,
    issue: str,
    *,
    model_id: str,
    min_similarity: float,
    now: datetime,
    skips_without_change: bool = False,
    suggestions: Suggestions = "offer",
    known: KnownDrafts | None = None,
    files: DraftFiles | None = None,
) -> list[DraftRow]:
    """Make a draft of every story that has none, and renew the pending ones of this issue.

    A draft file that was broken by hand is left as it is.

    Args:
        store: The archive.
        output: The workspace's output folder.
        issue: Its name.
        model_id: Whose vectors say what is close.
        min_similarity: Closest names only entries at least this near, cosine.
        now: Aware, UTC.
        known: Its issues and drafts, where they were asked for already.
        files: The issue's draft files as they stand, where they were read already.
        skips_without_change: Whether a story whose leading article reports no change gets none.
        suggestions: Whether ideas are offered, stand in the table where they surely fit, or are left out.

    Returns:
        The drafts whose file was written, in order of their articles being seen.
    """
    known = known or KnownDrafts(store)
    keys = {key.id: key for key in store.articles.listing()}
    archive = _Known(keys, store.drafts.story_ids(), dict(known.rows), known.published)
    due = _due(archive, issue, store.articles.get)
    if skips_without_change:
        due = _with_change(store, due, archive.rows)
    analyses = store.articles.analyses_for({*due, *_showable(archive, issue)})
    due = [each for each in due if each in analyses]
    if not due:
        return []
    known.open_issue(issue)
    repeated = Repeated(analyses, {each.id: each.title for each in keys.values()})
    settings = _settings(model_id, min_similarity, suggestions)
    made_from = _fingerprint(archive, analyses, due, issue, settings, repeated)
    maker = _DraftMaker(store, archive, analyses, due, issue, model_id, min_similarity, suggestions, repeated)
    files = files or find_drafts(store, output, issue, known=known)
    note_files(store, output, files.found, now=now)
    written = []
    for draft_id, path, old in _stale(files, due, store.drafts.fingerprints(), made_from):
        draft, article = maker.make(draft_id), maker.articles[draft_id]
        path = path or new_path(files.folder, draft_id, draft.entry.title, draft.entry.url)
        text = merge_draft(old, draft, path=str(path), check=checker(article), article=article)
        row = DraftRow(draft_id, issue, "pending", draft.entry.title, *worth_of(draft.analysis))
        if old is not None and not still_says(path, old):
            # Somebody is at it just now: the next run renews what they leave.
            continue
        if text != old:
            _write(store, output, row, path, text, draft.analysis.analyzer, now=now)
            written.append(row)
        _keep(store, known, row, text, made_from, now=now)
    known.put_in_order(keys)
    return written


def _stale(
    files: DraftFiles, due: Sequence[str], fingerprints: Mapping[str, tuple[str, str]], made_from: str
) -> Iterator[tuple[str, Path | None, str | None]]:
    """Give the drafts that must be made anew, each with its file and text as they stand."""
    for draft_id in due:
        if draft_id in files.broken:
            continue  # it is left as it is; whoever shows `files` names it
        path, old = _file_of(files, draft_id)
        if old is None or fingerprints.get(draft_id) != (made_from, _hash(old)):
            yield draft_id, path, old


def _write(
    store: Store, output: Path, row: DraftRow, path: Path, text: str, analyzer: str, *, now: datetime
) -> None:
    """Write a draft's file, as a step of a run."""
    with one_step(store, output, "run", now=now, who=analyzer, issue=row.issue, is_decision=False):
        keep_version(store, output, row, path, text)
        write_text(path, text, within=output)


def _keep(
    store: Store, known: KnownDrafts, row: DraftRow, text: str, made_from: str, *, now: datetime
) -> None:
    """Keep of a draft that was made what tells the next run whether it must be made anew."""
    if known.rows.get(row.id) != row:
        known.save(row, now=now)
    store.drafts.save_evidence(row.id, evidence_of(text))
    store.drafts.save_fingerprint(row.id, made_from=made_from, file_hash=_hash(text))


def _with_change(store: Store, due: Sequence[str], drafted: Collection[str]) -> list[str]:
    """Leave out new stories whose leading article reports no change."""
    without = store.articles.without_change([each for each in due if each not in drafted])
    return [each for each in due if each not in without]


def _settings(model_id: str, min_similarity: float, suggestions: Suggestions) -> str:
    """What of the settings and of this program makes drafts what they are."""
    return f"{__version__} {FORM} {model_id} {min_similarity} {suggestions}"


def _file_of(files: DraftFiles, draft_id: str) -> tuple[Path | None, str | None]:
    """Give the file of a draft and its text, or None twice where it has none."""
    if found := files.found.get(draft_id):
        return found.path, found.text
    return files.text_of_unknown(draft_id) or (None, None)


def _fingerprint(
    archive: _Known,
    analyses: Mapping[str, Analysis],
    due: Sequence[str],
    issue: str,
    settings: str,
    repeated: Repeated,
) -> str:
    """Give a hash of all that drafts are made from: while it stays the same, so do they.

    One for all drafts of an issue: each may name any article of the archive, so what changes one may change
    all.
    """
    rows = {row.id: (row.issue, row.status) for row in archive.rows.values()}
    # As it will stand once the drafts are written.
    rows |= dict.fromkeys(due, (issue, "pending"))
    parts: Iterable[Iterable[object]] = (
        (settings, issue),
        archive.keys.values(),
        sorted(archive.story_of.items()),
        sorted(rows.items()),
        sorted(archive.published),
        sorted((article_id, analysis.analyzer) for article_id, analysis in analyses.items()),
        sorted(repeated.cells),
        # A model asked anew may say another thing under the same name.
        (analyses[each] for each in sorted(due) if each in analyses),
    )
    found = hashlib.sha256()
    for part in parts:
        for each in part:
            found.update(f"{each}\n".encode())
    return found.hexdigest()


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _due(archive: _Known, issue: str, texts: Callable[[Sequence[str]], dict[str, Article]]) -> list[str]:
    """Ids to draft: the lead of each story without a draft, and pending drafts of this issue.

    Imported articles are there to be found; no draft is made of them.
    """
    drafted = {archive.story_of.get(row.id, row.id) for row in archive.rows.values()}
    members: dict[str, list[str]] = {}
    for key in archive.keys.values():
        story_id = archive.story_of.get(key.id, "")
        if story_id and story_id not in drafted and not key.is_imported:
            members.setdefault(story_id, []).append(key.id)
    leads = {_lead(found, texts) for found in members.values()}
    pending = {row.id for row in archive.rows.values() if row.issue == issue and row.status == "pending"}
    return [article_id for article_id in archive.keys if article_id in leads | pending]


def _lead(members: Sequence[str], texts: Callable[[Sequence[str]], dict[str, Article]]) -> str:
    """Choose the article whose entry stands for a story: a page's text before a feed's, then the fuller one.

    The one seen first leads unless another's text is MUCH_FULLER.
    """
    if len(members) == 1:
        return members[0]
    found = texts(members)
    lead = members[0]
    for each in members[1:]:
        old, new = found[lead], found[each]
        is_better = old.is_from_feed and not new.is_from_feed
        is_fuller = len(new.text) > MUCH_FULLER * len(old.text)
        if is_better or (is_fuller and new.is_from_feed == old.is_from_feed):
            lead = each
    return lead


def _showable(archive: _Known, issue: str) -> list[str]:
    """Drafts that Closest may name: published, or in the same issue and not turned down."""
    return [
        row.id
        for row in archive.rows.values()
        if (row.issue in archive.published and row.status == "approved")
        or (row.issue == issue and row.status in ("pending", "approved"))
    ]


class _DraftMaker:
    """Makes drafts of one issue."""

    def __init__(
        self,
        store: Store,
        archive: _Known,
        analyses: dict[str, Analysis],
        due: Sequence[str],
        issue: str,
        model_id: str,
        min_similarity: float,
        suggestions: Suggestions,
        repeated: Repeated,
    ) -> None:
        self._suggestions = suggestions
        self._archive, self._analyses, self._issue = archive, analyses, issue
        self._min_similarity = min_similarity
        members = {each for draft_id in due for each in self._story(draft_id)}
        self._links = store.links.links_of(members)
        self._shown = {*due, *_showable(archive, issue)} & analyses.keys()
        self._store, self._model_id = store, model_id
        self._repeated = repeated
        self.articles = store.articles.get(due)

    @cached_property
    def _compare(self) -> Archive:
        """The archive, opened with the first draft that is made: mostly nothing is new."""
        return Archive(self._store, model_id=self._model_id)

    def make(self, draft_id: str) -> Draft:
        """Make one draft."""
        analysis, article = self._analyses[draft_id], self.articles[draft_id]
        others = [self._archive.keys[each] for each in self._story(draft_id) if each != draft_id]
        analysis = with_standing(analysis, self._archive.keys[draft_id], others, self._compare)
        analysis = suggested(self._repeated.judged(draft_id, analysis), self._suggestions)
        closest = self._closest(draft_id)
        entry = self._entry(article, analysis, closest)
        return Draft(
            id=draft_id,
            issue=self._issue,
            status="pending",
            entry=entry,
            analysis=analysis,
            closest=tuple(closest),
            notes=tuple(self._notes(article, closest)),
        )

    def _closest(self, draft_id: str) -> list[ClosestEntry]:
        return self._compare.closest_to(
            draft_id,
            min_similarity=self._min_similarity,
            limit=MOST_CLOSEST,
            among=self._shown - {draft_id},
        )

    def _entry(self, article: Article, analysis: Analysis, closest: Sequence[ClosestEntry]) -> Entry:
        stored = self._links[article.id]
        url = admit_address(public_url(article.url))
        origin = stored.link.origin
        made = Entry(
            title=admit(analysis.title) or admit(article.title) or url,
            origin=replace(
                origin,
                title=admit(origin.title) or host(origin.url) or host(url),
                url=admit_address(public_url(origin.url)),
            ),
            url=url,
            summary=admit(" ".join(sentence.text for sentence in analysis.summary)),
            keywords=tuple(admit(each.keyword) for each in analysis.keywords),
            themes=tuple(admit(each.theme) for each in analysis.themes),
            signals=tuple(map(row_of, analysis.signals)),
            closest=tuple(Reference(admit(each.title), each.id) for each in closest),
            sources=self._sources(article.id),
        )
        return public_entry(made)

    def _story(self, article_id: str) -> list[str]:
        return self._archive.members(self._archive.story_of.get(article_id, article_id))

    def _sources(self, article_id: str) -> tuple[Reference, ...]:
        """Name every article of a story of several: its entry's own first."""
        members = [article_id, *(each for each in self._story(article_id) if each != article_id)]
        found = [self._source(self._links[each]) for each in members] if len(members) > 1 else []
        # Imported articles have any address at all.
        # A copy that was attached to a mail leads nowhere.
        leads = (each for each in found if not each.target.startswith(ATTACHED))
        return tuple(each for each in leads if may_lead_to(each.target))

    def _source(self, stored: StoredLink) -> Reference:
        key = self._archive.keys[stored.id]
        note = ", copy" if key.copy_of else ""
        url = admit_address(public_url(stored.link.url))
        return Reference(admit(shown_addresses(f"{key.title} ({key.site}{note})")), url)

    def _notes(self, article: Article, closest: Sequence[ClosestEntry]) -> Iterable[str]:
        for each in closest:
            issue = self._archive.rows[each.id].issue if each.id in self._archive.rows else ""
            if issue in self._archive.published and each.relation != "related":
                yield f"Update of issue {issue}: {each.title} ({each.id}) is about the same event or matter."
        if article.url.startswith(ATTACHED):
            yield (
                "The article is a PDF attached to the mail: before it can be published, the link under the "
                "title needs the address where readers find it."
            )
        if article.is_from_feed:
            yield "The text is the one the feed carried; the page itself could not be read."
        if len(closest) < FEW_CLOSEST:
            found = f"only {len(closest)}" if closest else "none"
            yield (
                f"Closest is short: of the {len(self._shown) - 1} other entries that are published or in "
                f"this issue, {found} reached a similarity of {self._min_similarity:.2f} and stood out from "
                "the rest."
            )
