"""Statements that the engines spell differently: written once here, for SQLite and for PostgreSQL.

Nothing of a driver is imported: which spelling is used is settled when a statement is compiled.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import BigInteger, Connection, Select, Table, Text, cast, select
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.dialects.sqlite.dml import OnConflictDoNothing, OnConflictDoUpdate
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement, GenericFunction

CAPITALS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

POSTGRESQL = "postgresql"
"""The name of its dialect."""


def is_postgresql(connection: Connection) -> bool:
    """Tell which of the two engines answers."""
    return connection.dialect.name == POSTGRESQL


@compiles(OnConflictDoNothing, POSTGRESQL)
def _do_nothing(clause: Any, compiler: Any, **options: Any) -> str:
    # SQLite took the clause from PostgreSQL, but names no constraint in it.
    clause.constraint_target = None
    return str(compiler.visit_on_conflict_do_nothing(clause, **options))


@compiles(OnConflictDoUpdate, POSTGRESQL)
def _do_update(clause: Any, compiler: Any, **options: Any) -> str:
    clause.constraint_target = None
    return str(compiler.visit_on_conflict_do_update(clause, **options))


def replace_rows(
    connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]], *, key: Iterable[str]
) -> None:
    """Keep rows in place of those with the same key, as if those had been deleted: numbers are given anew."""
    if not is_postgresql(connection):
        connection.execute(insert(table).prefix_with("OR REPLACE"), rows)
        return
    names = list(key)
    statement = insert(table)
    values: dict[str, Any] = {name: statement.excluded[name] for name in rows[0] if name not in names}
    # What grows with each row (a version) is drawn for the insertion already.
    drawn = [each.name for each in table.primary_key if each.name not in rows[0]]
    values |= {name: statement.excluded[name] for name in drawn}
    connection.execute(statement.on_conflict_do_update(names, set_=values), rows)


class joined(GenericFunction[str]):  # noqa: N801 - named as SQL functions are
    """Whole numbers of all rows in one text, with commas between them; null for no rows."""

    type = Text()
    inherit_cache = True


@compiles(joined)
def _joined(element: Any, compiler: Any, **options: Any) -> str:
    return f"group_concat({compiler.process(element.clauses, **options)})"


@compiles(joined, POSTGRESQL)
def _joined_there(element: Any, compiler: Any, **options: Any) -> str:
    return f"string_agg(CAST({compiler.process(element.clauses, **options)} AS TEXT), ',')"


class day_of(GenericFunction[str]):  # noqa: N801
    """The day of a moment, as ISO 8601 writes it."""

    type = Text()
    inherit_cache = True


@compiles(day_of)
def _day_of(element: Any, compiler: Any, **options: Any) -> str:
    return f"date({compiler.process(element.clauses, **options)})"


@compiles(day_of, POSTGRESQL)
def _day_of_there(element: Any, compiler: Any, **options: Any) -> str:
    return f"to_char({compiler.process(element.clauses, **options)}, 'YYYY-MM-DD')"


class without_case(GenericFunction[str]):  # noqa: N801
    """A label to be compared: SQLite's column has NOCASE, which minds the case of no letter from A to Z."""

    type = Text()
    inherit_cache = True


@compiles(without_case)
def _without_case(element: Any, compiler: Any, **options: Any) -> str:
    return str(compiler.process(element.clauses, **options))


@compiles(without_case, POSTGRESQL)
def _without_case_there(element: Any, compiler: Any, **options: Any) -> str:
    inner = compiler.process(element.clauses, **options)
    return f"translate({inner}, '{CAPITALS}', '{CAPITALS.lower()}')"


class _Numbers(FunctionElement[Any]):
    """The values of a JSON list, as rows."""

    name = "numbers"
    inherit_cache = True


@compiles(_Numbers)
def _numbers(element: Any, compiler: Any, **options: Any) -> str:
    return f"json_each({compiler.process(element.clauses, **options)})"


@compiles(_Numbers, POSTGRESQL)
def _numbers_there(element: Any, compiler: Any, **options: Any) -> str:
    return f"json_array_elements_text(CAST({compiler.process(element.clauses, **options)} AS JSON))"


def listed(values: Iterable[int]) -> Select[tuple[int]]:
    """Select given numbers: one value for the whole list, which may be longer than a statement takes."""
    rows = _Numbers(json.dumps([int(each) for each in values])).table_valued("value")
    # SQLite's numbers are numbers already.
    return select(cast(rows.c.value, BigInteger))
