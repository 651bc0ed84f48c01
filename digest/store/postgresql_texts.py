"""The full-text index of an archive on PostgreSQL: the words SQLite's tokenizer finds, as tsvectors.

Both engines so see the same words at the same places, and an expression matches the same articles.
PostgreSQL keeps at most 256 places of a word and none beyond the 16,383rd; of an article that has more, a
phrase is looked for in the text itself. Of an article of more than MOST_BYTES of different words only
the commonest are found.
"""

import re
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from hashlib import sha256

from sqlalchemy import Connection, text

from digest.store.tokenizer import TOKENIZER, Tokenizer

MOST_PLACE = 16_383
"""The last place that a tsvector knows."""

MOST_PLACES = 255
"""Places of one word that it surely keeps."""

MOST_WORD = 1_000
"""Bytes of a word that is kept as it is; a tsvector takes 2,046. Longer ones are numbers of their own."""

MOST_BYTES = 900_000
"""Of a tsvector with places; PostgreSQL takes a little over a million."""

GAP = 2
"""Places between title and text: no phrase reaches over them."""

NO_WORD = "' '"
"""Matches nothing: no word is a blank."""

_TOKEN = re.compile(r'"((?:[^"]|"")*)"(\*?)|(AND|OR|NOT|\(|\))')
_SIGNS = {"AND": "&", "OR": "|", "NOT": "& !", "(": "(", ")": ")"}


def keep_texts(
    connection: Connection, rows: Sequence[tuple[int, str, str, str]], tokenizer: Tokenizer
) -> None:
    """Index (place, title, text, text of its published entry) within the transaction that keeps them."""
    articles = tokenizer.instances([(title, body) for _, title, body, _ in rows])
    entries = tokenizer.instances([("", entry) for *_, entry in rows])
    values = []
    for (place, *_, entry), of_article, of_entry in zip(rows, articles, entries, strict=True):
        (article, is_cut), (published, is_cut_too) = _vector(of_article), _vector(of_entry)
        values.append(
            {
                "place": place,
                "article": article,
                "entry": published if entry else None,
                "is_cut": is_cut or is_cut_too,
            }
        )
    statement = text(
        "INSERT INTO text_index (place, article, entry, is_cut) "
        "VALUES (:place, CAST(:article AS tsvector), CAST(:entry AS tsvector), :is_cut) "
        "ON CONFLICT (place) DO UPDATE SET article = excluded.article, entry = excluded.entry, "
        "is_cut = excluded.is_cut"
    )
    connection.execute(statement, values)


def _vector(instances: Sequence[tuple[str, bool, int]]) -> tuple[str, bool]:
    """Write a tsvector; the second says whether it does not hold all places."""
    titled = max((offset + 1 + GAP for _, is_title, offset in instances if is_title), default=0)
    places: dict[str, list[int]] = {}
    for term, is_title, offset in instances:
        places.setdefault(term, []).append(offset + 1 + (0 if is_title else titled))
    is_cut = any(len(each) > MOST_PLACES or max(each) > MOST_PLACE for each in places.values())
    size = sum(len(term.encode()) + 8 + 2 * len(each) for term, each in places.items())
    if size > MOST_BYTES:
        in_title = {term for term, is_title, _ in instances if is_title}
        ordered = sorted(places, key=lambda term: (term not in in_title, -len(places[term])))
        return " ".join(_up_to(MOST_BYTES, map(_quoted, ordered))), True
    parts = []
    for term, each in places.items():
        kept = [str(place) for place in sorted(each) if place <= MOST_PLACE][:MOST_PLACES] or [
            str(MOST_PLACE)
        ]
        parts.append(f"{_quoted(term)}:{','.join(kept)}")
    return " ".join(parts), is_cut


def _up_to(most_bytes: int, words: Iterable[str]) -> Iterator[str]:
    """Give words as long as there is room for them: the longest articles have more than a tsvector takes."""
    for word in words:
        most_bytes -= len(word.encode())
        if most_bytes < 0:
            return
        yield word


def _quoted(term: str) -> str:
    encoded = term.encode()
    if len(encoded) > MOST_WORD:
        term = sha256(encoded).hexdigest()
    return "'" + term.replace("\\", "\\\\").replace("'", "''") + "'"


def query_of(expression: str, tokenizer: Tokenizer, *, is_loose: bool = False) -> str:
    """Say an expression of FTS5, as `search.query` makes them, as a tsquery.

    Args:
        expression: Quoted phrases and prefixes with AND, OR, NOT and brackets.
        tokenizer: Finds their words.
        is_loose: Whether the words of a phrase may stand anywhere.
    """
    parts = []
    for phrase, star, sign in _TOKEN.findall(expression):
        if sign:
            parts.append(_SIGNS[sign])
            continue
        words = [_quoted(word) for word in tokenizer.words(phrase.replace('""', '"'))]
        if words and star:
            words[-1] += ":*"
        parts.append("(" + (" & " if is_loose else " <-> ").join(words or [NO_WORD]) + ")")
    return " ".join(parts)


class PostgresqlTexts:
    """Questions to the full-text index."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer
        self._signals: sqlite3.Connection | None = None
        self._signals_of = -1

    def matching(self, connection: Connection, expression: str) -> str | None:
        """Give the places where an expression matches, in one text with commas between them."""
        strict, loose = (query_of(expression, self._tokenizer, is_loose=each) for each in (False, True))
        query = text(
            "SELECT string_agg(place::text, ',') FROM text_index "
            "WHERE article @@ CAST(:strict AS tsquery) OR entry @@ CAST(:strict AS tsquery)"
        )
        found = connection.execute(query, {"strict": strict}).scalar()
        if "<->" not in strict:
            return found
        cut = text(
            "SELECT place, articles.title, articles.text, coalesce(published_texts.text, '') AS entry "
            "FROM text_index JOIN articles USING (place) LEFT JOIN published_texts USING (place) "
            "WHERE is_cut AND (article @@ CAST(:loose AS tsquery) OR entry @@ CAST(:loose AS tsquery)) "
            "AND NOT article @@ CAST(:strict AS tsquery) "
            "AND NOT coalesce(entry @@ CAST(:strict AS tsquery), false)"
        )
        rows = connection.execute(cut, {"loose": loose, "strict": strict}).all()
        more = [row.place for row in rows if _is_in(expression, row.title, row.text, row.entry)]
        return ",".join(filter(None, (found, *map(str, more)))) or None

    def signals_matching(self, connection: Connection, expression: str) -> list[tuple[int, float]]:
        """Give (row, BM25, higher is better) of the signal rows an expression matches, best first.

        The rows are indexed anew in memory when anything was written: they are short, and BM25 asks of all.
        """
        state = connection.execute(text("SELECT writes FROM archive_state")).scalar_one()
        if self._signals is None or state != self._signals_of:
            self._signals, self._signals_of = _signal_index(connection), state
        found = self._signals.execute(
            "SELECT rowid, -bm25(rows, 2.0, 1.0, 1.0, 1.0) AS score FROM rows "
            "WHERE rows MATCH ? ORDER BY score DESC, rowid",
            (expression,),
        )
        return [(row[0], row[1]) for row in found]


def _signal_index(connection: Connection) -> sqlite3.Connection:
    memory = sqlite3.connect(":memory:", check_same_thread=False)
    memory.execute(
        "CREATE VIRTUAL TABLE rows USING fts5(signal, change, horizon_10y, driving_force, content='', "
        f"tokenize='{TOKENIZER}')"
    )
    query = text("SELECT row, signal, change, horizon_10y, driving_force FROM signal_rows ORDER BY row")
    insert = "INSERT INTO rows (rowid, signal, change, horizon_10y, driving_force) VALUES (?, ?, ?, ?, ?)"
    memory.executemany(insert, (tuple(row) for row in connection.execute(query)))
    return memory


def _is_in(expression: str, title: str, body: str, entry: str) -> bool:
    """Tell whether an expression matches an article, or its published entry."""
    with closing(sqlite3.connect(":memory:")) as memory:
        memory.execute(f"CREATE VIRTUAL TABLE texts USING fts5(title, text, tokenize='{TOKENIZER}')")
        memory.executemany("INSERT INTO texts VALUES (?, ?)", [(title, body), ("", entry)])
        return memory.execute("SELECT 1 FROM texts WHERE texts MATCH ?", (expression,)).fetchone() is not None
