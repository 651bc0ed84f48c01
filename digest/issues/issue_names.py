"""Names of issues: what is one, and which issue is meant where none is named."""

import re
from collections.abc import Collection, Iterable
from datetime import UTC, datetime, timedelta

from digest.errors import DigestError

# Digits of other scripts would name another folder for the same day.
NAME = re.compile(r"[0-9]{8}[a-z]?")

MAX_AHEAD = timedelta(days=92)
"""An issue named by a later day is worked on only where it is named: a quarter is as far ahead as a
newsletter prepares one, and what lies beyond is a slip of the keyboard or an imported page's."""

SHOWN = 5
"""Known issues that a message names."""


def issue_day(name: str) -> datetime | None:
    """Give the day an issue is named by, its beginning in UTC; None where the name is no date."""
    try:
        return datetime.strptime(name[:8], "%Y%m%d").replace(tzinfo=UTC) if NAME.fullmatch(name) else None
    except ValueError:
        return None


def name_problem(name: str) -> str:
    """Say what is wrong with what was given as an issue's name; empty where nothing is."""
    return "" if issue_day(name) else f"expected a date such as 20221122, got {name!r}"


def is_far_ahead(name: str, *, now: datetime) -> bool:
    """Tell whether an issue's day is too far ahead for the issue to be meant where none is named."""
    return name[:8] > f"{now + MAX_AHEAD:%Y%m%d}"


def newest_near(names: Iterable[str], *, now: datetime) -> str:
    """Find the newest of issues that is not too far ahead; empty if there is none."""
    return max((name for name in names if not is_far_ahead(name, now=now)), default="")


def check_known(name: str, known: Collection[str]) -> None:
    """Stop for a name that no issue has.

    Args:
        name: As it was given.
        known: The names of all issues.

    Raises:
        DigestError: there is no such issue.
    """
    if name in known:
        return
    # A name that is none may have been put into the archive by somebody else; doctor names it.
    newest = sorted(filter(issue_day, known), reverse=True)
    more = f" and {len(newest) - SHOWN} older ones" if len(newest) > SHOWN else ""
    none = (
        "none with a date for a name; see: digest doctor" if known else "none yet; make one with: digest run"
    )
    names = ", ".join(newest[:SHOWN]) + more if newest else none
    raise DigestError(f"no issue {name}; known: {names}")
