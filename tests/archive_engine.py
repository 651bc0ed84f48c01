"""The engine under the archives of tests: SQLite, or a real PostgreSQL where DIGEST_TEST_ARCHIVE names one.

Every archive a test opens gets a schema of its own there, by the path where its file would lie, so that a
test that opens it twice finds what it kept.
"""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote

import pytest
from sqlalchemy import Engine

import digest.cli.places
import digest.store
from digest.store import moving

SERVER = os.environ.get("DIGEST_TEST_ARCHIVE", "")
"""Such as postgresql://postgres@127.0.0.1:5432/digest; empty for SQLite."""


TEMPLATES = ("newsroom-", "history-")
"""How the temporary folders of templates begin."""


def address_in(schema: str) -> str:
    """Name a schema of the server's database; it is made by `made`."""
    mark = "&" if "?" in SERVER else "?"
    return f"{SERVER}{mark}options={quote(f'-csearch_path={schema}')}"


@contextmanager
def made(schema: str) -> Iterator[str]:
    """Make a schema and drop it in the end; gives its address."""
    import psycopg

    with psycopg.connect(SERVER, autocommit=True) as connection:
        connection.execute(f'DROP SCHEMA IF EXISTS "{schema}" CASCADE')
        connection.execute(f'CREATE SCHEMA "{schema}"')
        try:
            yield address_in(schema)
        finally:
            connection.execute(f'DROP SCHEMA IF EXISTS "{schema}" CASCADE')


def is_template(path: Path) -> bool:
    """Tell whether what is made there is copied, file by file, by many tests."""
    return any(name.startswith(TEMPLATES) for name in path.parts)


def use_server(monkeypatch: pytest.MonkeyPatch, stack: ExitStack) -> None:
    """Let every archive that is opened lie on the server until the stack is closed."""
    known: dict[Path | None, str] = {}
    connect = digest.store.connect
    opened: list[Engine] = []
    # Connections go before the schemas they are in.
    count = iter(range(1_000_000))

    def address_of(path: Path | None) -> str:
        place = path and path.absolute()
        if place is None or place not in known:
            name = sha256(f"{os.getpid()} {path} {next(count)}".encode()).hexdigest()[:16]
            known[place] = stack.enter_context(made(f"test_{name}"))
            if place is not None and place.exists():
                # Copied from a template, which stays a file.
                moving.move(str(place), known[place], progress=lambda *_: None)
                place.unlink()
        return known[place]

    def connect_there(path: Path | None, address: str) -> Engine:
        if address or (path and is_template(path)):
            return connect(path, address)
        opened.append(connect(path, address_of(path)))
        return opened[-1]

    def address_there(folder: Path) -> str:
        path = folder / "output" / "archive.db"
        return "" if is_template(path) else address_of(path)

    stack.callback(lambda: [engine.dispose() for engine in opened])
    monkeypatch.setattr(digest.store, "connect", connect_there)
    monkeypatch.setattr(digest.cli.places, "archive_address", address_there)
