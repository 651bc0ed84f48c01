"""Runs tests over a PostgreSQL server of their own: python tests/team_server.py pytest's words.

The server is Debian's (`postgresql`), in a folder that is gone afterwards, on a socket in it: nothing listens
on a network. It refuses root, so that root gives it the user `postgres`. Without one, this says so and ends
with 1; with `--if-there` as the first word it ends with 0, but where DIGEST_NEEDS_POSTGRESQL is set.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

FOLDERS = ("/usr/lib/postgresql/*/bin", "/usr/local/pgsql/bin", "/opt/homebrew/opt/postgresql*/bin")

USER = "postgres"


def bin_folder() -> Path | None:
    """Find the newest server that is installed."""
    if found := shutil.which("initdb"):
        return Path(found).parent
    folders = [
        each for pattern in FOLDERS for each in Path("/").glob(pattern[1:]) if (each / "initdb").exists()
    ]
    return max(folders, default=None)


def main() -> int:
    words = sys.argv[1:]
    is_needed = words[:1] != ["--if-there"] or bool(os.environ.get("DIGEST_NEEDS_POSTGRESQL"))
    folder = bin_folder()
    if folder is None:
        more = "" if is_needed else "; what wants one is left out"
        sys.stderr.write(f"no PostgreSQL here; install it with: apt-get install postgresql{more}\n")
        return 1 if is_needed else 0
    apart = ["runuser", "-u", USER, "--"] if os.geteuid() == 0 else []
    with TemporaryDirectory(prefix="digest-pg-", ignore_cleanup_errors=True) as place:
        if apart:
            shutil.chown(place, USER)
        data = f"{place}/data"
        made = ["-A", "trust", "-U", USER, "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]
        subprocess.run([*apart, folder / "initdb", "-D", data, *made], check=True, stdout=subprocess.DEVNULL)
        # What is lost in a crash of the machine is a test's.
        options = (
            f"-c listen_addresses='' -k {place} -c fsync=off -c full_page_writes=off -c max_connections=200"
        )
        control = [*apart, folder / "pg_ctl", "-D", data, "-w"]
        subprocess.run([*control, "-l", f"{place}/log", "-o", options, "start"], check=True)
        try:
            address = f"postgresql://{USER}@/{USER}?host={place}"
            environ = {**os.environ, "DIGEST_TEST_ARCHIVE": address}
            chosen = [word for word in words if word != "--if-there"]
            return subprocess.run([sys.executable, "-m", "pytest", *chosen], env=environ).returncode
        finally:
            subprocess.run([*control, "-m", "immediate", "stop"], check=True)


if __name__ == "__main__":
    sys.exit(main())
