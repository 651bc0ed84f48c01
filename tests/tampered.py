"""Ways in which an archive may have been changed by somebody else."""

import sqlite3
from contextlib import closing
from pathlib import Path

STATEMENTS: dict[str, str] = {
    "a trigger": "CREATE TRIGGER mine AFTER UPDATE ON drafts BEGIN SELECT RAISE(ABORT, 'no'); END",
    "a trigger that writes": (
        "CREATE TRIGGER mine AFTER INSERT ON draft_log BEGIN DELETE FROM articles; END"
    ),
    "another body under a trigger's name": (
        "DROP TRIGGER articles_out; CREATE TRIGGER articles_out AFTER DELETE ON articles BEGIN SELECT 1; END"
    ),
    "a view for a table": "ALTER TABLE labels RENAME TO l; CREATE VIEW labels AS SELECT * FROM l",
    "a view beside": "CREATE VIEW mine AS SELECT 1",
    "no drafts": "DROP TABLE drafts",
    "no links": "DROP TABLE links",
    "no column": "ALTER TABLE drafts DROP COLUMN evidence",
    "a column too many": "ALTER TABLE drafts ADD COLUMN mine TEXT",
    "no index": "DROP INDEX ix_drafts_issue",
    "a unique index": "CREATE UNIQUE INDEX mine ON drafts (status)",
    "no full-text index": "DROP TABLE article_text",
    "two schemas": "INSERT INTO alembic_version VALUES ('0001')",
    "no schema": "DELETE FROM alembic_version",
    "another schema": "UPDATE alembic_version SET version_num = 'ae1027a6acf'",
    "another program": "PRAGMA application_id = 77",
    "an issue that leads out": (
        "UPDATE issues SET name = '../../../' || name; UPDATE drafts SET issue = '../../../' || issue; "
        "UPDATE entries SET issue = '../../../' || issue"
    ),
    "an absolute id": "UPDATE drafts SET id = '/tmp/' || id; UPDATE entries SET id = '/tmp/' || id",
    "an id that leads out": (
        "UPDATE articles SET id = '../../../' || id; UPDATE links SET id = '../../../' || id; "
        "UPDATE drafts SET id = '../../../' || id; UPDATE entries SET id = '../../../' || id; "
        "UPDATE stories SET article_id = '../../../' || article_id, story_id = '../../../' || story_id; "
        "UPDATE analyses SET article_id = '../../../' || article_id; "
        "UPDATE addresses SET id = '../../../' || id, link_id = '../../../' || link_id"
    ),
    "a record with another id": (
        "UPDATE entries SET record = json_set(record, '$.id', '../../../pwn'); "
        "UPDATE analyses SET record = json_set(record, '$.id', '../../../pwn')"
    ),
    "an analysis of another article": "UPDATE analyses SET record = json_set(record, '$.id', 'other')",
    "an entry with an id of its own": "UPDATE entries SET record = json_set(record, '$.id', 7)",
    "an article's script for an address": "UPDATE articles SET url = 'javascript:alert(1)'",
    "a canonical script": "UPDATE articles SET canonical_url = ' java' || char(9) || 'script:alert(1)'",
    "a link to a script": "UPDATE links SET url = 'JavaScript:alert(1)'",
    "an origin that is a script": "UPDATE links SET origin_url = 'data:text/html,x'",
    "an entry's script for an address": (
        "UPDATE entries SET record = json_set(record, '$.url', 'javascript:alert(1)')"
    ),
    "a source that is a script": (
        "UPDATE entries SET record = json_set(record, '$.sources', "
        'json(\'[{"title": "a", "target": "vbscript:x"}]\'))'
    ),
    "a closest entry that leads out": (
        "UPDATE entries SET record = json_set(record, '$.closest', "
        'json(\'[{"title": "a", "target": "../../../pwn"}]\'))'
    ),
    "an article's id that is none": (
        "UPDATE articles SET id = 'a/b' WHERE id NOT IN (SELECT id FROM drafts); "
        "UPDATE links SET id = 'a' || char(10) WHERE place = 1"
    ),
    "a number beyond reason": "UPDATE articles SET place = 9007199254740993 WHERE place = 1",
    "a time that is none": "UPDATE articles SET taken_at = 'yesterday'; "
    "UPDATE issues SET published_at = 'x'; UPDATE runs SET started = 'x'; UPDATE draft_log SET at = 'x'",
    "a day that is none": "UPDATE articles SET published = '2026-02-30'",
    "text for a number": "UPDATE links SET tries = 'many'; UPDATE articles SET is_imported = 7",
    "a number for text": "UPDATE articles SET title = 5, text = 7, site = 3; UPDATE drafts SET title = x'00'",
    "broken JSON": "UPDATE articles SET sentences = '[[0,'; UPDATE entries SET record = '{'; "
    "UPDATE analyses SET record = '['; UPDATE drafts SET failed = '{'",
    "deep JSON": f"UPDATE entries SET record = '{'[' * 3000}'; "
    f"UPDATE articles SET sentences = '{'[' * 3000}'; UPDATE analyses SET record = '{'[' * 3000}'",
    "other JSON": "UPDATE articles SET sentences = '7'; UPDATE entries SET record = '[]'; "
    "UPDATE analyses SET record = '{}'; UPDATE drafts SET failed = '[1]'",
    "half a character": (
        "UPDATE entries SET record = replace(record, 'Kiln', '\\ud800'); "
        "UPDATE analyses SET record = replace(record, 'lisse', '\\ud800'); "
        "UPDATE analyses SET record = replace(record, 'Lisse', '\\ud800')"
    ),
    "short vectors": "UPDATE vectors SET vector = x'00' WHERE rowid % 2",
    "long vectors": "UPDATE vectors SET vector = vector || vector WHERE rowid % 2",
    "short signatures": "UPDATE articles SET signature = x'010203'",
    "short words": "UPDATE article_words SET words = x'0102'",
    "not UTF-8": "UPDATE articles SET title = CAST(x'ff41' AS TEXT); "
    "UPDATE drafts SET title = CAST(x'ff' AS TEXT)",
    "an unknown status": "UPDATE drafts SET status = 'gone'",
}


def tamper(path: Path, kind: str) -> None:
    """Change an archive."""
    with closing(sqlite3.connect(path)) as raw:
        # What other programs do to it, they do without our triggers' consent.
        raw.execute("PRAGMA foreign_keys = OFF")
        raw.executescript(STATEMENTS[kind])
        raw.commit()


def break_pages(path: Path) -> None:
    """Overwrite the middle of an archive's file."""
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        raw.execute("PRAGMA journal_mode = DELETE")
    with path.open("r+b") as file:
        file.seek(3 * 4096)
        file.write(b"\xa5" * (path.stat().st_size - 4 * 4096))
