"""The command line: each file here holds a group of commands that parse, wire, call one function and print.

Results go to standard output, all else to standard error. Exit 0: done; 1: something the user can mend;
2: usage. Nothing heavy is imported before a command needs it.
"""

import gc
import os
import sys
import threading
import traceback
from types import TracebackType
from typing import TYPE_CHECKING

from digest.cli.app import app
from digest.cli.printing import say, says_json
from digest.errors import DigestError
from digest.language.screen import OutputError, guard
from digest.language.secrecy import shown_text

if TYPE_CHECKING:
    from sys import UnraisableHookArgs

__all__ = ["app", "main"]

COLLECTED_AFTER = 20_000
"""New objects after which Python looks for garbage. By default 700: while the modules are imported, and a
command's records are read, that is a tenth of a short command's time, and finds nothing."""


def main() -> None:
    """Run the command line and end the process with its exit code."""
    _open_closed()
    guard()
    gc.set_threshold(COLLECTED_AFTER)
    threading.excepthook = _show_bug_of_thread
    sys.unraisablehook = _show_ignored
    try:
        try:
            app()
        finally:
            # Not left to Python's end, which could only say that it failed.
            sys.stdout.flush()
    except DigestError as error:
        said = shown_text(str(error)).rstrip("\n")
        for line in said.split("\n") if said else [type(error).__name__]:
            _complain(line)
        sys.exit(1)
    except KeyboardInterrupt:
        # Before or after a command's own work; within it the commands' tree says what was kept.
        _complain("stopped; nothing was changed by halves")
        sys.exit(130)
    except BrokenPipeError:
        # The reader (head, a pager) has seen enough.
        _write_no_more()
        sys.exit(0)
    except OutputError as error:
        _write_no_more()
        _complain(f"the result was not written whole: {error.strerror}")
        sys.exit(1)
    except Exception as error:
        # Not by sys.excepthook: typer puts its own in that place.
        _show_bug(type(error), error, error.__traceback__)
        sys.exit(1)
    finally:
        # The process ends: to look through all that it imported for garbage was a quarter of a short
        # command's time (0.97 s of processor against 0.74 s for `digest draft list`).
        gc.freeze()


def _open_closed() -> None:
    """Open what was closed of the three streams; the first file that is opened would get its number."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115


def _write_no_more() -> None:
    """Have what is left of the result go nowhere: Python would complain again when flushing at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _show_bug(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Print a traceback without what is secret in its addresses."""
    told = "".join(traceback.format_exception(kind, error, trace))
    if says_json():
        say(told, level="critical")
    else:
        sys.stderr.write(shown_text(told))


def _show_bug_of_thread(args: threading.ExceptHookArgs) -> None:
    """Print the traceback of what ended a thread, as one that ends the process."""
    if args.exc_value is not None and not isinstance(args.exc_value, SystemExit):
        _show_bug(args.exc_type, args.exc_value, args.exc_traceback)


def _show_ignored(args: "UnraisableHookArgs") -> None:
    """Print the traceback of an error that nobody could be given, such as one while an object went."""
    if args.exc_value is not None:
        _show_bug(args.exc_type, args.exc_value, args.exc_traceback)


def _complain(line: str) -> None:
    say(line if says_json() else f"digest: {line}", level="error")
