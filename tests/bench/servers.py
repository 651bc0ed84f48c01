"""A PostgreSQL server for measuring: as Debian sets it up, in a folder of its own, on a socket in it.

Unlike the tests' own (`team_server`) it has what it wrote on disk before it says so.
"""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryDirectory

from tests.team_server import USER, bin_folder


@contextmanager
def measured_server() -> Iterator[str]:
    """Start a server; gives the address of its database, and takes the folder away in the end.

    Raises:
        SystemExit: none is installed.
    """
    folder = bin_folder()
    if folder is None:
        raise SystemExit("no PostgreSQL here: apt-get install postgresql")
    apart = ["runuser", "-u", USER, "--"] if os.geteuid() == 0 else []
    with TemporaryDirectory(prefix="digest-pg-", ignore_cleanup_errors=True) as place:
        if apart:
            shutil.chown(place, USER)
        data = f"{place}/data"
        made = ["-A", "trust", "-U", USER, "-E", "UTF8", "--locale=C.UTF-8"]
        subprocess.run([*apart, folder / "initdb", "-D", data, *made], check=True, stdout=subprocess.DEVNULL)
        options = f"-c listen_addresses='' -k {place}"
        control = [*apart, folder / "pg_ctl", "-D", data, "-w"]
        start = [*control, "-l", f"{place}/log", "-o", options, "start"]
        subprocess.run(start, check=True, stdout=subprocess.DEVNULL)
        try:
            yield f"postgresql://{USER}@/{USER}?host={place}"
        finally:
            subprocess.run([*control, "-m", "fast", "stop"], check=True, stdout=subprocess.DEVNULL)
