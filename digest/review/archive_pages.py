"""The desk's pages on the archive: searching it, and what of the generated rows was missed or wrong."""

from collections.abc import Mapping

from digest.errors import DigestError
from digest.issues.history.row_verdicts import row_verdicts
from digest.issues.history.survival import editing_of
from digest.review.handlers import Answer, Desk
from digest.review.missed import plot_of, score_of
from digest.review.pages import page
from digest.review.searching import Asked, Shown, asked_of, choices, find, title_of

MOST_LISTED = 200
"""Rows shown of each kind, those of the newest issues: what one scrolls through; the figures count all."""


def show_find(desk: Desk, query: Mapping[str, str]) -> Answer:
    """Show the search form, and what answers it."""
    hits: list[Shown] = []
    wrong, asked, title = "", Asked(), ""
    try:
        asked = asked_of(query)
        if asked.query or asked.like:
            with desk.workspace.searching() as store:
                hits = find(store, desk.workspace, asked)
                title = title_of(store, asked.like) if asked.like else ""
    except DigestError as error:
        wrong = str(error)
    return (422 if wrong else 200), page(
        "find",
        **desk.values_of("find", query),
        asked=asked,
        hits=hits,
        wrong=wrong,
        title_of=title,
        **choices(),
    )


def show_missed(desk: Desk, query: Mapping[str, str]) -> Answer:
    """Show what editors added and rejected, and recall and precision as they see them."""
    workspace = desk.workspace
    with desk.reading() as store:
        issues = sorted(name for name, _ in store.drafts.issues())
        now = workspace.now()
        scores = [score_of(each) for each in editing_of(store, workspace.output, issues, now=now)]
        verdicts = row_verdicts(store, workspace.output, issues)
        dropped = [each for each in verdicts if each.verdict == "rejected"]
        added = [each for each in verdicts if each.verdict == "missed"]
    known = [each for each in scores if each.made or each.missed]
    return 200, page(
        "missed",
        **desk.values_of("missed", query),
        scores=known,
        plot=plot_of([each for each in known if each.issue]),
        added=added[-MOST_LISTED:][::-1],
        dropped=dropped[-MOST_LISTED:][::-1],
        counts=(len(added), len(dropped)),
    )
