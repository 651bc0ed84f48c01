"""Warnings one by one: which it is, and what the article has in the place of what is claimed."""

from collections.abc import Sequence

from digest.errors import DigestError
from digest.issues.draft_checks import check_mark
from digest.issues.drafts import statement_key
from digest.records import FailedCheck
from digest.review.saving import Section, sections_of

FIXED = ("summary", "signals")
"""Sections whose statements are checked word by word."""


def fixed(text: str, failed: FailedCheck) -> tuple[Section, str] | None:
    """Write what the article has in the place of what a statement claims.

    Returns:
        The section, and its text as it would be; None where the article has nothing of the kind, or the words
        do not stand in the file as a reader sees them.
    """
    if not failed.document or not failed.claim or failed.claim not in failed.statement:
        return None
    right = failed.statement.replace(failed.claim, failed.document, 1)
    for section in sections_of(text):
        if section.key in FIXED and failed.statement in section.text:
            return section, section.text.replace(failed.statement, right, 1)
    return None


def warning_of(failed: Sequence[FailedCheck], mark: str) -> FailedCheck:
    """Find the warning that a button stands at.

    Raises:
        DigestError: It is none any more.
    """
    for each in failed:
        if check_mark(each) == mark:
            return each
    raise DigestError("the draft changed meanwhile, and this warning is gone; nothing was written")


def of_one_statement(failed: Sequence[FailedCheck], one: FailedCheck) -> list[FailedCheck]:
    """Give all that is wrong with a statement."""
    return [each for each in failed if statement_key(each.statement) == statement_key(one.statement)]
