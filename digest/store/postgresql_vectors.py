"""Vectors of a large archive on PostgreSQL whose server has pgvector: halfvec with an HNSW index.

`vectors`, which both engines have, stays the truth: float16 by the hash of a text. From MIN_INDEXED articles
on they are held a second time by the article's place, in `article_vectors`: the same sixteen bits a number,
so that nothing is lost. Its index finds candidates, and they alone are brought here, where their cosines are
computed from the same numbers by the same product as on SQLite: what is found has the very scores it has
there, and only what the index misses differs. Smaller archives are read whole, and miss nothing.

The table is no part of the schema: it is made when an archive has grown, and may be dropped at any time. Its
comment names the one model whose vectors it holds, once all are in it. All goes on without it: if it cannot
be made, the comment of `vectors` says why, and nobody tries again for some days.
"""

import contextlib
import json
from collections.abc import Iterable, Sequence
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from digest.errors import StoreError
from digest.records import Vectors
from digest.store.postgresql import driver_cursor

MIN_INDEXED = 20_000
"""Articles from which the index is worth having: fewer are read within a second, and compared with all."""

TABLE = "article_vectors"

MAKING = "being made: "
"""Begins the comment of a table that does not hold all vectors yet."""

MOST_WHY = 300
"""Characters that are kept of why an index could not be made."""

AT_ONCE = 5_000
"""Vectors put into the table in one transaction."""

LINKS, LINKS_TRIED = 16, 64
"""HNSW's m and ef_construction: pgvector's own, which do; see LEAST_LOOKED."""

FEW = 50_000
"""Allowed articles up to which each is compared: sooner done than walking the index past all others."""

SPARE = 1.5
"""Times as many are asked for as would do if what is allowed were spread evenly."""

BYTES_OF_LINKS = 700
"""What building needs for an article beside its vector: of 384 numbers 91,098 went into 130 MB."""

MOST_MEMORY_MB = 4_096
"""For building the index, where the server's maintenance_work_mem is less: 2.7 million articles."""

WORKERS = 4
"""Processes that help to build it, as far as the server has them. What they share lies in /dev/shm, of which
Docker gives 64 MB: then it is built without them."""

MOST_NUMBERS = 4_000
"""Numbers of a vector that pgvector has an index for; more would not fit into one of PostgreSQL's pages."""

AGAIN_DAYS = 7
"""Days after which an index that could not be made is tried again: it may take long to fail. Judgement."""

SAMPLED = 20_000
"""Articles whose mean stands for that of all."""


def held_model(connection: Connection) -> str:
    """Name the model whose vectors the table holds; empty where there is none, or none yet."""
    comment = _comment(connection)
    return "" if comment.startswith(MAKING) else comment


def _comment(connection: Connection) -> str:
    return _comment_of(connection, TABLE)


def _comment_of(connection: Connection, table: str) -> str:
    query = text(f"SELECT obj_description(to_regclass('{table}'), 'pg_class')")
    return str(connection.execute(query).scalar() or "")


def _failed(connection: Connection) -> tuple[str, date, str]:
    """Give the model that no index could be made for, when, and why; empty where none failed."""
    try:
        noted = json.loads(_comment_of(connection, "vectors"))
        return str(noted["model_id"]), date.fromisoformat(noted["on"]), str(noted["why"])
    except (ValueError, KeyError, TypeError):
        # None, or what somebody else wrote there.
        return "", date.min, ""


def extension(connection: Connection) -> tuple[str, str]:
    """Give the version of pgvector in the database, and the schema it is in; empty where it is not."""
    query = text(
        "SELECT extversion, quote_ident(nspname) FROM pg_extension "
        "JOIN pg_namespace ON pg_namespace.oid = extnamespace WHERE extname = 'vector'"
    )
    row = connection.execute(query).first()
    return (str(row[0]), str(row[1])) if row else ("", "")


def described(connection: Connection) -> str:
    """Say for people by what articles are found by meaning."""
    version, _ = extension(connection)
    if held_model(connection):
        return f"vectors by an index of pgvector {version}"
    failed, on, why = _failed(connection)
    if failed:
        return f"vectors read whole by each machine: no index could be made of them on {on}: {why}"
    if _is_fit(version):
        return f"pgvector {version}, of use from {MIN_INDEXED:,} articles on"
    query = text("SELECT default_version FROM pg_available_extensions WHERE name = 'vector'")
    if version or connection.execute(query).scalar():
        made = (
            "pgvector 0.8 or newer is needed" if version else "CREATE EXTENSION vector makes an index of them"
        )
        return f"vectors read whole by each machine; {made}"
    return "vectors read whole by each machine: the server has no pgvector"


# -- making --------------------------------------------------------------------------------------------------


def make(engine: Engine, writing: Engine, model_id: str) -> str:
    """Make the table and its index, where an archive is large enough and the server lets it.

    What a kill left is gone on with. Others write meanwhile; who keeps articles waits for the index. What
    fails is given up, and tried again some days later.

    Args:
        engine: The archive's.
        writing: The same, for transactions that write.
        model_id: Whose vectors.

    Returns:
        Why it could not be made, for people, where that was found out now.

    Raises:
        StoreError: the server is gone, or nothing can be written to it at all.
    """
    with engine.connect() as connection:
        if held_model(connection) == model_id:
            return ""
        query = text(
            "SELECT count(*) FROM articles JOIN vectors USING (text_hash) WHERE model_id = :model_id"
        )
        count = int(connection.execute(query, {"model_id": model_id}).scalar_one())
        # A model that most articles have no vector of takes the place of none.
        if count < max(MIN_INDEXED, _held(connection)):
            return ""
        failed, on, _ = _failed(connection)
        if failed == model_id and (_today(connection) - on).days < AGAIN_DAYS:
            return ""
    if not _extended(engine):
        return ""
    try:
        _make(engine, writing, model_id, count)
    except (DBAPIError, StoreError) as error:
        return _give_up(writing, model_id, error)
    return ""


def _make(engine: Engine, writing: Engine, model_id: str, count: int) -> None:
    with writing.begin() as connection:
        width = _begin(connection, model_id)
    last: int | None = 0
    while last is not None:
        with writing.begin() as connection:
            last = _put_missing(connection, model_id, width, after=last)
    _build(engine, count, width)
    with writing.begin() as connection:
        # What others kept meanwhile; from here on whoever keeps an article sees to it.
        last = 0
        while last is not None:
            last = _put_missing(connection, model_id, width, after=last)
        _comment_with(connection, TABLE, model_id)
        _comment_with(connection, "vectors", "")


def _give_up(writing: Engine, model_id: str, error: DBAPIError | StoreError) -> str:
    """Let go of what there is of it, and note why.

    Raises:
        StoreError: the server is gone, or nothing can be written to it at all.
    """
    # The server's own words: those around them speak of what is not written.
    cause = error.orig if isinstance(error, DBAPIError) else error.__cause__ or error
    why = " ".join(str(cause).split())[:MOST_WHY]
    # Who may make no index may have no right to this either.
    with contextlib.suppress(DBAPIError), writing.begin() as connection:
        connection.execute(text(f"DROP TABLE IF EXISTS {TABLE}"))
        noted = {"model_id": model_id, "on": _today(connection).isoformat(), "why": why}
        _comment_with(connection, "vectors", json.dumps(noted, ensure_ascii=False))
    return (
        f"no index of the vectors could be made: {why}; all goes on without it, and reads them whole; it is "
        f"tried again in {AGAIN_DAYS} days"
    )


def _today(connection: Connection) -> date:
    found: date = connection.execute(text("SELECT current_date")).scalar_one()
    return found


def make_for_most(engine: Engine, writing: Engine) -> str:
    """Make it for the model that most articles have a vector of: an archive came here whole.

    Returns:
        As `make`.
    """
    query = text(
        "SELECT model_id FROM articles JOIN vectors USING (text_hash) "
        "GROUP BY model_id ORDER BY count(*) DESC, model_id LIMIT 1"
    )
    with engine.connect() as connection:
        model_id = connection.execute(query).scalar()
    return make(engine, writing, model_id) if model_id else ""


def _held(connection: Connection) -> int:
    return (
        int(connection.execute(text(f"SELECT count(*) FROM {TABLE}")).scalar_one())
        if held_model(connection)
        else 0
    )


def _extended(engine: Engine) -> bool:
    """Have the extension in the database; in `public`, because an archive's own schema may be dropped."""
    made = engine.execution_options(is_made_here=True)
    with engine.connect() as connection:
        version, _ = extension(connection)
    if not version:
        # Not there, or not allowed, which `described` says; or made by another process meanwhile.
        with contextlib.suppress(DBAPIError, StoreError), made.begin() as connection:
            connection.execute(text("CREATE EXTENSION IF NOT EXISTS vector SCHEMA public"))
        with engine.connect() as connection:
            version, _ = extension(connection)
    return _is_fit(version)


def _is_fit(version: str) -> bool:
    """Tell whether a version of pgvector knows halfvec, and goes on where a filter left too little."""
    return bool(version) and tuple(map(int, version.split(".")[:2])) >= (0, 8)


def _begin(connection: Connection, model_id: str) -> int:
    """Make the table anew unless it was begun for this model; gives how many numbers a vector has.

    Raises:
        StoreError: more than an index takes.
    """
    query = text("SELECT length(vector) / 2 FROM vectors WHERE model_id = :model_id LIMIT 1")
    width = int(connection.execute(query, {"model_id": model_id}).scalar_one())
    if width > MOST_NUMBERS:
        raise StoreError(f"a vector has {width:,} numbers, and an index takes {MOST_NUMBERS:,}")
    if _comment(connection) == MAKING + model_id:
        return width
    _, schema = extension(connection)
    for statement in (
        f"DROP TABLE IF EXISTS {TABLE}",
        f"CREATE TABLE {TABLE} (place bigint PRIMARY KEY, vector {schema}.halfvec({width}) NOT NULL)",
        # Rows of numbers, which nothing makes smaller.
        f"ALTER TABLE {TABLE} ALTER COLUMN vector SET STORAGE PLAIN",
        f"""CREATE OR REPLACE FUNCTION forget_vector() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
              IF to_regclass('{TABLE}') IS NOT NULL THEN
                DELETE FROM {TABLE} WHERE place = OLD.place;
              END IF;
              RETURN NULL;
            END $$""",
        "CREATE OR REPLACE TRIGGER vectors_out AFTER DELETE OR UPDATE OF place, text_hash ON articles "
        "FOR EACH ROW EXECUTE FUNCTION forget_vector()",
    ):
        connection.execute(text(statement))
    _comment_with(connection, TABLE, MAKING + model_id)
    return width


def _comment_with(connection: Connection, table: str, words: str) -> None:
    """Write a table's comment; without words there is none then."""
    quoted = connection.execute(text("SELECT quote_literal(:words)"), {"words": words}).scalar_one()
    connection.exec_driver_sql(f"COMMENT ON TABLE {table} IS " + str(quoted).replace("%", "%%"))


def _put_missing(connection: Connection, model_id: str, width: int, *, after: int) -> int | None:
    """Put in some vectors that are not there yet of articles behind a place; gives the last place, if any."""
    query = text(
        "SELECT place, vector FROM articles JOIN vectors USING (text_hash) "
        "WHERE model_id = :model_id AND place > :after "
        f"AND NOT EXISTS (SELECT 1 FROM {TABLE} WHERE {TABLE}.place = articles.place) "
        f"ORDER BY place LIMIT {AT_ONCE}"
    )
    rows = connection.execute(query, {"model_id": model_id, "after": after}).all()
    _put(connection, [(row.place, row.vector) for row in rows], width)
    return int(rows[-1].place) if rows else None


def _put(connection: Connection, rows: Sequence[tuple[int, bytes]], width: int) -> None:
    """Put (place, float16 vector) rows in, in PostgreSQL's binary form.

    Raises:
        StoreError: a vector has more or fewer numbers than the others.
    """
    if not rows:
        return
    if other := next((len(vector) // 2 for _, vector in rows if len(vector) != 2 * width), None):
        raise StoreError(f"a vector of {other} numbers does not go with those of {width}: of another model?")
    packed = np.zeros(len(rows), dtype=_copied(width))
    packed["fields"], packed["place_bytes"], packed["vector_bytes"] = 2, 8, 4 + 2 * width
    packed["place"] = [place for place, _ in rows]
    packed["width"] = width
    packed["vector"] = np.frombuffer(b"".join(vector for _, vector in rows), np.float16).reshape(-1, width)
    with (
        driver_cursor(connection) as cursor,
        cursor.copy(f"COPY {TABLE} (place, vector) FROM STDIN (FORMAT BINARY)") as copy,
    ):
        # Written whole: what psycopg adds by itself is a row's, and these are packed already.
        copy.write(b"PGCOPY\n\xff\r\n\0" + bytes(8) + packed.tobytes() + b"\xff\xff")


def _copied(width: int) -> np.dtype[Any]:
    """A row of a binary COPY: place and vector."""
    return np.dtype(
        [
            ("fields", ">i2"),
            ("place_bytes", ">i4"),
            ("place", ">i8"),
            ("vector_bytes", ">i4"),
            ("width", ">i2"),
            ("unused", ">i2"),
            ("vector", ">f2", (width,)),
        ]
    )


def _build(engine: Engine, count: int, width: int) -> None:
    """Build the index, with the server's helpers if it can.

    Raises:
        StoreError: it cannot be built.
    """
    try:
        _build_with(engine, count, width, WORKERS)
    except (DBAPIError, StoreError):
        # What they share may be too little, or their number.
        _build_with(engine, count, width, 0)


def _build_with(engine: Engine, count: int, width: int, workers: int) -> None:
    """Build the index in memory if it fits what is allowed: on disk it takes many times as long."""
    memory = min(MOST_MEMORY_MB, 64 + count * (2 * width + BYTES_OF_LINKS) // 1_000_000)
    with engine.execution_options(is_made_here=True).begin() as connection:
        _, schema = extension(connection)
        held = "SELECT setting::bigint / 1024 FROM pg_settings WHERE name = 'maintenance_work_mem'"
        memory = max(memory, int(connection.execute(text(held)).scalar_one()))
        connection.execute(text(f"SET LOCAL maintenance_work_mem = '{memory}MB'"))
        connection.execute(text(f"SET LOCAL max_parallel_maintenance_workers = {workers}"))
        connection.execute(
            text(
                f"CREATE INDEX IF NOT EXISTS ix_{TABLE}_vector ON {TABLE} "
                f"USING hnsw (vector {schema}.halfvec_cosine_ops) "
                f"WITH (m = {LINKS}, ef_construction = {LINKS_TRIED})"
            )
        )


def follow(connection: Connection, text_hashes: Iterable[str]) -> None:
    """Hold the vectors of articles with these texts by place too, within the transaction that keeps them.

    Those of other models stay where they are kept: the table has one alone.
    """
    model_id = held_model(connection)
    if not model_id:
        return
    query = text(
        "SELECT place, vector FROM articles JOIN vectors USING (text_hash) "
        "WHERE model_id = :model_id AND text_hash = ANY(:hashes) "
        f"AND NOT EXISTS (SELECT 1 FROM {TABLE} WHERE {TABLE}.place = articles.place)"
    )
    rows = connection.execute(query, {"model_id": model_id, "hashes": list(text_hashes)}).all()
    if rows:
        _put(connection, [(row.place, row.vector) for row in rows], _width(connection))


def _width(connection: Connection) -> int:
    query = text(
        f"SELECT atttypmod FROM pg_attribute WHERE attrelid = '{TABLE}'::regclass AND attname = 'vector'"
    )
    return int(connection.execute(query).scalar_one())


# -- asking --------------------------------------------------------------------------------------------------


LEAST_LOOKED = 400
"""HNSW's ef_search at least. Of the ten nearest of 100,000 articles .927 are found with 40, .971 with 100,
.983 with 200, .9985 with 400 and .999 with 800; docs/operation.md says what it takes."""

LOOKED_FOR_ONE = 2
"""And for each article asked for: of 400 nearest .935 were found with 400, .977 with 800."""

MOST_LOOKED = 1_000
"""The most that pgvector takes. What is asked for beyond comes by going on from there (iterative_scan)."""

MOST_SCANNED = 100_000
"""Vectors that going on may look at; then all that are allowed are compared."""


class PostgresqlVectors:
    """Questions to the table, which is there. Each is a statement of its own, in no transaction."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine.execution_options(isolation_level="AUTOCOMMIT", is_made_here=True)

    @cached_property
    def width(self) -> int:
        """How many numbers a vector has."""
        with self._engine.connect() as connection:
            return _width(connection)

    @cached_property
    def _order(self) -> str:
        """How vectors are put in order: nearest first. Named whole, whatever the search path is."""
        with self._engine.connect() as connection:
            _, schema = extension(connection)
        return f"vector OPERATOR({schema}.<=>) %(asked)s::{schema}.halfvec"

    @cached_property
    def count(self) -> int:
        """How many articles have a vector, as of the first time this is asked."""
        with self._engine.connect() as connection:
            return int(connection.execute(text(f"SELECT count(*) FROM {TABLE}")).scalar_one())

    def nearest(
        self, vector: Vectors, *, count: int, allowed: NDArray[np.int64] | None = None
    ) -> NDArray[np.int64]:
        """Find the places of the articles nearest to a vector, nearest first: as many as are asked for.

        Args:
            vector: Shape (d,).
            count: How many.
            allowed: Places of the articles that may be found, ascending; None for all.
        """
        if len(vector) != self.width:
            return np.zeros(0, dtype=np.int64)
        asked = "[" + ",".join(map(repr, vector.astype(float).tolist())) + "]"
        with self._engine.connect() as connection:
            if allowed is None:
                found = self._by_index(connection, asked, count)
                return (
                    found if len(found) == min(count, self.count) else self._by_all(connection, asked, count)
                )
            share = len(allowed) / max(self.count, 1)
            while len(allowed) > FEW:
                limit = int(SPARE * count / share)
                if limit > MOST_SCANNED:
                    break
                found = self._by_index(connection, asked, limit)
                kept = found[_is_in(found, allowed)]
                if len(kept) >= count:
                    return kept[:count]
                share /= 4
            return self._by_all(connection, asked, count, allowed)

    def _by_index(self, connection: Connection, asked: str, limit: int) -> NDArray[np.int64]:
        looked = min(max(LEAST_LOOKED, LOOKED_FOR_ONE * limit), MOST_LOOKED)
        if connection.info.get(TABLE) != looked:
            for name, value in (
                ("ef_search", looked),
                ("iterative_scan", "strict_order"),
                ("max_scan_tuples", MOST_SCANNED),
            ):
                connection.execute(text(f"SET hnsw.{name} = {value}"))
            # For as long as the connection is there.
            connection.info[TABLE] = looked
        query = f"SELECT place FROM {TABLE} ORDER BY {self._order} LIMIT {limit}"
        with driver_cursor(connection, is_binary=True) as cursor:
            return _numbers(cursor.execute(query, {"asked": asked}))

    def _by_all(
        self, connection: Connection, asked: str, count: int, allowed: NDArray[np.int64] | None = None
    ) -> NDArray[np.int64]:
        """Compare all, or all that are allowed."""
        which = "" if allowed is None else "WHERE place = ANY(%(allowed)s)"
        # What has an offset is not turned into a walk of the index.
        query = (
            f"SELECT place FROM (SELECT place, {self._order} AS distance FROM {TABLE} {which} OFFSET 0) "
            f"AS found ORDER BY distance, place LIMIT {count}"
        )
        given = {"asked": asked} | ({} if allowed is None else {"allowed": allowed.tolist()})
        with driver_cursor(connection, is_binary=True) as cursor:
            return _numbers(cursor.execute(query, given))

    def vectors_at(self, places: Sequence[int] | NDArray[np.int64]) -> tuple[NDArray[np.int64], Vectors]:
        """Give the articles among these that have a vector, ascending, and the vectors, L2-normalised."""
        wanted = np.unique(np.asarray(places, dtype=np.int64))
        query = f"SELECT place, vector FROM {TABLE} WHERE place = ANY(%s) ORDER BY place"
        with self._engine.connect() as connection, driver_cursor(connection, is_binary=True) as cursor:
            rows = cursor.execute(query, [wanted.tolist()]).fetchall()
        held = np.dtype([("width", ">i2"), ("unused", ">i2"), ("vector", ">f2", (self.width,))])
        found = np.frombuffer(b"".join(vector for _, vector in rows), held)["vector"].astype(np.float32)
        norms = np.linalg.norm(found, axis=1, keepdims=True)
        norms[norms == 0] = 1
        found /= norms
        return np.array([place for place, _ in rows], dtype=np.int64), found

    @cached_property
    def mean(self) -> Vectors:
        """The mean of all vectors, shape (d,), by a sample that is the same for the same table."""
        with self._engine.connect() as connection:
            share = min(100.0, 100 * SAMPLED / max(self.count, 1))
            query = text(f"SELECT place FROM {TABLE} TABLESAMPLE SYSTEM ({share}) REPEATABLE (0)")
            places = connection.execute(query).scalars().all()
        mean: Vectors = self.vectors_at(places)[1].mean(axis=0)
        return mean

    def held_among(self, places: Sequence[int] | NDArray[np.int64]) -> NDArray[np.int64]:
        """Give the articles among these that have a vector, in the order given."""
        wanted = np.asarray(places, dtype=np.int64)
        with self._engine.connect() as connection, driver_cursor(connection, is_binary=True) as cursor:
            query = f"SELECT place FROM {TABLE} WHERE place = ANY(%s)"
            found = np.sort(_numbers(cursor.execute(query, [wanted.tolist()])))
        return wanted[_is_in(wanted, found)]


def _numbers(found: Any) -> NDArray[np.int64]:
    return np.array([row[0] for row in found.fetchall()], dtype=np.int64)


def _is_in(values: NDArray[np.int64], ascending: NDArray[np.int64]) -> NDArray[np.bool_]:
    if not len(ascending):
        return np.zeros(len(values), dtype=np.bool_)
    at = np.searchsorted(ascending, values).clip(max=len(ascending) - 1)
    return np.asarray(ascending[at] == values, dtype=np.bool_)
