"""Moving an archive from one engine to the other, row by row: every row is compared in the end.

Rows go over as they are kept (JSON as its text), in the order of their keys, so many in a transaction. What a
kill left is a beginning of that order, and the same command goes on behind it; until all is compared nothing
opens the target as an archive. The source keeps its rows; that of an earlier digest is first brought to this
one's schema, as by any command.
"""

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from itertools import zip_longest
from pathlib import Path
from typing import Any

from sqlalchemy import (
    BigInteger,
    Connection,
    Engine,
    Select,
    Text,
    bindparam,
    cast,
    collate,
    column,
    func,
    insert,
    select,
    table,
    text,
    type_coerce,
)
from sqlalchemy.exc import IntegrityError
from sqlalchemy.types import JSON, String

from digest.errors import StoreError
from digest.store import postgresql, postgresql_vectors, schema, sqlite
from digest.store.foreign import is_archive as is_archive_file
from digest.store.postgresql_texts import keep_texts
from digest.store.sqlite import for_writing
from digest.store.statements import is_postgresql
from digest.store.tokenizer import Tokenizer

AT_ONCE = 500
"""Rows in one transaction: what a kill makes to be done again."""

LOG_WAIT_S = 5.0
"""Seconds to wait for somebody who looks into the file at its end. Judgement."""

INDEXED = "text_index"
"""The full-text index, which only PostgreSQL has as rows; told to `Progress` as a table."""

Progress = Callable[[str, int, int], None]
"""Told table, rows done and rows in all."""


def move(
    source: str, target: str, *, progress: Progress, say: Callable[[str], None] = lambda _: None
) -> dict[str, int]:
    """Copy an archive to where none is, and compare every row.

    Args:
        source: A file, or the address of a database.
        target: The same; a move that was killed goes on.
        progress: Told what is done.
        say: Told what could not be done, though the archive is whole.

    Returns:
        The rows of each table.

    Raises:
        StoreError: there is no archive, or one where it should go; or rows differ in the end.
    """
    if not (_is_address(source) or is_archive_file(Path(source))) or (
        _is_address(source) and not postgresql.is_archive(source)
    ):
        raise StoreError(f"{_shown(source)}: no archive to move")
    with _opened(source) as before, _arriving(target) as after:
        moved = {}
        # One transaction: all of it as of one moment.
        with before.connect() as reading:
            for each in schema.metadata.sorted_tables:
                try:
                    moved[each.name] = _copy(each, reading, after, progress)
                except IntegrityError as error:
                    raise _changed(target, f"{each.name}: {_first_line(error.orig)}") from error
            _go_on_counting(reading, after)
        with before.connect() as reading, after.connect() as written:
            for each in schema.metadata.sorted_tables:
                _compare(each, reading, written, target)
        if after.dialect.name == "postgresql":
            _index(after, progress)
            if no_index := postgresql_vectors.make_for_most(after, for_writing(after)):
                say(no_index)
    return moved


def _is_address(place: str) -> bool:
    return place.startswith("postgresql:")


def _shown(place: str) -> str:
    return postgresql.shown(place) if _is_address(place) else place


def _changed(target: str, where: str) -> StoreError:
    """Say that a target does not go on as its source does: that was changed between two parts of a move."""
    empty = "empty the database" if _is_address(target) else f"delete {_beside(Path(target)).name}"
    return StoreError(
        f"{_shown(target)}: {where}: not what is in the archive it came from, "
        f"which may have changed since the move began; {empty} and move again"
    )


def _first_line(error: BaseException | None) -> str:
    return str(error).split("\n", 1)[0]


@contextmanager
def _opened(place: str) -> Iterator[Engine]:
    """Open an archive and keep others from it."""
    with ExitStack() as stack:
        if not _is_address(place):
            stack.enter_context(sqlite.exclusive(Path(place).parent / "lock", doing="digest archive move"))
            engine = sqlite.connect(Path(place))
        else:
            engine = postgresql.connect(place)
        stack.callback(engine.dispose)
        if _is_address(place):
            stack.enter_context(postgresql.exclusive(engine, doing="digest archive move"))
        yield engine


@contextmanager
def _arriving(place: str) -> Iterator[Engine]:
    """Open what becomes an archive when all went well: a file under another name, or a marked database."""
    if _is_address(place):
        with _arriving_there(place) as engine:
            yield engine
        return
    path = Path(place)
    # A log that was left there would be taken for the new archive's own.
    if found := [each for each in (path, _log_of(path)) if os.path.lexists(each)]:
        raise StoreError(f"{found[0]}: is there already; name another file, or move it away")
    beside = _beside(path)
    with _opened(str(beside)) as engine:
        yield engine
        engine.dispose()
        _fold_log(beside)
        os.rename(beside, path)


def _beside(path: Path) -> Path:
    """Name the file that becomes an archive."""
    return path.with_name(f"{path.stem}.moving{path.suffix}")


def _log_of(path: Path) -> Path:
    return path.with_name(f"{path.name}-wal")


def _fold_log(path: Path) -> None:
    """Have all of an archive in its one file, which alone gets another name.

    Raises:
        StoreError: another process has it open, and its rows would stay in the log.
    """
    try:
        with closing(sqlite3.connect(path, timeout=LOG_WAIT_S)) as archive:
            # Refused while anybody else has it open, unlike the folding of the log alone.
            (mode,) = archive.execute("PRAGMA journal_mode = DELETE").fetchone()
    except sqlite3.OperationalError as error:
        mode = str(error)
    if mode != "delete" or _log_of(path).exists():
        raise StoreError(
            f"{path}: all rows are there, but another process has it open ({mode}); close that, and the same "
            "command again goes on"
        )


@contextmanager
def _arriving_there(address: str) -> Iterator[Engine]:
    engine = postgresql.connect(address, is_arriving=True)
    try:
        with postgresql.exclusive(engine, doing="digest archive move"):
            yield engine
            postgresql.mark_arrived(engine)
    finally:
        engine.dispose()


# -- rows ----------------------------------------------------------------------------------------------------


def _columns(of: Any) -> list[tuple[str, Any]]:
    """Give the columns of a table, and of analyses their age, by which the newest is told."""
    held = [(each.name, each.type) for each in of.columns]
    return [*held, ("rowid", BigInteger())] if of.name == "analyses" else held


def _rows(of: Any, connection: Connection) -> Select[Any]:
    """Select the rows of a table as they are kept, in the order of their keys, byte by byte."""
    is_there = is_postgresql(connection)
    bare = table(of.name, *(column(name, kind) for name, kind in _columns(of)))
    shown = []
    for name, kind in _columns(of):
        is_json = isinstance(kind, JSON)
        as_text = cast(bare.c[name], Text) if is_there else type_coerce(bare.c[name], Text)
        shown.append((as_text if is_json else bare.c[name]).label(name))
    keys = ["rowid"] if of.name == "analyses" else [each.name for each in of.primary_key]
    order = [
        collate(bare.c[name], "C" if is_there else "BINARY")
        if isinstance(bare.c[name].type, String)
        else bare.c[name]
        for name in keys
    ]
    return select(*shown).select_from(bare).order_by(*order)


def _count(of: Any, connection: Connection) -> int:
    return int(connection.execute(select(func.count()).select_from(of)).scalar_one())


def _copy(of: Any, reading: Connection, after: Engine, progress: Progress) -> int:
    """Copy the rows that are not there yet."""
    with after.connect() as written:
        done = _count(of, written)
    total = _count(of, reading)
    statement = _insertion(of, is_there=after.dialect.name == "postgresql")
    query = _rows(of, reading).offset(done)
    with reading.execute(query, execution_options={"yield_per": AT_ONCE}) as found:
        for part in found.mappings().partitions():
            with for_writing(after).begin() as connection:
                connection.execute(statement, [dict(row) for row in part])
            done += len(part)
            progress(of.name, done, total)
    return total


def _insertion(of: Any, *, is_there: bool) -> Any:
    bare = table(of.name, *(column(name, kind) for name, kind in _columns(of)))
    values: dict[str, Any] = {}
    for name, kind in _columns(of):
        if isinstance(kind, JSON):
            given: Any = bindparam(name, type_=Text())
            values[name] = cast(given, JSON()) if is_there else given
        else:
            values[name] = bindparam(name, type_=kind)
    return insert(bare).values(values)


def _compare(of: Any, reading: Connection, written: Connection, target: str) -> None:
    """Compare every row of a table.

    Raises:
        StoreError: one is another, or missing.
    """
    options = {"yield_per": AT_ONCE}
    with (
        reading.execute(_rows(of, reading), execution_options=options) as before,
        written.execute(_rows(of, written), execution_options=options) as after,
    ):
        for number, (one, other) in enumerate(zip_longest(before, after)):
            if one is not None and other is not None and tuple(one) == tuple(other):
                continue
            raise _changed(target, f"{of.name}, row {number + 1}")


def _go_on_counting(reading: Connection, after: Engine) -> None:
    """Let versions of words, which are never given twice, go on from where they were."""
    last = (
        "SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM article_words_version_seq"
        if is_postgresql(reading)
        else "SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'article_words'"
    )
    number = int(reading.execute(text(last)).scalar() or 0)
    if not number:
        return
    with for_writing(after).begin() as connection:
        if is_postgresql(connection):
            connection.execute(
                text("SELECT setval('article_words_version_seq', :number)"), {"number": number}
            )
            return
        connection.execute(text("DELETE FROM sqlite_sequence WHERE name = 'article_words'"))
        connection.execute(
            text("INSERT INTO sqlite_sequence (name, seq) VALUES ('article_words', :number)"),
            {"number": number},
        )


def _index(after: Engine, progress: Progress) -> None:
    """Make the full-text index, which SQLite keeps by itself."""
    query = text(
        "SELECT articles.place, articles.title, articles.text, coalesce(published_texts.text, '') AS entry "
        "FROM articles LEFT JOIN published_texts USING (place) "
        "WHERE NOT EXISTS (SELECT 1 FROM text_index WHERE text_index.place = articles.place) "
        f"ORDER BY articles.place LIMIT {AT_ONCE}"
    )
    tokenizer = Tokenizer()
    with after.connect() as connection:
        total = _count(schema.articles, connection)
        done = int(connection.execute(text("SELECT count(*) FROM text_index")).scalar_one())
    while done < total:
        with for_writing(after).begin() as connection:
            rows = connection.execute(query).all()
            keep_texts(connection, [tuple(row) for row in rows], tokenizer)
        done += len(rows)
        progress(INDEXED, done, total)
