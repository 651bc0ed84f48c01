"""Serves the sample week until interrupted: `python -m digest.demo.serve --port 8799`."""

import argparse
import sys
import threading

from digest.demo import Served, serve


def _listing(week: Served) -> str:
    rows = [f"{feed['kind']:<9} {feed['title']:<18} {feed['url']}" for feed in week.feeds]
    return "\n".join(rows) + f"\nallow_hosts: {', '.join(week.hosts)}\nCtrl-C stops.\n"


def main(argv: list[str] | None = None) -> int:
    """Print the feeds' addresses and serve until Ctrl-C."""
    parser = argparse.ArgumentParser(prog="python -m digest.demo.serve", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="port to listen on (default: a free one)")
    port = parser.parse_args(argv).port
    try:
        with serve(port) as week:
            sys.stdout.write(_listing(week))
            sys.stdout.flush()
            threading.Event().wait()
    except KeyboardInterrupt:
        return 0
    except OSError as error:
        sys.stderr.write(f"Cannot listen on port {port}: {error.strerror or error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
