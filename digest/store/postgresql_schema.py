"""What an archive on PostgreSQL has beside the tables of `schema`, and how it is made.

The tables are the same. A new archive is made from them at the schema of this digest, for there is no older
one that could lie there; later migrations bring it on as they do SQLite's. What SQLite does by itself stands
here: numbers of rows that go on from the highest, the age of analyses, and texts compared by their bytes.
"""

from sqlalchemy import BigInteger, Column, Connection, DefaultClause, MetaData, String, Text, inspect, text
from sqlalchemy.schema import Table

from digest.store.schema import SCHEMA_VERSION, metadata
from digest.store.statements import CAPITALS

OWN_TABLES = ("alembic_version", "archive_state", "text_index")
"""Beside those of `schema`."""

MADE_LATER = ("article_vectors",)
"""Tables that a large archive gets by itself, see `postgresql_vectors`."""

NUMBERED_FOR_GOOD = ("article_words",)
"""Tables whose numbers are never given twice, as SQLite's AUTOINCREMENT."""

FIRST = """
CREATE FUNCTION next_number(of_table text, of_column text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE found bigint;
BEGIN
  EXECUTE format('SELECT coalesce(max(%I), 0) + 1 FROM %I', of_column, of_table) INTO found;
  RETURN found;
END $$
"""

# One row: whoever writes adds one to it first, which is the lock of writers, and shows readers that something
# was written. Its epoch is another in every archive that was made, moved or put back: what a machine
# remembers of one says nothing of the next at the same address.
LATER = (
    "CREATE TABLE archive_state (only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row), "
    "writes bigint NOT NULL, is_arriving boolean NOT NULL DEFAULT false, "
    "epoch text NOT NULL DEFAULT md5(random()::text || clock_timestamp()::text))",
    "INSERT INTO archive_state (writes) VALUES (0)",
    "CREATE TABLE text_index (place bigint PRIMARY KEY, article tsvector NOT NULL, entry tsvector, "
    "is_cut boolean NOT NULL)",
    "CREATE INDEX ix_text_index_article ON text_index USING gin (article)",
    "CREATE INDEX ix_text_index_entry ON text_index USING gin (entry)",
    "ALTER TABLE analyses ADD COLUMN rowid bigint NOT NULL UNIQUE",
    """CREATE FUNCTION analysis_is_newest() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN
         IF TG_OP = 'UPDATE' OR NEW.rowid IS NULL THEN
           NEW.rowid := next_number('analyses', 'rowid');
         END IF;
         RETURN NEW;
       END $$""",
    "CREATE TRIGGER analyses_age BEFORE INSERT OR UPDATE ON analyses "
    "FOR EACH ROW EXECUTE FUNCTION analysis_is_newest()",
    """CREATE FUNCTION forget_words() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN
         DELETE FROM article_words WHERE place = OLD.place;
         DELETE FROM text_index WHERE place = OLD.place;
         RETURN NULL;
       END $$""",
    "CREATE TRIGGER articles_out AFTER DELETE OR UPDATE OF place, title, text ON articles "
    "FOR EACH ROW EXECUTE FUNCTION forget_words()",
    "CREATE UNIQUE INDEX ix_labels_without_case ON labels "
    f"(article_id, kind, translate(label, '{CAPITALS}', '{CAPITALS.lower()}'))",
    f"CREATE INDEX ix_labels_label_alone ON labels (translate(label, '{CAPITALS}', '{CAPITALS.lower()}'))",
    "CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY)",
)


def make_schema(connection: Connection) -> None:
    """Make an empty archive in the schema that the connection is in."""
    connection.execute(text(FIRST))
    tables().create_all(connection, checkfirst=False)
    for statement in LATER:
        connection.execute(text(statement))
    connection.execute(text("INSERT INTO alembic_version VALUES (:version)"), {"version": SCHEMA_VERSION})


def tables() -> MetaData:
    """Give the tables as PostgreSQL has them: texts of any length in the order of their bytes."""
    there = MetaData()
    for table in metadata.sorted_tables:
        _as_there(table.to_metadata(there))
    return there


def _as_there(table: Table) -> None:
    for column in table.columns:
        # A statement each; schema.py is where they are read.
        column.comment = None
        if isinstance(column.type, String):
            column.type = Text(collation="C")
    if table.name not in NUMBERED_FOR_GOOD:
        _number(table)


def _number(table: Table) -> None:
    """Number rows from the highest on, as SQLite does: an archive that was moved goes on with the same."""
    # Asked of the original: a table remembers the answer, and would make it a serial.
    growing = metadata.tables[table.name].autoincrement_column
    if growing is not None:
        column: Column[int] = table.columns[growing.name]
        column.type = BigInteger()
        column.autoincrement = False
        column.server_default = DefaultClause(text(f"next_number('{table.name}', '{column.name}')"))
        column.server_default._set_parent_with_dispatch(column)


def faults(connection: Connection) -> list[str]:
    """Say what is missing, or is not digest's: a trigger would do its work within ours."""
    found = inspect(connection)
    known = {table.name: {column.name for column in table.columns} for table in metadata.sorted_tables}
    known["analyses"] = known["analyses"] | {"rowid"}
    names = set(found.get_table_names())
    faults = [f"table {name}: missing" for name in sorted({*known, *OWN_TABLES} - names)]
    faults += [f"table {name}: not digest's" for name in sorted(names - {*known, *OWN_TABLES, *MADE_LATER})]
    columns = found.get_multi_columns(filter_names=sorted(known.keys() & names))
    for (_, table), held in columns.items():
        has = {each["name"] for each in held}
        faults += [f"{table}.{name}: missing" for name in sorted(known[table] - has)]
        faults += [f"{table}.{name}: not digest's" for name in sorted(has - known[table])]
    query = text(
        "SELECT tgname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid "
        "WHERE NOT tgisinternal AND relnamespace = quote_ident(current_schema())::regnamespace"
    )
    triggers = set(connection.execute(query).scalars())
    expected = {"analyses_age", "articles_out"}
    faults += [f"trigger {name}: missing" for name in sorted(expected - triggers)]
    faults += [f"trigger {name}: not digest's" for name in sorted(triggers - {*expected, "vectors_out"})]
    return faults
