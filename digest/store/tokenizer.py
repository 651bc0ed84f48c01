"""Words as the full-text index sees them: SQLite's own tokenizer counts them, so both always agree.

An article's words are kept as counts, packed: n hashes (uint32), n counts in the title and n in the text
(uint8 each, 255 for more), all in one order. A word is its CRC-32: of half a million different words about 30
pairs share one, so that of a thousand queries of ten words one counts a word it should not; in return there
is no table of words that each writer would have to extend.
"""

import sqlite3
import threading
import zlib
from collections.abc import Iterable, Sequence
from itertools import pairwise

import numpy as np

TOKENIZER = "porter unicode61 remove_diacritics 2"
"""Stems rather than words: SciFact train nDCG@10 .688 and .716 (first 300 and the other 509 queries) against
.650 and .683 without stemming. The index of the archive is made with it: changing it needs a migration."""


class Tokenizer:
    """Counts words with an index in memory that holds nothing between calls."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._memory = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
        self._memory.executescript(
            f"CREATE VIRTUAL TABLE texts USING fts5(title, text, content='', tokenize='{TOKENIZER}');"
            "CREATE VIRTUAL TABLE found USING fts5vocab(texts, 'instance');"
        )

    def pack(self, texts: Sequence[tuple[str, str]]) -> list[bytes]:
        """Count the words of (title, text) pairs; one packed row each, in order."""
        with self._lock:
            self._fill(texts)
            # Grouped in SQL: an article has a third as many different words as words.
            counts = self._memory.execute(
                "SELECT term, doc, sum(col = 'title'), sum(col = 'text') FROM found GROUP BY term, doc"
            ).fetchall()
            self._empty()
        if not counts:
            return [b""] * len(texts)
        hashes = np.array([word_hash(count[0]) for count in counts], dtype=np.uint32)
        table = np.array([count[1:] for count in counts], dtype=np.int64)
        small = np.minimum(table[:, 1:], 255).astype(np.uint8)
        order = np.lexsort((hashes, table[:, 0]))
        bounds = np.searchsorted(table[order, 0], np.arange(len(texts) + 1))
        parts = (order[start:end] for start, end in pairwise(bounds))
        return [hashes[part].tobytes() + small[part].T.tobytes() for part in parts]

    def instances(self, texts: Sequence[tuple[str, str]]) -> list[list[tuple[str, bool, int]]]:
        """Give every word of (title, text) pairs: itself, whether it is in the title, and its place there."""
        found: list[list[tuple[str, bool, int]]] = [[] for _ in texts]
        with self._lock:
            self._fill(texts)
            for term, row, column, offset in self._memory.execute("SELECT term, doc, col, offset FROM found"):
                found[row].append((term, column == "title", offset))
            self._empty()
        return found

    def words(self, text: str) -> list[str]:
        """Give the words of a query in order, stemmed; repeated ones repeated."""
        with self._lock:
            self._fill([("", text)])
            found = self._memory.execute("SELECT term FROM found ORDER BY offset").fetchall()
            self._empty()
        return [term for (term,) in found]

    def words_in(self, texts: Sequence[str]) -> list[frozenset[str]]:
        """Give the different words of each text, stemmed."""
        found: list[set[str]] = [set() for _ in texts]
        with self._lock:
            self._fill([("", text) for text in texts])
            for term, row in self._memory.execute("SELECT term, doc FROM found"):
                found[row].add(term)
            self._empty()
        return [frozenset(each) for each in found]

    def marked(self, texts: Sequence[str], expression: str, *, start: str, end: str) -> list[str]:
        """Put marks around what an FTS5 expression matches in each text; others come back as they are.

        Raises:
            sqlite3.OperationalError: the expression is none; searching.query makes only good ones.
        """
        with self._lock, sqlite3.connect(":memory:") as memory:
            memory.execute(f"CREATE VIRTUAL TABLE texts USING fts5(text, tokenize='{TOKENIZER}')")
            memory.executemany("INSERT INTO texts (rowid, text) VALUES (?, ?)", enumerate(texts))
            found = dict(
                memory.execute(
                    "SELECT rowid, highlight(texts, 0, ?, ?) FROM texts WHERE texts MATCH ?",
                    (start, end, expression),
                )
            )
        memory.close()
        return [found.get(row, text) for row, text in enumerate(texts)]

    def _fill(self, texts: Iterable[tuple[str, str]]) -> None:
        self._memory.execute("BEGIN")
        self._memory.executemany(
            "INSERT INTO texts (rowid, title, text) VALUES (?, ?, ?)",
            ((row, title, text) for row, (title, text) in enumerate(texts)),
        )

    def _empty(self) -> None:
        self._memory.execute("ROLLBACK")


def word_hash(word: str) -> int:
    """Number a word, the same on every machine: its CRC-32."""
    return zlib.crc32(word.encode("utf-8", "surrogatepass"))
