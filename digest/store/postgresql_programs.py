"""PostgreSQL's own programs pg_dump and pg_restore: which there are, and what they say."""

import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any

from sqlalchemy import Connection, text

from digest.errors import StoreError
from digest.store.postgresql import WAIT_MS, conninfo, shown

INSTALL = "install PostgreSQL's client programs (Debian: apt-get install postgresql-client)"

CHUNK = 1 << 20  # bytes read at once of what is printed; judgement


def program_version(name: str) -> int:
    """Give the major version of one of PostgreSQL's programs; 0 where it is not installed."""
    path = shutil.which(name)
    if path is None:
        return 0
    done = subprocess.run([path, "--version"], capture_output=True, text=True, check=False)
    found = re.search(r"\b([0-9]+)(?:\.[0-9]|beta|devel|rc|\b)", done.stdout)
    return int(found[1]) if done.returncode == 0 and found else 0


def check_restorer(made_by: int) -> None:
    """Check that pg_restore can read what a pg_dump of this version made.

    Raises:
        StoreError: it is missing, or older.
    """
    _, version = program("pg_restore", to="restore")
    if version < made_by:
        raise StoreError(
            f"pg_restore: is of version {version}, which does not read what pg_dump {made_by} made; install "
            f"PostgreSQL's client programs of version {made_by} (Debian: postgresql-client-{made_by})"
        )


def program(name: str, *, to: str) -> tuple[str, int]:
    """Find one of PostgreSQL's programs; gives its path and version.

    Raises:
        StoreError: it is not installed.
    """
    version = program_version(name)
    if not version:
        raise StoreError(
            f"{name}: not found, and an archive on PostgreSQL takes it to {to}; {INSTALL}, on the PATH"
        )
    return str(shutil.which(name)), version


def check_dumper(connection: Connection, version: int, name: str) -> None:
    """Check that pg_dump is not older than the server, whose archive it would refuse.

    Raises:
        StoreError: it is.
    """
    server = int(str(connection.execute(text("SHOW server_version_num")).scalar_one())) // 10_000
    if version < server:
        raise StoreError(
            f"{name}: is of PostgreSQL {server}, and pg_dump of version {version} cannot read it; install "
            f"PostgreSQL's client programs of version {server} (Debian: postgresql-client-{server})"
        )


def run_dump(address: str, target: Path, *, schema: str, snapshot: str, without: Sequence[str]) -> None:
    """Write a schema into a file, as of a moment.

    Args:
        address: Of the database; a password comes from where libpq finds it, as for psycopg.
        target: The file.
        schema: Its name.
        snapshot: The moment, as pg_export_snapshot names it.
        without: Tables that are left out.

    Raises:
        StoreError: it fails.
    """
    path, _ = program("pg_dump", to="back up")
    # A pattern: quoted, it is a name.
    pattern = '"' + schema.replace('"', '""') + '"'
    command = [
        *(path, f"--dbname={conninfo(address)}", f"--file={target}", "--format=custom", "--encoding=UTF8"),
        *("--no-owner", "--no-privileges", "--no-comments", f"--lock-wait-timeout={WAIT_MS}"),
        *(f"--schema={pattern}", f"--snapshot={snapshot}"),
        *(f"--exclude-table={pattern}.{each}" for each in without),
    ]
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
    if done.returncode:
        raise StoreError(f"{shown(address)}: pg_dump failed: {' '.join(done.stderr.split())[:400]}")


@contextmanager
def printed(dump: Path, *tables: str) -> Iterator[IO[bytes]]:
    """Have pg_restore print a dump's rows: of these tables and sequences, or of all.

    Raises:
        StoreError: it fails.
    """
    path, _ = program("pg_restore", to="restore")
    chosen = [f"--table={name}" for name in tables]
    command = [path, "--data-only", "--file=-", *chosen, "--", str(dump)]
    with TemporaryFile() as errors:
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, bufsize=CHUNK) as process:
            assert process.stdout is not None
            try:
                yield process.stdout
            except BaseException:
                process.kill()
                raise
        if process.returncode:
            errors.seek(0)
            said = " ".join(errors.read().decode("utf-8", "replace").split())
            raise StoreError(f"{dump.name}: pg_restore failed: {said[:400]}")


def driver_of(connection: Connection) -> Any:
    """Give psycopg's own connection."""
    return connection.connection.driver_connection
