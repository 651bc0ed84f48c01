"""The overviews of issues, each kept for as long as nothing that it was made of has changed.

Draft files stay the truth. Reading 500 of them anew takes a tenth of a second, so each page asks what the
file system says of them and of the archive (see `workspace.stamps`) and reads only where that is another.
After a verdict the few drafts that it changed are read, and what is known of the others stays.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from digest.errors import StoreError
from digest.issues.draft_checks import check_drafts, newer, sentence_count
from digest.issues.draft_files import FoundDraft
from digest.issues.draft_texts import may_be_draft, read_draft_text
from digest.issues.output_paths import draft_folder
from digest.issues.publishable import keep_glances, with_status_alone
from digest.records import DraftRow
from digest.review.learning import Learning
from digest.review.lines import Line, Overview, overview
from digest.review.shown import mark_of_file
from digest.store import Store
from digest.workspace.stamps import Stamp, is_same, stamp_of, stamps_in

MOST_VIEWS = 4
"""Issues whose overviews are kept; an editor has one or two open."""

MOST_DECIDED = 20
"""Drafts of a verdict that are read one by one; of more, all of the issue are read anew. Judgement."""

Stamps = dict[str, Stamp | None]


@dataclass
class _Kept:
    view: Overview
    files: Stamps
    """Of the drafts' folder."""
    archive: Stamps
    is_paused: bool
    """Whether another process held the workspace, and nothing could be noted in the history."""
    ordered: Overview | None = None
    """In the order that was learned."""
    learned: object = None
    """What was learned then."""


@dataclass
class Views:
    """The overviews of a workspace; asked by one request at a time."""

    output: Path
    kept: dict[str, _Kept] = field(default_factory=dict)
    """By issue, the one asked for last at the end."""

    def of(self, store: Store, issue: str, *, now: datetime) -> Overview:
        """Give the drafts of an issue as their files stand now.

        Raises:
            DigestError: Half of its files or more are gone.
        """
        archive, files = self._archive(store), self._files(issue)
        kept = self.kept.pop(issue, None)
        if kept and self._holds(kept, archive, files, is_paused=store.history.is_paused):
            self.kept[issue] = kept
            return kept.view
        view = overview(store, self.output, issue, now=now)
        self._keep(store, _Kept(view, files, archive, store.history.is_paused))
        return view

    def ordered(self, store: Store, view: Overview, learning: Learning, model_id: str) -> Overview:
        """Put an overview in the order that verdicts on other issues tell; see `Learning.ordered`."""
        kept = self.kept.get(view.issue)
        learned = (learning.count, model_id)
        if kept is None or kept.view is not view:
            return learning.ordered(store, view, model_id)
        if kept.ordered is None or kept.learned != learned:
            kept.ordered = learning.ordered(store, view, model_id)
            kept.learned = (learning.count, model_id)
        return kept.ordered

    def decided(self, store: Store, view: Overview, rows: Iterable[DraftRow]) -> None:
        """Keep an overview as it is after verdicts, which are all that was written since it was given.

        Args:
            store: The archive, locked.
            view: As it was before, in either order.
            rows: What was decided on, as it stands now.
        """
        kept, changed = self.kept.pop(view.issue, None), {row.id: row for row in rows}
        is_known = kept and (view is kept.view or view is kept.ordered)
        is_few = len(changed) <= MOST_DECIDED and all(each in view.files.found for each in changed)
        # Of a published issue more may have changed: what was taken back.
        if not kept or not is_known or not is_few or view.issue in store.drafts.published_issues():
            return
        files, found = dict(kept.files), dict(kept.view.files.found)
        for each, row in changed.items():
            old = found[each]
            # Stamped before it is read: what is written between the two shows.
            files[old.path.name] = stamp_of(old.path)
            new = FoundDraft(replace(old.row, status=row.status), old.path, read_draft_text(old.path))
            found[each] = with_status_alone(old, new)
        fresh = {each: found[each] for each in changed}
        checked = check_drafts(store, fresh)
        keep_glances(store, fresh, checked)
        store.drafts.save_glances({each: draft.glance for each, draft in fresh.items() if draft.glance})
        left = {each: checks for each, checks in kept.view.checks.items() if each not in changed}
        now = replace(kept.view, files=replace(kept.view.files, found=found), checks=left | checked)
        ordered = _relined(now, kept.ordered, changed) if kept.ordered else None
        view = _relined(now, kept.view, changed)
        self._keep(store, _Kept(view, files, kept.archive, False, ordered, kept.learned))

    def _keep(self, store: Store, kept: _Kept) -> None:
        """Keep an overview; what is written by whoever made it changes the archive, and nothing of it."""
        while len(self.kept) >= MOST_VIEWS:
            self.kept.pop(next(iter(self.kept)))
        self.kept[kept.view.issue] = kept
        # What was done about files is told once.
        if store.history.is_paused or kept.view.files.notes:
            return
        commits = store.commits
        if not store.is_file:
            # Counted, not stamped: what it took to make the overview is in the count.
            kept.archive = self._archive(store)
            return

        def settle() -> None:
            # Nobody else can have written: the workspace is locked until the archive is closed.
            if store.commits == commits:
                stamps = self._archive(store).items()
                kept.archive = {name: stamp and replace(stamp, is_sure=True) for name, stamp in stamps}

        store.when_closed.append(settle)

    def _holds(self, kept: _Kept, archive: Stamps, files: Stamps, *, is_paused: bool) -> bool:
        if kept.is_paused and not is_paused:
            return False
        if not all(is_same(kept.archive[name], stamp) for name, stamp in archive.items()):
            return False
        if kept.files.keys() != files.keys():
            return False
        changed = {name: stamp for name, stamp in files.items() if not is_same(kept.files[name], stamp)}
        drafts = {draft.path.name: draft for draft in kept.view.files.found.values()} if changed else {}
        for name, stamp in changed.items():
            if stamp is None or kept.files[name] != stamp or not _is_as_read(drafts.get(name)):
                return False
            kept.files[name] = stamp
        return True

    def _archive(self, store: Store) -> Stamps:
        """Give the stamps of the archive and of what was written and is not in it yet."""
        if not store.is_file:
            return {"archive": Stamp(0, 0, 0, store.writes())}
        log = stamp_of(self.output / "archive.db-wal")
        # A log that is there for a reader alone says nothing.
        return {"archive": stamp_of(self.output / "archive.db"), "log": log if log and log.bytes else None}

    def _files(self, issue: str) -> Stamps:
        found = stamps_in(draft_folder(self.output, issue))
        return {name: stamp for name, stamp in found.items() if may_be_draft(name)}


def _is_as_read(draft: FoundDraft | None) -> bool:
    try:
        return draft is not None and read_draft_text(draft.path) == draft.text
    except StoreError:
        return False


def _relined(now: Overview, before: Overview, changed: Collection[str]) -> Overview:
    """Give an overview in the order of an earlier one, with the lines of what changed as they are now."""

    def as_it_is(line: Line) -> Line:
        failed = sentence_count(newer(now.checks[line.id])) if line.id in now.checks else 0
        status = now.files.found[line.id].row.status
        mark = mark_of_file(now.files.found[line.id])
        return replace(line, draft=replace(line.draft, status=status, failed=failed), mark=mark)

    lines = tuple(as_it_is(line) if line.id in changed else line for line in before.lines)
    return replace(now, lines=lines, learned_from=before.learned_from)
