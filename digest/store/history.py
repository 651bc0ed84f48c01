"""The history of drafts: steps, every version of every file, and what publishing changed.

A version is kept as what differs from the one before: zstandard with the earlier text as its dictionary.
"""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Literal

import zstandard
from sqlalchemy import Connection, Engine, and_, delete, func, select, update
from sqlalchemy.dialects.sqlite import insert

from digest.errors import StoreError
from digest.records import DraftVersion, Entry, PublishedEntry, Status, Step, StepChange
from digest.records.plain_values import from_json
from digest.store import schema
from digest.store.search import follow_analyses, follow_entries
from digest.store.sqlite import for_writing
from digest.store.working_copy import WorkingCopy, sha256_of

steps, versions, changes, entries, issues = (
    schema.steps,
    schema.draft_versions,
    schema.step_changes,
    schema.entries,
    schema.issues,
)

LEVEL = 9
"""Of zstandard, as for kept pages: a word changed in a draft of 10 kB takes some 40 bytes; higher levels gain
nothing on so little."""

MOST_BYTES = 100_000_000
"""Of a text or file unpacked: a damaged row must not fill memory. The largest file read has as many."""

NOTHING = b""
"""Kept of what a step left nothing of; null says that it is not known yet."""


class History:
    """Questions about what became of drafts, and the one step that is being done."""

    def __init__(self, engine: Engine) -> None:
        self._read = engine
        self._write = for_writing(engine)
        self.editor = "editor"
        """Under whose name decisions are kept."""
        self.is_paused = False
        """Whether another process may be in the middle of a step: nothing is kept then."""
        self.current: int | None = None
        """The step that is being done."""
        self.copy: WorkingCopy | None = None
        """What this folder has of the archive's drafts; None where the files themselves are the truth."""

    # -- steps -----------------------------------------------------------------------------------------------

    def open_step(
        self,
        kind: str,
        *,
        now: datetime,
        who: str = "",
        reason: str = "",
        issue: str = "",
        is_decision: bool = True,
        target: int | None = None,
    ) -> int:
        """Begin a step; what is done until it is closed belongs to it."""
        values = {"at": now, "kind": kind, "who": who or self.editor, "reason": reason, "issue": issue}
        values |= {"is_decision": is_decision, "state": "open", "target": target}
        with self._write.begin() as connection:
            result = connection.execute(steps.insert().values(**values))
            self.current = int(result.inserted_primary_key[0])  # type: ignore[index]
        return self.current

    def reopen(self, step: int) -> None:
        """Go on with a step that was done: what follows from it belongs to it."""
        self.current = step

    def close_step(
        self, step: int, *, target_state: Literal["done", "undone"] | None = None, stays_open: bool = False
    ) -> None:
        """End a step; one that changed nothing is forgotten.

        Args:
            step: The step.
            target_state: What becomes of the step that this one undid or redid.
            stays_open: Whether it is still to be done whole, though others come in between.
        """
        self.current = None
        with self._write.begin() as connection:
            has = [select(each.c.step).where(each.c.step == step).limit(1) for each in (versions, changes)]
            is_empty = not any(connection.execute(query).first() for query in has)
            row = connection.execute(select(steps).where(steps.c.step == step)).one()
            if target_state:
                connection.execute(update(steps).where(steps.c.step == row.target).values(state=target_state))
            if is_empty and not target_state:
                connection.execute(delete(steps).where(steps.c.step == step))
                return
            if not stays_open:
                connection.execute(update(steps).where(steps.c.step == step).values(state="done"))
            if row.is_decision and row.state == "open":
                later = and_(steps.c.state == "undone", steps.c.step != step)
                if stays_open:
                    # What was undone since it was begun can be redone, however often this is passed by.
                    later = and_(later, steps.c.step < step)
                connection.execute(update(steps).where(later).values(state="gone"))

    def open_steps(self) -> list[Step]:
        """Give the steps that a kill left open, oldest first."""
        query = select(steps).where(steps.c.state == "open").order_by(steps.c.step)
        with self._read.connect() as connection:
            return [_step(row) for row in connection.execute(query)]

    def last_to_undo(self) -> Step | None:
        """Give the last decision that stands."""
        wanted = and_(steps.c.is_decision, steps.c.state.in_(("done", "open")))
        return self._one(select(steps).where(wanted).order_by(steps.c.step.desc()).limit(1))

    def first_to_redo(self) -> Step | None:
        """Give the decision that was undone last."""
        wanted = and_(steps.c.is_decision, steps.c.state == "undone")
        return self._one(select(steps).where(wanted).order_by(steps.c.step).limit(1))

    def steps(self, numbers: Iterable[int]) -> dict[int, Step]:
        """Give these steps, by number."""
        wanted = sorted(set(numbers))
        found: dict[int, Step] = {}
        with self._read.connect() as connection:
            for part in _slices(wanted):
                query = select(steps).where(steps.c.step.in_(part))
                found |= {row.step: _step(row) for row in connection.execute(query)}
        return found

    def steps_on_file(self, path: str) -> list[Step]:
        """Give the steps that changed a file that is no draft, oldest first; `path` is as for `note_file`."""
        query = (
            select(steps)
            .join(changes, changes.c.step == steps.c.step)
            .where(changes.c.kind == "file", changes.c.key == path)
            .order_by(steps.c.step)
        )
        with self._read.connect() as connection:
            return [_step(row) for row in connection.execute(query)]

    def decisions(self, kinds: Sequence[str]) -> list[tuple[Step, str]]:
        """Give decisions of some kinds that stand, each with the draft it was about, oldest first."""
        query = (
            select(steps, versions.c.id)
            .join(versions, versions.c.step == steps.c.step)
            .where(steps.c.kind.in_(kinds), steps.c.state == "done")
            .order_by(steps.c.step)
        )
        with self._read.connect() as connection:
            return [(_step(row), row.id) for row in connection.execute(query)]

    def _one(self, query: Any) -> Step | None:
        with self._read.connect() as connection:
            row = connection.execute(query).first()
        return _step(row) if row else None

    # -- versions of drafts ----------------------------------------------------------------------------------

    def last_versions(self, ids: Iterable[str] | None = None) -> dict[str, DraftVersion]:
        """Give the last version of these drafts, or of all, by id."""
        last = select(versions.c.id, func.max(versions.c.version).label("version")).group_by(versions.c.id)
        found: dict[str, DraftVersion] = {}
        wanted = [None] if ids is None else _slices(list(ids))
        with self._read.connect() as connection:
            for part in wanted:
                of = (last if part is None else last.where(versions.c.id.in_(part))).subquery()
                is_last = and_(versions.c.id == of.c.id, versions.c.version == of.c.version)
                rows = connection.execute(select(*_VERSION).join(of, is_last))
                found |= {row.id: _version(row) for row in rows}
        return found

    def ids_in(self, issue: str) -> set[str]:
        """Name the drafts that have or had a version in an issue."""
        query = select(versions.c.id).where(versions.c.issue == issue).distinct()
        with self._read.connect() as connection:
            return set(connection.execute(query).scalars())

    def versions_of(self, draft_id: str) -> list[DraftVersion]:
        """Give every version of a draft, oldest first."""
        query = select(*_VERSION).where(versions.c.id == draft_id).order_by(versions.c.version)
        with self._read.connect() as connection:
            return [_version(row) for row in connection.execute(query)]

    def versions_in(self, step: int) -> list[DraftVersion]:
        """Give the versions that a step made."""
        query = select(*_VERSION).where(versions.c.step == step).order_by(versions.c.id, versions.c.version)
        with self._read.connect() as connection:
            return [_version(row) for row in connection.execute(query)]

    def text_of(self, draft_id: str, version: int) -> str | None:
        """Give the text of a draft's file in a version; None where there was no file, or no such version."""
        with self._read.connect() as connection:
            return _texts(connection, draft_id, version).get(version)

    def texts_of(self, draft_id: str) -> dict[int, str | None]:
        """Give the text of every version of a draft."""
        with self._read.connect() as connection:
            return _texts(connection, draft_id, None)

    def add_version(
        self,
        draft_id: str,
        text: str | None,
        *,
        path: str,
        status: Status,
        issue: str,
        sections: Sequence[str] = (),
        instead_of: int | None = None,
    ) -> int:
        """Keep a draft as it is, or is about to be, in the step that is being done.

        Args:
            draft_id: The draft.
            text: All of the file; None where there is none.
            path: Of the file, below the output folder.
            status: The draft's.
            issue: The draft's.
            sections: What changed, see `DraftVersion`.
            instead_of: The draft's last version, which this one takes the place of; None for none.

        Returns:
            The version's number.

        Raises:
            StoreError: Where the archive's versions are the truth, another machine has made one since this
                process read the last; nothing is kept then.
        """
        if self.current is None:
            raise ValueError("no step is being done")
        with self._write.begin() as connection:
            self._check_last(connection, draft_id)
            if instead_of is not None:
                # At once: whatever stops this, one of the two is kept.
                where = and_(versions.c.id == draft_id, versions.c.version == instead_of)
                connection.execute(delete(versions).where(where))
            known = _texts(connection, draft_id, None)
            before = next((each for each in reversed(known.values()) if each is not None), "")
            number = max(known, default=0) + 1
            connection.execute(
                versions.insert().values(
                    id=draft_id,
                    version=number,
                    step=self.current,
                    path=path,
                    status=status,
                    issue=issue,
                    sha256=text_hash(text),
                    sections=list(sections),
                    delta=None if text is None else _packed(text.encode(), before.encode()),
                )
            )
        if self.copy:
            self.copy.seen[draft_id] = text_hash(text)
            self.copy.made[draft_id] = number
        return number

    def _check_last(self, connection: Connection, draft_id: str) -> None:
        """Look whether the last version of a draft is still the one that was read.

        Raises:
            StoreError: It is another.
        """
        if self.copy and _last_hash(connection, draft_id) != self.copy.last_seen(draft_id):
            raise StoreError(
                f"{draft_id}: was changed meanwhile, on another machine; nothing was written; look again"
            )

    def move_version(self, draft_id: str, version: int, path: str) -> None:
        """Note that a file was renamed."""
        where = and_(versions.c.id == draft_id, versions.c.version == version)
        with self._write.begin() as connection:
            connection.execute(update(versions).where(where).values(path=path))

    def drop_version(self, draft_id: str, version: int) -> None:
        """Forget the last version of a draft: a kill kept it from being written, or it was typed back."""
        where = and_(versions.c.id == draft_id, versions.c.version == version)
        with self._write.begin() as connection:
            self._check_last(connection, draft_id)
            connection.execute(delete(versions).where(where))
            last = _last_hash(connection, draft_id)
        if self.copy:
            self.copy.made.pop(draft_id, None)
            self.copy.seen.pop(draft_id, None)
            if last is not None:
                self.copy.seen[draft_id] = last

    # -- what else a step changed ----------------------------------------------------------------------------

    def note_file(self, path: str, before: bytes | None) -> None:
        """Keep what a published file held before the step that is being done; the first time counts."""
        with self._write.begin() as connection:
            _note(connection, self.current, "file", path, before)

    def knows_file(self, path: str) -> bool:
        """Tell whether the step that is being done has noted a file."""
        key = (changes.c.step == self.current, changes.c.kind == "file", changes.c.key == path)
        with self._read.connect() as connection:
            return connection.execute(select(changes.c.key).where(*key)).first() is not None

    def note_entries(self, connection: Connection, ids: Iterable[str]) -> None:
        """Keep entries as they are before the step that is being done, in its transaction."""
        for each in ids if self.current is not None else ():
            _note(connection, self.current, "entry", each, _entry(connection, each))

    def note_issue(self, connection: Connection, name: str) -> None:
        """Keep what is known of an issue before the step that is being done, in its transaction."""
        if self.current is not None:
            _note(connection, self.current, "issue", name, _issue(connection, name))

    def note_stories(self, connection: Connection, article_ids: Iterable[str]) -> None:
        """Keep which stories articles are of before the step that is being done, in its transaction."""
        for each in article_ids if self.current is not None else ():
            _note(connection, self.current, "story", each, _story(connection, each))

    def note_accepted(self, ids: Iterable[str]) -> None:
        """Keep which warnings of drafts were accepted before the step that is being done."""
        if self.current is None:
            return
        with self._write.begin() as connection:
            for each in ids:
                _note(connection, self.current, "accepted", each, _accepted(connection, each))

    def changes_in(self, step: int) -> list[StepChange]:
        """Give what a step changed beside drafts."""
        query = select(changes).where(changes.c.step == step).order_by(changes.c.kind, changes.c.key)
        with self._read.connect() as connection:
            return [
                StepChange(row.kind, row.key, _opened(row.before), _opened(row.after), row.after is not None)
                for row in connection.execute(query)
            ]

    def last_entry(self, entry_id: str) -> tuple[PublishedEntry, datetime] | None:
        """Give what an entry was before the last step that changed it, and when; None where none did."""
        is_it = and_(changes.c.kind == "entry", changes.c.key == entry_id, changes.c.before.is_not(None))
        query = (
            select(changes.c.before, steps.c.at)
            .join(steps, steps.c.step == changes.c.step)
            .where(is_it)
            .order_by(changes.c.step.desc())
            .limit(1)
        )
        with self._read.connect() as connection:
            row = connection.execute(query).first()
        content = _opened(row.before) if row else None
        return None if content is None or row is None else (_published(entry_id, _values(content)), row.at)

    def now_of(self, change: StepChange) -> bytes | None:
        """Give what is no file as it is, in the form in which it is kept."""
        kinds = {"entry": _entry, "issue": _issue, "story": _story, "accepted": _accepted}
        read = kinds[change.kind]
        with self._read.connect() as connection:
            return read(connection, change.key)

    def keep_after(self, step: int, after: dict[tuple[str, str], bytes | None]) -> None:
        """Keep what a step had made, by kind and key, before it is undone."""
        with self._write.begin() as connection:
            for (kind, key), content in after.items():
                where = and_(changes.c.step == step, changes.c.kind == kind, changes.c.key == key)
                packed = NOTHING if content is None else _packed(content)
                connection.execute(update(changes).where(where).values(after=packed))

    def put_back(self, change: StepChange, content: bytes | None) -> None:
        """Make what is no file what it was; what is searched follows."""
        with self._write.begin() as connection:
            if change.kind == "story":
                _put_story(connection, change.key, content)
            elif change.kind == "accepted":
                accepted = [] if content is None else json.loads(content)
                of_draft = schema.drafts.c.id == change.key
                connection.execute(update(schema.drafts).where(of_draft).values(accepted=accepted))
            elif change.kind == "issue":
                values = _values(content) if content else {"published_at": None, "content": None}
                table = schema.issues
                times = {
                    name: datetime.fromisoformat(value) if value and name.endswith("_at") else value
                    for name, value in values.items()
                }
                connection.execute(update(table).where(table.c.name == change.key).values(**times))
            elif content is None:
                connection.execute(delete(entries).where(entries.c.id == change.key))
                follow_analyses(connection, [change.key])
            else:
                _put_entry(connection, change.key, _values(content))


_VERSION = [each for each in versions.c if each.name != "delta"]


def text_hash(text: str | None) -> str:
    """Give the SHA-256 of a draft's text; empty for no file."""
    return sha256_of(text)


def _last_hash(connection: Connection, draft_id: str) -> str | None:
    """Give the hash of the last version of a draft; None where it has none."""
    last = select(versions.c.sha256).where(versions.c.id == draft_id).order_by(versions.c.version.desc())
    found = connection.execute(last.limit(1)).scalar()
    return None if found is None else str(found)


def _step(row: Any) -> Step:
    return Step(
        row.step, row.at, row.kind, row.who, row.reason, row.issue, row.is_decision, row.state, row.target
    )


def _version(row: Any) -> DraftVersion:
    return DraftVersion(
        row.id,
        row.version,
        row.step,
        row.path,
        row.status,
        row.issue,
        row.sha256,
        tuple(row.sections),
    )


def _texts(connection: Connection, draft_id: str, last: int | None) -> dict[int, str | None]:
    query = select(versions.c.version, versions.c.delta).where(versions.c.id == draft_id)
    if last is not None:
        query = query.where(versions.c.version <= last)
    found: dict[int, str | None] = {}
    before = b""
    for row in connection.execute(query.order_by(versions.c.version)):
        if row.delta is not None:
            before = _unpacked(row.delta, before)
        found[row.version] = None if row.delta is None else before.decode()
    return found


def _note(connection: Connection, step: int | None, kind: str, key: str, before: bytes | None) -> None:
    packed = None if before is None else _packed(before)
    values = {"step": step, "kind": kind, "key": key, "before": packed}
    connection.execute(insert(changes).values(**values).on_conflict_do_nothing())


def _entry(connection: Connection, entry_id: str) -> bytes | None:
    row = connection.execute(select(entries).where(entries.c.id == entry_id)).first()
    if row is None:
        return None
    kept = {"issue": row.issue, "is_imported": row.is_imported, "record": row.record, "note": row.note}
    return json.dumps(kept, ensure_ascii=True).encode()


def _issue(connection: Connection, name: str) -> bytes | None:
    row = connection.execute(select(issues).where(issues.c.name == name)).first()
    if row is None:
        return None
    times = {"published_at": row.published_at, "changed_at": row.changed_at}
    kept = {key: at.isoformat() if at else None for key, at in times.items()}
    return json.dumps({**kept, "content": row.content}).encode()


def _story(connection: Connection, article_id: str) -> bytes | None:
    row = connection.execute(select(schema.stories).where(schema.stories.c.article_id == article_id)).first()
    if row is None:
        return None
    return json.dumps({"story_id": row.story_id, "is_by_hand": row.is_by_hand}).encode()


def _accepted(connection: Connection, draft_id: str) -> bytes | None:
    query = select(schema.drafts.c.accepted).where(schema.drafts.c.id == draft_id)
    row = connection.execute(query).first()
    return None if row is None else json.dumps(row.accepted, ensure_ascii=True).encode()


def _put_story(connection: Connection, article_id: str, content: bytes | None) -> None:
    connection.execute(delete(schema.stories).where(schema.stories.c.article_id == article_id))
    if content is not None:
        connection.execute(insert(schema.stories).values(article_id=article_id, **_values(content)))


def _put_entry(connection: Connection, entry_id: str, values: dict[str, Any]) -> None:
    row = insert(entries).values(id=entry_id, **values).on_conflict_do_update(["id"], set_=values)
    connection.execute(row)
    follow_entries(connection, [_published(entry_id, values)])


def _published(entry_id: str, values: dict[str, Any]) -> PublishedEntry:
    entry = from_json(Entry, values["record"])
    return PublishedEntry(entry_id, values["issue"], entry, values["is_imported"], values["note"])


def _values(content: bytes) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(content)
    return found


def _slices(values: list[Any]) -> list[list[Any]]:
    # SQLite takes at most 32,766 values in one statement.
    return [values[at : at + 5_000] for at in range(0, len(values), 5_000)]


def _packed(content: bytes, before: bytes = b"") -> bytes:
    return zstandard.ZstdCompressor(LEVEL, dict_data=_dictionary(before)).compress(content)


def _unpacked(packed: bytes, before: bytes = b"") -> bytes:
    unpacker = zstandard.ZstdDecompressor(dict_data=_dictionary(before))
    return unpacker.decompress(packed, max_output_size=MOST_BYTES)


def _opened(packed: bytes | None) -> bytes | None:
    return _unpacked(packed) if packed else None


def _dictionary(before: bytes) -> zstandard.ZstdCompressionDict | None:
    # Of fewer bytes zstandard makes no dictionary.
    raw = zstandard.DICT_TYPE_RAWCONTENT
    return zstandard.ZstdCompressionDict(before, dict_type=raw) if len(before) >= 8 else None
