"""The full-text indexes of an archive on SQLite: FTS5's own, which triggers keep."""

from sqlalchemy import Connection, text


class SqliteTexts:
    """Questions to the full-text indexes."""

    def matching(self, connection: Connection, expression: str) -> str | None:
        """Give the places where an expression matches, in one text with commas between them."""
        # One long text instead of rows: a prefix may match a third of the archive, and 30,000 rows take
        # 20 ms to fetch one by one.
        query = text(
            "SELECT group_concat(rowid) FROM ("
            "SELECT rowid FROM article_text WHERE article_text MATCH :expression "
            "UNION ALL SELECT rowid FROM entry_text WHERE entry_text MATCH :expression)"
        )
        return connection.execute(query, {"expression": expression}).scalar()

    def signals_matching(self, connection: Connection, expression: str) -> list[tuple[int, float]]:
        """Give (row, BM25, higher is better) of the signal rows an expression matches, best first."""
        query = text(
            "SELECT rowid, -bm25(signal_text, 2.0, 1.0, 1.0, 1.0) AS score FROM signal_text "
            "WHERE signal_text MATCH :expression ORDER BY score DESC, rowid"
        )
        return [(row[0], row[1]) for row in connection.execute(query, {"expression": expression})]
